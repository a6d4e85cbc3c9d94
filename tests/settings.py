"""The portal's own settings with what tests need: plain files, mail in memory, no HTTPS."""

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's event loop

from aspire.settings import *  # noqa: F403
from aspire.settings import BASE_DIR, VAR

DEBUG = False
STAFF_SECOND_FACTOR_WAIVED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = (
    BASE_DIR / "aspire" / "static"
)  # whitenoise warns of a missing folder; nothing is collected here
MEDIA_ROOT = VAR / "test-media"
if "pool" in DATABASES["default"].get("OPTIONS", {}):  # noqa: F405
    del DATABASES["default"]["OPTIONS"]["pool"]  # noqa: F405 -- threads of tests close their own
