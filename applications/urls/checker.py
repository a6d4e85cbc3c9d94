"""Addresses of the checker pages."""

from django.urls import path

from applications.views import bulk, checker

urlpatterns = [
    path("check/", checker.check, name="check"),
    path("check/bulk/", bulk.check_bulk, name="check_bulk"),
]
