"""The list of notices as a page: what needs a person first, what to do next, and a picture that agrees with the record."""

from datetime import timedelta

import pytest

from applications import pictures
from applications.actions.claiming import record
from applications.actions.ledger import sync_notices
from applications.models import Event, Happening, Message, Notice, Proof
from applications.pictures import MarkKind
from applications.queries.application import workspace
from applications.queries.ledger import ledger
from applications.views.next_steps import NEXT_STEPS, Reader, next_step
from applications.views.notice_timeline import KINDS, timeline
from applications.workflow import NoticeState
from directory.models import Grant
from tests.applications import scenes
from tests.applications.pages import page
from tests.applications.test_own_page import link, me
from tests.applications.test_pictures import parsed

pytestmark = pytest.mark.django_db
NOW = scenes.DAY + timedelta(days=20)


def body(response):
    return " ".join(response.content.decode().split())


def sync(scene):
    sync_notices(workspace(scene.stored()), scenes.DAY)


@pytest.fixture
def rows(scene):
    """Three notices: RCN, NIHR and the silence of ANR."""
    for slug, number in (("nihr", "NIHR200001"), ("anr", "ANR-21-CE14-0032")):
        scenes.grant(scene.application, scene.partner, slug, number)
    sync(scene)
    return {one.body.slug: one for one in Notice.objects.select_related("body")}


def state(notice, value, **fields):
    Notice.objects.filter(pk=notice.pk).update(state=value, **fields)


def letter(notice, **fields):
    """A letter of the notice in the outbox, as the worker left it."""
    return Message.objects.create(
        dedupe_key=f"notice:{notice.pk}",
        kind="NOTICE",
        application=notice.application,
        notice=notice,
        recipient="officer@rcn.example",
        subject="Application",
        created_at=scenes.DAY,
        available_at=scenes.DAY,
        **fields,
    )


def follow_up(notice):
    return Notice.objects.create(
        application=notice.application,
        holder=notice.holder,
        body=notice.body,
        agency=notice.agency,
        follows=notice,
        occasion="WITHDRAWN",
        strength="NONE_STATED",
        state="DUE",
    )


def shown(response):
    return [(one["notice"].body.slug, one["follows"]) for one in response.context["rows"]]


# -- the order, and why a person is needed ---------------------------------------------------------


def test_what_needs_a_person_stands_first_and_follow_ups_under_what_they_follow(lead, scene, rows):
    follow_up(rows["rcn"])
    calm = shown(lead.get(page("notices", scene)))
    state(rows["nihr"], "BOUNCED")
    letter(rows["nihr"], state="BOUNCED", handed_over_at=scenes.DAY)

    assert calm == [("rcn", False), ("rcn", True), ("nihr", False), ("anr", False)]
    assert shown(lead.get(page("notices", scene))) == [
        *[("nihr", False), ("rcn", False), ("rcn", True), ("anr", False)]
    ]


@pytest.mark.parametrize(
    ("now", "mail", "why"),
    [
        (
            "FAILED",
            {"state": "FAILED", "error": "550 5.1.1 unknown"},
            "The mail server says that there is no such mailbox.",
        ),
        (
            "FAILED",
            {"state": "DISCARDED", "reason": "The address is of a private person."},
            "The agency&#x27;s staff stopped the letter: The address is of a private person.",
        ),
        (
            "BOUNCED",
            {"state": "BOUNCED", "handed_over_at": scenes.DAY},
            "The mail server took the letter, and it came back undeliverable.",
        ),
        (
            "BOUNCED",
            {"state": "BOUNCED", "handed_over_at": scenes.DAY, "error": "552 mailbox full"},
            "The mail server says that the mailbox is full.",
        ),
        (
            "HELD",
            {"state": "HELD", "error": "dropped"},
            "it may have been sent, so the portal does not send it again by itself.",
        ),
    ],
)
def test_the_reason_is_given_in_words(lead, scene, rows, now, mail, why):
    state(rows["rcn"], now)
    letter(rows["rcn"], **mail)

    assert why in body(lead.get(page("notices", scene)))


# -- what to do next, for whom --------------------------------------------------------------------------


def test_every_state_has_a_next_step_for_every_reader():
    steps = {
        (one, reader): next_step(one, reader, holder="Kari", recipient="Ola")
        for one in NoticeState
        for reader in Reader
    }

    assert all(steps.values())
    # Only the holder is told to release, and nobody is told what is the holder's alone.
    assert all("%" not in words for words in steps.values())
    for (one, reader), words in NEXT_STEPS.items():
        releases = "elease" in str(words)
        assert reader == Reader.HOLDER or not releases or "%(holder)s" in str(words), (one, reader)


def test_the_holder_the_lead_and_a_viewer_each_read_their_own_next_step(client, scene, rows):
    state(rows["rcn"], "DUE", due_on=scenes.DAY.date())
    kari = scenes.user("kari")
    scene.partner.researcher.user = kari
    scene.partner.researcher.save()
    viewer = scenes.user("viewer", staff_agency="AMED", staff_role="VIEWER")
    said = {}
    for reader in (kari, scene.lead, viewer):
        client.force_login(reader)
        (first, *_rest) = client.get(page("notices", scene)).context["rows"]
        said[reader] = first["next"]

    assert said == {
        kari: "Open the letter, read it and release it; or send it from your own mailbox and record "
        "that you did.",
        scene.lead: "Kari Nordmann is to release the letter. If it was sent another way, you may "
        "record that on behalf, with a reason.",
        viewer: "Kari Nordmann is to release the letter, or to send it another way.",
    }


def test_who_did_it_how_and_the_proof_stand_in_the_row(lead, scene, rows):
    copy = Proof.objects.create(
        application=scene.application,
        file="proofs/x",
        name="返信.png",
        kind="png",
        size=3,
        sha256="0" * 64,
        uploaded_at=scenes.DAY,
    )
    state(
        rows["rcn"],
        "RECORDED",
        done_on=scenes.DAY.date(),
        channel="TELEPHONE",
        done_to="Ola Hansen",
        done_by=scene.deputy,
        on_behalf=True,
        reason="She told me.",
        proof=copy,
    )
    text = body(lead.get(page("notices", scene)))
    own = body(lead.get(me(link(scene.partner))))

    for words in (
        "Monday 20 May 2024<br>Telephone",
        "<bdi>Ola Hansen</bdi>",
        "Recorded by Deputy on behalf of the grant holder",
        "She told me.",
    ):
        assert (words in text, words in own) == (True, True), words
    proof = page("proof", scene, copy.pk)
    assert (proof in text, proof in own, "返信.png" in own) == (True, False, True)


def test_the_deadline_stands_in_japan_s_time_in_utc_and_in_the_reader_s_zone(lead, scene, rows):
    scene.application.call.__class__.objects.update(closes_at=scenes.CLOSES)
    lead.cookies["zone"] = "America/New_York"

    text = body(lead.get(page("notices", scene)))

    assert "Tuesday 28 May 2024, 12:00 JST (UTC+9)</time>" in text
    assert "Tuesday 28 May 2024, 03:00 UTC</time>" in text
    assert "Monday 27 May 2024, 23:00 EDT (UTC-4)</time> (New York)" in text


# -- the picture ------------------------------------------------------------------------------------------


def test_every_happening_of_a_notice_is_drawn_and_none_that_is_not_recorded(lead, scene, rows):
    # Given each happening once, the reminder for two notices in one mail, and another team's event
    for place, act in enumerate(sorted(KINDS)):
        at = scenes.DAY + timedelta(hours=place)
        about = {"notice": rows["rcn"].pk}
        if act == Happening.NOTICE_REMINDED:
            about = {"notices": [rows["rcn"].pk, rows["nihr"].pk]}
        record(scene.application, act, scene.lead, at, **about)
    record(scene.application, Happening.PERSON_ADDED, scene.lead, scenes.DAY)

    # When the page is read
    response = lead.get(page("notices", scene))
    picture = response.context["picture"]
    drawing = parsed(picture["drawing"])

    # Then each lane holds what the record says of its notice, and the table as much
    found = [
        sorted((one.find("path").get("data-mark"), one.get("data-at")) for one in lane.iter("svg"))
        for lane in drawing.findall("g")
    ]
    recorded = {
        slug: sorted(
            (KINDS[Happening(one.act)].value, one.at.isoformat())
            for one in Event.objects.all()
            if notice.pk in (one.details.get("notice"), *one.details.get("notices", ()))
        )
        for slug, notice in rows.items()
    }
    assert found == [recorded["rcn"], recorded["nihr"], recorded["anr"]]
    assert [len(one) for one in found] == [len(KINDS), 1, 0]
    assert len(picture["rows"]) == len(KINDS) + 1 + 1
    assert picture["finding"] in body(response)


@pytest.mark.parametrize(
    ("days", "now", "kinds"),
    [
        (2, "DUE", [MarkKind.DUE]),
        (3, "DUE", [MarkKind.DUE, MarkKind.OVERDUE]),
        (30, "RECORDED", [MarkKind.DUE]),
    ],
)
def test_due_and_overdue_are_marks_of_their_own(scene, rows, days, now, kinds):
    recorded = {"done_on": scenes.DAY.date(), "channel": "EMAIL"} if now == "RECORDED" else {}
    state(rows["rcn"], now, due_on=scenes.DAY.date(), **recorded)
    book = ledger(scene.stored())
    midnight = scenes.DAY.replace(hour=0) - timedelta(hours=9)  # 20 May begins in Japan

    seen = timeline(book, book.rows, midnight + timedelta(days=days))

    assert [mark.kind for mark in seen.lanes[0].marks] == kinds
    assert seen.lanes[0].marks[0].at == midnight


def test_lanes_of_one_holder_to_one_body_are_told_apart(scene, rows):
    scenes.grant(scene.application, scene.partner, "rcn", "400001")
    sync(scene)
    follow_up(rows["nihr"])
    book = ledger(scene.stored())

    seen = timeline(book, book.rows, NOW)

    assert {lane.body for lane in seen.lanes} == {
        *("RCN 311393", "RCN 400001", "NIHR", "NIHR, follow-up", "ANR")
    }


@pytest.mark.parametrize("number", [1, 3])
def test_the_picture_costs_one_statement(scene, django_assert_num_queries, number):
    for place in range(number - 1):
        scenes.grant(scene.application, scene.partner, "rcn", f"4{place:05}")
    sync(scene)
    for notice in Notice.objects.all():
        record(scene.application, "NOTICE_EDITED", scene.lead, scenes.DAY, notice=notice.pk)
    book = ledger(scene.stored())

    with django_assert_num_queries(1):
        seen = timeline(book, book.rows, NOW)

    assert [len(lane.marks) for lane in seen.lanes] == [1] * number


def test_a_drawing_that_fails_leaves_the_sentence_and_the_table(lead, scene, rows, monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError

    whole = body(lead.get(page("notices", scene)))
    monkeypatch.setattr(pictures, "draw", broken)
    response = lead.get(page("notices", scene))

    text, picture = body(response), response.context["picture"]
    assert response.status_code == 200
    assert ("timeline__drawing" in whole, "timeline__drawing" in text) == (True, False)
    assert picture["finding"] in text
    assert '<details class="disclosure" open> <summary>Show as table</summary>' in text
    assert text.count("Nothing has happened yet.") == 3


def test_a_hostile_name_is_shown_as_text_in_list_picture_and_table(lead, scene, rows):
    name = "</title></svg><script>alert(1)</script>"
    scene.partner.researcher.name = name
    scene.partner.researcher.save()

    text = lead.get(page("notices", scene)).content.decode()

    assert "<script>alert" not in text
    assert "&lt;/title&gt;&lt;/svg&gt;&lt;script&gt;alert(1)" in text


# -- the holder's own page --------------------------------------------------------------------------------


def test_the_own_page_has_the_same_form_and_only_the_holder_s_rows(client, scene, rows):
    other = scenes.person(scene.application.team, "PARTNER", "Ola Normann", "NO")
    scenes.grant(scene.application, other, "rcn", "999999")
    sync(scene)
    assert Grant.objects.count() == 4

    response = client.get(me(link(scene.partner)))

    text = body(response)
    assert [one["notice"].body.slug for one in response.context["notices"]] == [
        *("rcn", "nihr", "anr")
    ]
    assert len(response.context["picture"]["rows"]) == 3
    assert "Nothing is due yet. You can already read the letter" in text
    assert "Ola Normann" not in text
    assert response.context["picture"]["finding"] == (
        "0 of 2 notices have been given. 2 are not due yet."
    )


@pytest.mark.parametrize("number", [1, 20])
def test_the_own_page_reads_a_fixed_number_of_statements(
    client, scene, django_assert_num_queries, number
):
    for place in range(number - 1):
        scenes.grant(scene.application, scene.partner, "rcn", f"4{place:05}")
    sync(scene)
    address = me(link(scene.partner))

    # link, application; the workspace's 6; four of the ledger; letters; what happened
    with django_assert_num_queries(14):
        response = client.get(address)

    assert len(response.context["notices"]) == number


def test_the_page_says_what_only_the_holder_does_and_that_nothing_goes_by_itself(lead, scene, rows):
    text = body(lead.get(page("notices", scene)))

    assert "Nothing goes to a funder without the holder's word." in text
    assert "Only the grant holder edits a letter and releases it" in text
    assert "They send nothing in the holder's name." in text
