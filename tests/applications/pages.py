"""The addresses of a team's pages, and what a page's form carries."""

from datetime import UTC, datetime

from django.urls import reverse

FAR = datetime(2099, 1, 1, 3, 0, tzinfo=UTC)
READABLE = ("team", "team_japan", "team_people", "grants", "match", "check_answers")
WRITABLE = ("team_project", "answers", "erad", "person_add", "copy", "withdraw")


def page(name, scene, *more, **query):
    address = reverse(f"applications:{name}", args=[scene.application.team.ref, *more])
    return address + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def seen_on(response):
    return response.context["form"]["seen"].value()
