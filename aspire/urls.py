"""Addresses of the portal: pages carry their language, machines' addresses carry none."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from applications.views.health import healthz

handler500 = "aspire.busy.server_error"
urlpatterns = [
    path("healthz", healthz),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("accounts/", include("applications.urls.accounts")),
        path("", include("directory.urls")),
        path("", include("applications.urls")),
    ),
]
if settings.DEBUG:
    from django.contrib.staticfiles.urls import staticfiles_urlpatterns

    urlpatterns += staticfiles_urlpatterns()
