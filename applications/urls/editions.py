"""Addresses of the staff pages of editions: all of them, a new one, and what is done with one."""

from django.urls import path

from applications.views import (
    edition,
    edition_cases,
    edition_compare,
    edition_effect,
    edition_publish,
    editions,
)

EDITION = "staff/editions/<slug:edition>/"

urlpatterns: list = [
    path("staff/editions/", editions.editions, name="staff_editions"),
    # Before an edition's own page: no code is "new".
    path("staff/editions/new/", editions.edition_new, name="staff_edition_new"),
    path(EDITION, edition.edition, name="staff_edition"),
    path(f"{EDITION}cases/", edition_cases.cases, name="staff_edition_cases"),
    path(f"{EDITION}compare/", edition_compare.compare, name="staff_edition_compare"),
    path(f"{EDITION}effect/", edition_effect.effect, name="staff_edition_effect"),
    path(f"{EDITION}publish/", edition_publish.publish, name="staff_edition_publish"),
]
