"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aspire.settings")
application = get_wsgi_application()

from aspire.busy import limit_statements  # noqa: E402 -- reads the settings

limit_statements()
