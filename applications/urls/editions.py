"""Addresses of the staff pages of editions."""

from django.urls import path

from applications.views import editions

urlpatterns: list = [
    path("staff/editions/", editions.editions, name="staff_editions"),
    # Before an edition's own page: no code is "new".
    path("staff/editions/new/", editions.edition_new, name="staff_edition_new"),
]
