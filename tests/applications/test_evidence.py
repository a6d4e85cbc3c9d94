"""The evidence of a submitted version: one hash on paper, in the file and in the record; for whom; and its price."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from applications import actions
from applications.models import Application, DataUse, Event, Happening, Role, Version
from applications.queries.evidence import evidence_of
from applications.queries.fingerprints import canonical, fingerprint
from applications.workflow import Act
from directory.models import Grant
from tests.append_only import lifted
from tests.applications import evidence_scenes as files
from tests.applications import releasing, scenes
from tests.applications.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(scene):
    scene.submit()
    return scene


def address(scene, page="evidence", number=1):
    return reverse(f"applications:{page}", args=[scene.stored().receipt, number])


def officer(agency="AMED", role="OFFICER"):
    return UserFactory(name="Officer Ono", staff_agency=agency, staff_role=role)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_paper_file_and_record_show_the_same_hash(lead, submitted, language):
    version, page = Version.objects.get(), address(submitted)
    paper = lead.get(page.replace("/en/", f"/{language}/")).content.decode()
    file = json.loads(lead.get(address(submitted, "evidence_json")).content)

    # Printed once in each language, the reader's own first
    assert paper.count(version.sha256) == 2
    first, second = ("en", "ja") if language == "en" else ("ja", "en")
    assert paper.index(f'class="evidence" lang="{first}"') < paper.index(
        f'class="evidence" lang="{second}"'
    )
    assert file["sha256"] == version.sha256 == fingerprint(file["sealed"])
    assert "no longer agrees" not in paper
    # Control: a stored content that was meddled with is not printed as if it agreed.
    version.content["inputs"]["answers"]["years"] = 9
    with lifted():
        version.save()
    paper = lead.get(page).content.decode()
    assert "The stored content no longer agrees with its fingerprint." in paper


def test_names_stand_beside_the_sealed_part_and_can_go(lead, submitted):
    file = files.evidence(submitted)
    sealed = canonical(file["sealed"])
    for name in ("山田", "鈴木", "Nordmann", "@example", "12345678"):
        assert name not in sealed
    assert sorted(one["name"] for one in file["people"].values()) == [
        "Kari Nordmann",
        "山田 花子",
        "鈴木 一郎",
    ]
    # When the partner's values are erased, nothing of the evidence names her, and the hash agrees
    partner = f"P{submitted.partner.pk}"
    Version.objects.get().people.filter(pseudonym=partner).update(values={})
    paper = lead.get(address(submitted)).content.decode()
    after = files.evidence(submitted)
    assert (after["sha256"], after["people"][partner]) == (file["sha256"], {})
    assert "Nordmann" not in paper + canonical(after)
    assert partner in paper


def test_an_older_version_keeps_its_own_answers_and_who_gave_them(scene):
    # Given an ERC grant whose condition the lead recorded, and a submitted version
    erc = scenes.grant(scene.application, scene.partner, "erc", "725899")
    told = {"application_id": scene.pk, "grant_id": erc.pk, "code": "ERC_SCOPE", "answer": "GIVEN"}
    copy = {"by": scene.lead, "upload": scenes.Upload()}
    actions.attest(**told, **copy, reason="She wrote so.", at=scenes.DAY)
    scene.submit()
    # When the condition is recorded anew and the team submits again
    later = scenes.DAY + timedelta(hours=1)
    actions.attest(**told, **copy, reason="She wrote again.", at=later)
    scene.change(title_en="Revised")
    scene.submit(at=later)
    # Then each version shows its own title, hash and attestation
    first, second = files.evidence(scene, 1), files.evidence(scene, 2)
    assert [one["sealed"]["inputs"]["answers"]["title_en"] for one in (first, second)] == [
        "Memory of cells",
        "Revised",
    ]
    assert first["sha256"] != second["sha256"]
    lead = f"P{scene.application.team.memberships.get(role=Role.LEAD).pk}"
    proof = {"name": "reply.txt"}
    for one, reason, at in (
        (first, "She wrote so.", scenes.DAY),
        (second, "She wrote again.", later),
    ):
        (attested,) = one["attestations"]
        assert attested["proof"].pop("sha256")
        assert attested == {
            "grant": f"G{erc.pk}",
            "holder": f"P{scene.partner.pk}",
            "condition": "ERC_SCOPE",
            "answer": "GIVEN",
            "at": at.isoformat(),
            "by": {"who": lead},
            "on_behalf": True,
            "reason": reason,
            "proof": proof,
        }
    # And the notice, and every event up to now
    assert {one["body"] for one in first["notices"]} >= {"rcn"}
    assert [one["act"] for one in first["events"]].count(Act.SUBMIT) == 2


def test_a_released_letter_is_there_whole_but_for_the_funders_link(client, scene):
    # Given a submitted team whose partner released her letter
    releasing.ready(scene)
    mail = releasing.mail_of()
    releasing.release(scene)
    # Then the evidence holds the letter as it was shown, without the link that acknowledges it
    file = files.evidence(scene)
    (letter,) = file["notices"][0]["letters"]
    assert (letter["recipient"], letter["subject"], letter["text"], letter["state"]) == (
        releasing.OFFICER,
        mail.subject,
        mail.text,
        "WAITING",
    )
    client.force_login(scene.lead)
    paper = client.get(address(scene)).content.decode()
    assert paper.count(escape(mail.subject)) >= 2
    assert releasing.secret() not in paper + canonical(file)


def test_what_staff_do_among_themselves_is_in_their_copy_alone(submitted):
    staff = officer()
    for act, reason in (
        (Happening.INTERNAL_NOTE, ""),
        (Act.NOT_ACCEPT, "Between us."),
        (Act.RETURN, "Please give the dates."),
    ):
        Event.objects.create(
            application=submitted.application, act=act, user=staff, at=scenes.DAY, reason=reason
        )

    def by_staff(document):
        return [
            (one["act"], one["by"], one["reason"])
            for one in document["events"]
            if one["by"]["who"] == "AMED"
        ]

    assert by_staff(files.evidence(submitted)) == [
        ("NOT_ACCEPT", {"who": "AMED"}, ""),
        ("RETURN", {"who": "AMED"}, "Please give the dates."),
    ]
    named = {"who": "AMED", "name": "Officer Ono"}
    assert by_staff(files.evidence(submitted, for_staff=True)) == [
        ("INTERNAL_NOTE", named, ""),
        ("NOT_ACCEPT", named, "Between us."),
        ("RETURN", named, "Please give the dates."),
    ]


@pytest.mark.parametrize("role", ["VIEWER", "OFFICER", "APPROVER"])
def test_each_reading_by_staff_is_recorded(client, submitted, role):
    staff = officer(role=role)
    client.force_login(staff)
    client.get(address(submitted))
    client.get(address(submitted, "evidence_json"))
    assert list(
        DataUse.objects.order_by("pk").values_list(
            "kind", "name", "by", "agency", "application", "personal"
        )
    ) == [
        ("EVIDENCE", "evidence v1", staff.pk, "AMED", submitted.pk, True),
        ("EVIDENCE", "evidence.json v1", staff.pk, "AMED", submitted.pk, True),
    ]


def test_the_teams_own_reading_is_nobodys_business(client, submitted):
    for reader in (submitted.lead, submitted.deputy):
        client.force_login(reader)
        assert client.get(address(submitted, "evidence_json")).status_code == 200
    assert not DataUse.objects.exists()
    with pytest.raises(actions.NotPermitted):
        actions.record_evidence_use(
            version_id=Version.objects.get().pk, page="evidence", by=submitted.lead, at=scenes.DAY
        )


def test_the_way_back_leads_staff_to_the_application_and_the_team_to_its_receipt(client, submitted):
    own = f'<a href="{reverse("applications:staff_application", args=[submitted.pk])}">'
    receipt = f'<li><a href="{reverse("applications:receipt", args=[submitted.stored().receipt])}">'
    shown = []
    for reader in (officer(), submitted.lead):
        client.force_login(reader)
        page = client.get(address(submitted)).content.decode()
        shown.append((own in page, receipt in page))

    assert shown == [(True, False), (False, True)]


def test_others_do_not_get_it(client, submitted):
    member = scenes.user("member")
    scenes.person(submitted.application.team, Role.MEMBER, "佐藤", "JP", user=member)
    for reader, answer in (
        (member, 403),
        (scenes.user("stranger"), 404),
        (officer("JST", "APPROVER"), 404),
        (submitted.lead, 200),
    ):
        client.force_login(reader)
        for page in ("evidence", "evidence_json"):
            assert client.get(address(submitted, page)).status_code == answer
    assert client.get(address(submitted, number=2)).status_code == 404
    assert not DataUse.objects.exists()


def test_a_hundred_grants_cost_no_statement_more(lead, scene):
    def statements():
        scene.submit()
        number = Application.objects.get(pk=scene.pk).version
        version = files.version_of(scene, number)
        with CaptureQueriesContext(connection) as read:
            evidence_of(version, for_staff=True, now=scenes.DAY)
        with CaptureQueriesContext(connection) as shown:
            lead.get(address(scene, number=number))
        return len(read), len(shown)

    few = statements()
    files.rely_on_every_row(scene)
    assert statements() == few


@pytest.mark.parametrize("named", ["nih", None])
def test_a_verdict_by_the_institutes_row_shows_that_row(lead, scene, named):
    """A version sealed while NIH as a whole was kept, or nothing: the number told the institute."""
    grant = scenes.grant(scene.application, scene.partner, "nih", "5R01CA123456-03")
    if named is None:
        Grant.objects.filter(pk=grant.pk).update(agency=None)
    scene.submit()
    file = files.evidence(scene)
    sealed = {one["id"]: one for one in file["sealed"]["inputs"]["grants"]}[f"G{grant.pk}"]
    assert (sealed["agency"], sealed["verdict"]) == (named or "", "FITS")
    assert [one["agency"] for one in file["edition"]["rows"]] == ["rcn", "nih-nci"]
    assert file["agencies"]["nih-nci"]["acronym"] == "NIH-NCI"
    paper = lead.get(address(scene)).content.decode()
    assert "None of the grants is from a funder on the list." not in paper
    assert paper.count("<h4>NIH-NCI – ") == 2


def test_both_clocks_and_the_source_of_the_list_stand_in_page_and_file(lead, submitted):
    version, edition = Version.objects.get(), submitted.stored().edition
    moment = scenes.DAY + timedelta(seconds=3)
    with lifted():
        Version.objects.update(web_clock=scenes.DAY, database_clock=moment)
    paper = lead.get(address(submitted)).content.decode()
    file = json.loads(lead.get(address(submitted, "evidence_json")).content)

    assert (file["web_clock"], file["database_clock"]) == (
        "2024-05-20T01:00:00+00:00",
        "2024-05-20T01:00:03+00:00",
    )
    assert (
        file["sealed"]["web_clock"] == version.content["web_clock"] == "2024-05-20T01:00:00+00:00"
    )
    assert file["edition"]["source"] == file["sealed"]["inputs"]["source"] == edition.source != ""
    facts = paper.partition("What was submitted")[0]
    told = {
        key: " ".join(value.split())
        for key, value in re.findall(r"<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", facts, re.S)
    }
    assert "2024-05-20T01:00:03+00:00" in told["Submitted at, by the clock of the database"]
    assert "2024-05-20T01:00:00+00:00" in told["The same by the clock of the web machine"]
    assert told["Source"] == escape(edition.source)
