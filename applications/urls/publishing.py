"""Addresses of the staff pages of one edition: what it says, its golden cases, publishing it."""

from django.urls import path

from applications.views import edition, edition_cases, edition_publish

EDITION = "staff/editions/<slug:edition>/"

urlpatterns: list = [
    path(EDITION, edition.edition, name="staff_edition"),
    path(f"{EDITION}cases/", edition_cases.cases, name="staff_edition_cases"),
    path(f"{EDITION}publish/", edition_publish.publish, name="staff_edition_publish"),
]
