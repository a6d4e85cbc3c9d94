"""Settings from the environment: loud when production lacks a secret, easy on a newcomer."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from aspire.databases import database
from aspire.retention import periods

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
env = environ.Env()
DEBUG = env.bool("DEBUG", default=False)


def needed(name: str, in_debug: str) -> str:
    """Return a setting that production must be given; a practice value while DEBUG is on."""
    value: str = env.str(name, default=in_debug if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Production needs it: set {name} in the environment "
            "(or DEBUG=1 to try the portal on your own machine)."
        )
    return value


SECRET_KEY = needed("SECRET_KEY", "practice-only-" + "k" * 50)
PORTAL_URL = needed("PORTAL_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = needed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]

VAR.mkdir(exist_ok=True)
DATABASES = {"default": database(env, VAR)}
STATEMENT_TIMEOUT = env.int("DATABASE_STATEMENT_TIMEOUT", 10)  # seconds, of web servers; 0: none
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "csp",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "js_lib_bootstrap5",
    "django_countries",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.orcid",
    "allauth.usersessions",
    "directory",
    "applications",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "aspire.middleware.TidyCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "aspire.sessions.SessionLimitsMiddleware",
    "applications.second_factor.SecondFactorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "aspire.middleware.TidyRequestMiddleware",
    "aspire.stray_fields.StrayFieldsMiddleware",
]
ROOT_URLCONF = "aspire.urls"
WSGI_APPLICATION = "aspire.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aspire.middleware.portal_context",
            ]
        },
    }
]
# The project's own templates may stand in for a widget's: see templates/django/forms/widgets.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- language and time -------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]
LOCALE_PATHS = [BASE_DIR / "aspire" / "locale"]
# Japan's government calls these otherwise than the library's Japanese does.
COUNTRIES_OVERRIDE = {"GE": _("Georgia"), "KG": _("Kyrgyzstan"), "LU": _("Luxembourg"),
                      "MV": _("Maldives")}  # fmt: skip
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

# -- people ------------------------------------------------------------------------------
AUTH_USER_MODEL = "directory.User"
AUTHENTICATION_BACKENDS = [
    "directory.staff.StaffBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "applications:teams"
ACCOUNT_LOGOUT_REDIRECT_URL = "directory:home"
ACCOUNT_ADAPTER = "applications.accounts.AccountAdapter"
# Every spelling of an address reaches the one account that has it.
ACCOUNT_FORMS = {
    name: f"applications.forms.accounts.{name.title().replace('_', '')}Form"
    for name in ("login", "signup", "add_email", "change_email", "reset_password")
} | {"request_login_code": "applications.forms.accounts.RequestLoginCodeForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Codes, not links: a mail scanner that opens links cannot spend a code.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[ASPIRE] "
ACCOUNT_LOGOUT_ON_GET = False
# Mail may wait for its worker and its reader, so codes live longer than the three minutes of stock.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 60 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_SESSION_REMEMBER = True  # how long is decided by aspire.sessions, not by a box to tick
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# -- ORCID: identity is (issuer, iD); without keys the button is absent ---------------------
ORCID_CLIENT_ID = env.str("ORCID_CLIENT_ID", default="")
ORCID_SECRET = needed("ORCID_SECRET", "practice-only") if ORCID_CLIENT_ID else ""
ORCID_ISSUER = "sandbox.orcid.org" if env.bool("ORCID_SANDBOX", default=False) else "orcid.org"
SOCIALACCOUNT_PROVIDERS = {
    "orcid": {
        "provider_class": "applications.accounts.orcid.PortalOrcidProvider",
        "BASE_DOMAIN": ORCID_ISSUER,
        "OAUTH_PKCE_ENABLED": True,
        # The issuer is stored as the account's provider: a sandbox iD never opens a real account.
        "APPS": [
            {"name": "ORCID", "provider_id": ORCID_ISSUER, "client_id": id_, "secret": ORCID_SECRET}
            for id_ in filter(None, [ORCID_CLIENT_ID])
        ],
    }
}
SOCIALACCOUNT_ADAPTER = "applications.accounts.orcid.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # never by e-mail: ORCID's addresses prove nothing here
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_FORMS = {
    "disconnect": "applications.accounts.forms.UnlinkForm",
    "signup": "applications.forms.accounts.OrcidSignupForm",
}

# -- second factor -----------------------------------------------------------------------
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "applications.accounts.authenticators.AuthenticatorAdapter"
MFA_FORMS = {
    "add_webauthn": "applications.accounts.forms.AddPasskeyForm",
    "login_webauthn": "applications.accounts.forms.PasskeySignInForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TRUST_ENABLED = False  # every sign-in shows the second factor
MFA_TOTP_ISSUER = "ASPIRE"
MFA_TOTP_TOLERANCE = 1  # clocks of phones drift
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
STAFF_SECOND_FACTOR_WAIVED = env.bool("STAFF_SECOND_FACTOR_WAIVED", default=DEBUG)
if STAFF_SECOND_FACTOR_WAIVED and not DEBUG:
    raise ImproperlyConfigured(
        "STAFF_SECOND_FACTOR_WAIVED is set. Production never waives the second factor of staff: "
        "take STAFF_SECOND_FACTOR_WAIVED out of the environment."
    )

# -- sessions, cookies, headers ----------------------------------------------------------
SECURE = not DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_LONGEST = 12 * 60 * 60  # from signing in, whatever is done meanwhile
SESSION_IDLE = 4 * 60 * 60
SESSION_IDLE_OF_STAFF = 30 * 60
SECURE_SSL_REDIRECT = SECURE and env.bool("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # Also governs where a form's answer may lead: the ORCID button is a form.
        "form-action": ["'self'", *([f"https://{ORCID_ISSUER}"] if ORCID_CLIENT_ID else [])],
    }
}

# -- files -------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "aspire" / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

RETENTION = periods(env)  # days; apply_retention empties what is older
# -- cache: shared, so that rate limits count across processes ---------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # past 300, limits that still hold would be thrown out
    }
}

# -- mail --------------------------------------------------------------------------------
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="ASPIRE portal (AMED) <portal@localhost>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_FILE_PATH = VAR / "mail"
if DEBUG and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "aspire.mail.FileAndTerminalBackend"
else:
    needed("EMAIL_URL", "")
    vars().update(env.email_url("EMAIL_URL"))
    if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
        # The same, but it says how far a conversation had come when it broke off.
        EMAIL_BACKEND = "applications.outbox.smtp.SmtpBackend"
RECIPIENT_GUEST_LIST = env.list("RECIPIENT_GUEST_LIST", default=[])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["terminal"], "level": "INFO"},
}
ADMIN_SITE_TITLE = _("ASPIRE portal")
# The admin's own forms: a person has many grants, an edition 29 rows with inlines.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
