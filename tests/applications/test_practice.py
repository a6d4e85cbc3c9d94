"""The practice call filled with as many teams as somebody wants to screen."""

import io

import pytest
from django.core.management import CommandError, call_command

from applications.management.further_teams import MOST_TEAMS, practice_teams
from applications.management.practice import TEAMS
from applications.models import Application
from tests.directory.seeds import load_directory


def test_every_further_team_has_its_own_lead_and_has_submitted():
    teams = practice_teams(MOST_TEAMS)

    assert teams[: len(TEAMS)] == TEAMS
    assert practice_teams(20) == teams[:20]
    assert {one.until for one in teams[len(TEAMS) :]} == {"SUBMITTED"}
    for own in ("email", "erad"):
        assert len({getattr(one, own) for one in teams}) == MOST_TEAMS
    assert len({one.lead[0] for one in teams[:40]}) == 40
    assert len({one.title_en for one in teams[:30]}) == 30


@pytest.mark.django_db
def test_more_teams_are_added_once_and_the_default_adds_none(settings, tmp_path):
    settings.DEBUG, settings.MEDIA_ROOT = True, tmp_path
    load_directory()

    told = []
    for asked in ([], ["--teams=10"], ["--teams=10"], []):
        out = io.StringIO()
        call_command("demo", *asked, stdout=out)
        told.append(out.getvalue().rpartition("; ")[2].strip())

    assert told == ["8 new teams.", "2 new teams.", "0 new teams.", "0 new teams."]
    assert Application.objects.filter(status="SUBMITTED", version=1).count() == 6


@pytest.mark.django_db
@pytest.mark.parametrize("number", [7, MOST_TEAMS + 1])
def test_too_few_and_too_many_are_refused(settings, number):
    settings.DEBUG = True
    with pytest.raises(CommandError, match=f"from 8 to {MOST_TEAMS}"):
        call_command("demo", f"--teams={number}")
