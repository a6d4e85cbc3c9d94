"""In the admin Django's note on the server's clock stands beside moments and not beside days."""

import pytest
from django.urls import reverse

NOTE = "hours behind server time"


@pytest.fixture
def browser_context_args(browser_context_args):
    """A computer that runs on another clock than the officer's account."""
    return {**browser_context_args, "timezone_id": "UTC"}


def test_a_day_has_no_note_on_the_servers_clock_and_a_moment_has(walk, account, sign_in):
    account("officer@amed.example", staff_agency="AMED", staff_role="OFFICER")
    sign_in("officer@amed.example")

    def notes(column):
        """How many notes stand in a column, and how many of them can be seen."""
        found = walk.page.locator(f".field-{column} .timezonewarning", has_text=NOTE)
        found.first.wait_for(state="attached")
        return found.count(), found.locator("visible=true").count()

    walk.go(reverse("admin:directory_edition_add"))
    assert [notes(one) for one in ("as_of", "updated_on")] == [(1, 0), (1, 0)]
    walk.go(reverse("admin:directory_participation_add"))
    assert notes("added_on") == (1, 0)
    walk.go(reverse("admin:directory_call_add"))
    assert notes("reference_on") == (1, 0)
    assert [notes(one) for one in ("opens_at", "closes_at")] == [(1, 1), (1, 1)]
