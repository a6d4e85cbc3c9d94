"""The last submitted version stands: team pages say what is not submitted, staff and exports show what is."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from applications import actions, filters
from applications.exports import EXPORTS
from applications.models import Application, Message, Notice, Role
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import grant_values, person_values, section_values
from applications.workflow import Act
from directory.models import Agency, Call, Grant, Researcher
from directory.spreadsheets import csv_lines
from tests.applications import scenes
from tests.applications.pages import page
from tests.applications.screening import decide, letter

pytestmark = pytest.mark.django_db
UNSUBMITTED = "Changes not yet submitted"


@pytest.fixture
def sent(scene):
    scene.submit()
    return scene


def now():
    """A moment of the web server, later than the submission."""
    return timezone.now()


def rename(scene, title="Renamed after submitting"):
    stored = section_values(scene.stored(), "project")
    actions.save_section(
        application_id=scene.pk,
        section="project",
        values={"title_en": title},
        seen=fingerprint(stored),
        by=scene.lead,
        at=now(),
    )


def move_to_germany(scene):
    grant = Grant.objects.get(pk=scene.grant.pk)
    actions.save_grant(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        grant_id=grant.pk,
        values={"agency": Agency.objects.get(slug="dfg"), "reference": "410981385"},
        seen=fingerprint(grant_values(grant)),
        by=scene.lead,
        at=now(),
    )


def add_grant(scene):
    actions.save_grant(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        grant_id=None,
        values={
            "agency": Agency.objects.get(slug="dfg"),
            "reference": "410981386",
            "starts_on": date(2022, 1, 1),
            "ends_on": date(2027, 12, 31),
        },
        seen="",
        by=scene.lead,
        at=now(),
    )


def remove_grant(scene, at=None):
    actions.remove_grant(
        application_id=scene.pk,
        grant_id=scene.grant.pk,
        reason="Ended early",
        by=scene.lead,
        at=at or now(),
    )


def rename_partner(scene):
    who = Researcher.objects.get(pk=scene.partner.researcher_id)
    actions.save_person(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        role=Role.PARTNER,
        values={"name": "Kari Hansen"},
        seen=fingerprint(person_values(who)),
        by=scene.lead,
        at=now(),
    )


def exported(name):
    export = EXPORTS[name]
    with override("en"):
        rows = export.rows(export.among(Application.objects.all()))
        pieces = "".join(csv_lines(export.columns, rows, True))
    return list(csv.DictReader(io.StringIO(pieces.removeprefix("\ufeff"), newline="")))


def staff_page(client, scene):
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))
    return client.get(reverse("applications:staff_application", args=[scene.pk]))


# -- the team's pages ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["team", "check_answers", "receipt"])
def test_the_teams_pages_say_plainly_what_is_not_submitted(lead, sent, name):
    number = sent.stored().receipt
    address = reverse("applications:receipt", args=[number]) if name == "receipt" else ""
    address = address or page(name, sent)

    # Control: as submitted, nothing is pending
    assert UNSUBMITTED not in lead.get(address).content.decode()

    rename(sent)

    content = lead.get(address).content.decode()
    assert UNSUBMITTED in content
    assert "until you submit again" in content


def test_the_check_page_shows_what_is_not_yet_submitted_and_where_to_change_it(lead, sent):
    rename(sent)

    changes = lead.get(page("check_answers", sent)).context["unsubmitted"]

    assert changes == [
        {
            "key": "Project title in English",
            "was": "Memory of cells",
            "now": "Renamed after submitting",
            "href": page("team_project", sent),
        }
    ]


def test_submitting_again_leaves_nothing_unsubmitted(lead, sent):
    rename(sent)
    assert sent.submit().version == 2
    assert UNSUBMITTED not in lead.get(page("team", sent)).content.decode()


# -- staff -----------------------------------------------------------------------------------


def test_staff_read_what_was_submitted_and_that_there_is_more(client, sent):
    rename(sent)
    rename_partner(sent)

    content = staff_page(client, sent).content.decode()

    assert "Unsubmitted changes" in content
    assert "Memory of cells" in content
    assert "Kari Nordmann" in content
    assert "Renamed after submitting" not in content
    # The record of events and the notices speak of people as they are called now.
    assert content.count("Kari Hansen") <= content.count("Kari Nordmann")


def test_control_staff_read_no_note_where_all_is_submitted(client, sent):
    rename(sent)
    sent.submit()

    content = staff_page(client, sent).content.decode()

    assert "Unsubmitted changes" not in content
    assert "Renamed after submitting" in content


def test_staff_read_a_draft_as_it_is(client, scene):
    rename(scene)
    content = staff_page(client, scene).content.decode()
    assert "Renamed after submitting" in content
    assert "Unsubmitted changes" not in content


def test_staff_see_what_was_crossed_out_when_and_why(client, scene):
    scenes.grant(scene.application, scene.partner, "dfg", "1")
    remove_grant(scene)
    actions.remove_person(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        reason="Moved away",
        by=scene.lead,
        at=now(),
    )

    crossed = staff_page(client, scene).context["crossed_out"]

    assert [(one["kind"], one["name"], one["why"]) for one in crossed] == [
        ("Person", "Kari Nordmann", "Moved away"),
        ("Grant", "RCN 311393 – Kari Nordmann", "Ended early"),
        ("Grant", "DFG 1 – Kari Nordmann", "The holder was removed from the team."),
    ]
    assert all(one["at"] for one in crossed)


# -- exports ---------------------------------------------------------------------------------


def test_applications_are_exported_as_submitted(sent):
    before = exported("applications")
    rename(sent)
    rename_partner(sent)
    add_grant(sent)

    assert exported("applications") == before
    assert (before[0]["title_en"], before[0]["partners"]) == ("Memory of cells", "Kari Nordmann")
    assert (before[0]["agencies"], before[0]["area"]) == ("rcn", "cells")


def test_grants_are_exported_as_submitted(sent):
    before = exported("grants")
    assert (before[0]["agency"], before[0]["reference"]) == ("rcn", "311393")
    for change in (move_to_germany, add_grant, rename_partner):
        change(sent)
        assert exported("grants") == before


def test_a_grant_removed_after_submitting_stands_until_the_team_submits_again(sent):
    before = exported("grants")
    add_grant(sent)
    remove_grant(sent)
    assert exported("grants") == before

    sent.submit()

    assert [(row["agency"], row["reference"]) for row in exported("grants")] == [
        ("dfg", "410981386")
    ]


def test_a_web_server_whose_clock_is_behind_takes_nothing_away(sent):
    before = exported("grants")
    remove_grant(sent, at=sent.stored().submitted_at - timedelta(hours=1))
    assert exported("grants") == before


def test_drafts_are_exported_as_they_are(scene):
    rename(scene)
    remove_grant(scene)
    add_grant(scene)
    assert exported("applications")[0]["title_en"] == "Renamed after submitting"
    assert [row["agency"] for row in exported("grants")] == ["dfg"]


@pytest.mark.parametrize("others", [0, 2])
def test_what_stands_costs_one_statement_for_any_number(sent, others, django_assert_num_queries):
    rename(sent)
    for number in range(others):
        scenes.grant(sent.application, sent.partner, "dfg", str(number))
    Application.objects.filter(pk=sent.pk).update(explanation="changed")

    with django_assert_num_queries(4):
        exported("applications")
    with django_assert_num_queries(4):  # … and the programmes that are listed
        exported("grants")


def shown_for(client, funder: str) -> list[str]:
    found = client.get(reverse("applications:staff_grants"), {"agency": funder})
    return [row["cells"][3][1] for row in found.context["rows"]]


def test_the_report_for_a_funder_goes_by_what_was_submitted(client, sent):
    move_to_germany(sent)
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))

    assert (shown_for(client, "rcn"), shown_for(client, "dfg")) == (["311393"], [])

    sent.submit(at=now())

    assert (shown_for(client, "rcn"), shown_for(client, "dfg")) == ([], ["410981385"])


def test_by_the_present_funder_it_would_give_anothers_grant(client, sent, monkeypatch):
    """Negative control of the test above."""
    monkeypatch.setattr(filters.lists, "funders_as_submitted", lambda relied: {})
    move_to_germany(sent)
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))

    assert shown_for(client, "dfg") == ["311393"]


def test_staff_read_answers_and_verdicts_side_by_side_and_find_every_mail(client, sent):
    page = staff_page(client, sent)
    (verdict,) = page.context["verdicts"]
    receipt = sent.stored().receipt
    mails = f"{reverse('applications:staff_mail')}?q={receipt}"

    assert verdict["key"] == "RCN 311393 – Kari Nordmann"
    assert verdict["value"].startswith("Fits")
    html = page.content.decode()
    answers, _heading, verdicts = html.partition('<div class="beside">')[2].partition(
        '<section aria-labelledby="verdicts">'
    )
    assert ("Memory of cells" in answers, "RCN 311393" in answers) == (True, False)
    assert "RCN 311393" in verdicts.partition("</section>")[0]
    assert f'<a href="{mails}">All mails about this application</a>' in html
    found = client.get(mails).context["page_obj"].paginator.count
    assert found == Message.objects.filter(application=sent.pk).count() > 0


# -- what the lists of applications and the pictures count ------------------------------------------
def move_abroad(scene):
    """The partner moves from Norway to Germany."""
    who = Researcher.objects.get(pk=scene.partner.researcher_id)
    actions.save_person(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        role=Role.PARTNER,
        values={"institution_name": "Charité", "institution_country": "DE"},
        seen=fingerprint(person_values(who)),
        by=scene.lead,
        at=now(),
    )


def counted(client, **asked):
    """How many the list shows, and the numbers beside the choices that it offers."""
    page = client.get(reverse("applications:staff_applications"), asked)
    fields = page.context["form"].fields
    beside = {
        name: {
            value: int(str(label).rpartition("(")[2].rstrip(")"))
            for value, label in fields[name].choices
            if value and not str(label).endswith("(0)")
        }
        for name in ("country", "agency")
    }
    return len(page.context["rows"]), beside


def test_lists_facets_and_pictures_go_by_what_was_submitted(client, sent):
    # Given a team that relies on an RCN grant of a partner in Norway, and changed both since
    move_to_germany(sent)
    move_abroad(sent)
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))
    submitted = {"country": {"NO": 1}, "agency": {"rcn": 1}}
    germany = {"country": {"DE": 1}, "agency": {"dfg": 1}}

    def everywhere():
        lists = [
            counted(client, **asked)[0]
            for asked in (
                {"agency": "rcn"},
                {"agency": "dfg"},
                {"funder_country": "NO"},
                {"funder_country": "DE", "participation": "EXISTING"},
                {"country": "NO"},
                {"country": "DE"},
            )
        ]
        rows = client.get(reverse("applications:staff")).context["funders"]["rows"]
        table = {row[0].split()[0]: re.sub(r"<[^>]+>", "", str(row[3])) for row in rows}
        return lists, counted(client)[1], (table["RCN"], table["DFG"])

    # Then everything that counts shows what was submitted
    assert everywhere() == ([1, 0, 1, 0, 1, 0], submitted, ("1", "0"))

    # Until the team submits again
    actions.confirm_on_behalf(
        application_id=sent.pk,
        membership_id=sent.partner.pk,
        reason="She wrote so.",
        upload=scenes.Upload(),
        by=sent.lead,
        at=now(),
    )
    sent.submit(at=now())
    assert everywhere() == ([0, 1, 0, 1, 0, 1], germany, ("0", "1"))


def test_the_letter_about_a_decision_quotes_the_title_that_was_submitted(sent):
    officer = scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")
    Call.objects.update(is_practice=True)  # so that it may be screened while it is open
    rename(sent)
    decide(sent, Act.TAKE_INTO_SCREENING, officer)
    decide(sent, Act.ACCEPT, officer)

    text = letter().text
    assert "細胞の記憶" in text or "Memory of cells" in text
    assert "Renamed after submitting" not in text


def test_a_grant_that_was_never_submitted_makes_no_notice_due(sent):
    # Given a grant of NSF that was added after the submission
    actions.save_grant(
        application_id=sent.pk,
        membership_id=sent.partner.pk,
        grant_id=None,
        values={"agency": Agency.objects.get(slug="nsf"), "reference": "2434229"},
        seen="",
        by=sent.lead,
        at=now(),
    )

    def states():
        return dict(Notice.objects.values_list("agency__slug", "state"))

    assert states() == {"rcn": "DUE", "nsf": "NOT_YET_DUE"}
    # When an officer takes the application into screening and decides, it stays so
    Call.objects.update(is_practice=True)  # … which a practice call allows while it is open
    officer = scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")
    decide(sent, Act.TAKE_INTO_SCREENING, officer)
    decide(sent, Act.RETURN, officer, until=now() + timedelta(days=9))
    assert states() == {"rcn": "DUE", "nsf": "NOT_YET_DUE"}
    # And when the team submits it, it is due
    Application.objects.filter(pk=sent.pk).update(explanation="The NSF grant has no dates yet.")
    sent.submit(at=now())
    assert states() == {"rcn": "DUE", "nsf": "DUE"}
