"""The notices pages: every row shown, letters prepared, records kept, nothing sent."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.actions import claiming
from applications.actions.ledger import sync_notices
from applications.models import Event, Message, Notice
from applications.queries.application import workspace
from tests.applications import scenes

pytestmark = pytest.mark.django_db
DAY = {"record-done_on_0": "2024", "record-done_on_1": "5", "record-done_on_2": "21"}
RECORD = {
    "act": "record",
    **DAY,
    "record-channel": "EMAIL",
    "record-done_to": "officer@example.no",
    "record-reason": "She wrote to me.",
}


@pytest.fixture
def scene(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    found = scenes.ready()
    sync(found)
    return found


@pytest.fixture
def lead(client, scene):
    client.force_login(scene.lead)
    return client


@pytest.fixture
def holder(scene):
    """The client of the grant holder, who has an account."""
    person = scene.partner.researcher
    person.user = scenes.user("kari")
    person.save()
    found = Client()
    found.force_login(person.user)
    return found


def sync(scene):
    sync_notices(workspace(scene.stored()), scenes.DAY)


def add(scene, slug, number="1"):
    scenes.grant(scene.application, scene.partner, slug, number)
    sync(scene)
    return Notice.objects.get(application=scene.pk, agency__slug=slug)


def rcn():
    return Notice.objects.get(body__slug="rcn")


def listing(scene):
    return reverse("applications:notices", args=[scene.application.team.ref])


def page(scene, notice):
    return reverse("applications:notice", args=[scene.application.team.ref, notice.pk])


def file(scene, notice):
    return reverse("applications:notice_eml", args=[scene.application.team.ref, notice.pk])


def release_page(scene, notice):
    return reverse("applications:notice_release", args=[scene.application.team.ref, notice.pk])


def saved(response, **changed):
    """The fields of the draft's form as a browser would send them back."""
    form = response.context["draft_form"]
    return {
        "act": "draft",
        **{bound.html_name: bound.value() or "" for bound in form},
        **{f"draft-{name}": value for name, value in changed.items()},
    }


def body(response):
    return " ".join(response.content.decode().split())


def complete(scene, client):
    """The RCN letter with its recipient given; the page that then shows it."""
    where = page(scene, rcn())
    values = {"recipient_name": "Ola Hansen", "recipient_email": "ola@example.no"}
    client.post(where, saved(client.get(where), **values))
    return client.get(where)


# -- the list ---------------------------------------------------------------------------------------


def test_the_list_shows_every_row_with_what_the_list_asks_or_its_silence(lead, scene):
    for slug in ("anr", "erc", "arc", "ssf", "cihr"):
        add(scene, slug)

    shown = body(lead.get(listing(scene)))

    assert "The list asks nothing for ANR; your grant&#x27;s own terms may." in shown
    assert "According to the list, no contact is needed for ERC grants." in shown
    assert "arc-international@arc.gov.au" in shown
    assert "CIHR answers questions; the list gives no address." in shown
    assert "The list asks holders of SSF grants to tell STINT." in shown
    assert "the holder knows who it is" in shown
    assert "Notices still to be given: 2." in shown


def test_a_row_waits_for_the_submission_and_names_the_deadline_in_both_clocks(lead, scene):
    shown = body(lead.get(listing(scene)))
    Notice.objects.all().delete()

    assert "No notice is asked for your team." in body(lead.get(listing(scene)))
    assert "Not yet due" in shown
    assert 'datetime="2024-05-28T03:00:00Z">Tuesday 28 May 2024, 12:00 JST' in shown
    assert 'datetime="2024-05-28T03:00:00Z">Tuesday 28 May 2024, 03:00 UTC' in shown


def test_a_crossed_out_row_stays_visible_and_closed(lead, scene):
    lead.post(page(scene, rcn()), RECORD)
    Notice.objects.update(removed_at=scenes.DAY)

    shown = body(lead.get(listing(scene)))
    refused = lead.post(page(scene, rcn()), {**RECORD, "record-done_to": "Another"})

    assert "<s>RCN</s>" in shown
    assert "Crossed out" in shown
    assert refused.status_code == 302
    assert rcn().done_to == "officer@example.no"


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_reads_a_fixed_number_of_statements(lead, scene, django_assert_num_queries, rows):
    for number in range(rows - 1):
        scenes.grant(scene.application, scene.partner, "rcn", f"4{number:05}")
    sync(scene)
    for notice in Notice.objects.all():
        claiming.record(scene.stored(), "NOTICE_EDITED", scene.lead, scenes.DAY, notice=notice.pk)
    assert Notice.objects.count() == rows

    # session, account, application; five of the ledger; what the reader may do, letters, what
    # happened; mail that waits
    with django_assert_num_queries(12):
        response = lead.get(listing(scene))

    assert len(response.context["rows"]) == rows


# -- the letter -------------------------------------------------------------------------------------


def test_the_recipient_is_asked_for_and_until_then_nothing_can_leave(holder, scene):
    response = holder.get(page(scene, rcn()))

    shown = body(response)
    assert "Still to be filled in before it can be sent:" in shown
    assert "［name of the officer responsible for the grant］" in shown
    assert "mailto:" not in shown.replace("mailto:amed-aspire@amed.go.jp", "")
    assert holder.get(file(scene, rcn())).status_code == 302


def test_a_letter_with_its_recipient_can_be_copied_opened_and_downloaded(holder, scene):
    response = complete(scene, holder)
    download = holder.get(file(scene, rcn()))

    assert unquote(response.context["mailto"]).startswith(
        "mailto:ola@example.no?subject=Application"
    )
    assert "Dear Ola Hansen," in body(response)
    assert "The portal sends this letter for you when you release it" in body(response)
    assert download["Content-Type"] == "message/rfc822"
    assert download["Content-Disposition"] == (
        f'attachment; filename="notice-{scene.application.team.ref}-rcn.eml"'
    )
    assert b"X-Unsent: 1" in download.content
    assert (mail.outbox, Message.objects.count()) == ([], 0)


def test_words_left_alone_are_not_stored_and_follow_the_application(holder, scene):
    complete(scene, holder)
    before = rcn()
    scene.change(title_en="A better title")

    shown = body(holder.get(page(scene, rcn())))

    assert (before.subject, before.text, before.recipient_email) == ("", "", "ola@example.no")
    assert "A better title" in shown


def test_words_of_ones_own_are_kept_and_an_empty_text_brings_the_prepared_one_back(holder, scene):
    where = page(scene, rcn())
    holder.post(where, saved(complete(scene, holder), text="Kjære Ola,\r\n\r\nhilsen"))
    own = rcn().text
    holder.post(where, saved(holder.get(where), text=""))

    assert own == "Kjære Ola,\n\nhilsen"
    assert rcn().text == ""
    assert "Dear Ola Hansen," in body(holder.get(where))


def test_two_who_write_at_once_see_both_texts_and_lose_nothing(holder, scene):
    first = complete(scene, holder)
    holder.post(page(scene, rcn()), saved(first, text="First."))

    answer = holder.post(page(scene, rcn()), saved(first, text="Second."))

    assert answer.status_code == 409
    assert ("First." in body(answer), "Second." in body(answer)) == (True, True)
    assert rcn().text == "First."
    holder.post(page(scene, rcn()), saved(answer))
    assert rcn().text == "Second."


@pytest.mark.parametrize("control", ["\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\0"])
@pytest.mark.parametrize("name", ["subject", "recipient_name", "recipient_email"])
def test_no_line_break_reaches_a_header(holder, scene, name, control):
    shown = complete(scene, holder)

    answer = holder.post(page(scene, rcn()), saved(shown, **{name: f"a{control}b@example.org"}))

    assert answer.status_code == 200
    assert list(answer.context["draft_form"].errors) == [name]
    assert getattr(rcn(), name) in ("", "Ola Hansen", "ola@example.no")


def test_nih_advice_stands_beside_the_letter_and_not_in_it(lead, scene):
    response = lead.get(page(scene, add(scene, "nih-nimh", "5R01MH092950-05")))

    assert "foreign component" in body(response)
    assert "foreign component" not in response.context["letter"].text


# -- the record ---------------------------------------------------------------------------------------


def test_the_lead_records_on_behalf_and_says_why(lead, scene):
    answer = lead.post(page(scene, rcn()), {**RECORD, "record-reason": ""})
    unchanged = rcn().state
    lead.post(page(scene, rcn()), RECORD)

    notice = rcn()
    assert list(answer.context["record_form"].errors) == ["reason"]
    assert unchanged == "NOT_YET_DUE"
    assert (notice.state, notice.on_behalf, notice.reason) == ("RECORDED", True, "She wrote to me.")
    assert "Recorded as done" in body(lead.get(page(scene, notice)))


def test_a_day_to_come_is_refused_and_today_in_japan_is_not(lead, scene):
    def day(when):
        parts = (when.year, when.month, when.day)
        return {f"record-done_on_{place}": str(part) for place, part in enumerate(parts)}

    today = timezone.localdate(timezone=scenes.CLOSES.tzinfo)
    answer = lead.post(page(scene, rcn()), {**RECORD, **day(today + timedelta(days=2))})
    lead.post(page(scene, rcn()), {**RECORD, **day(today)})

    assert list(answer.context["record_form"].errors) == ["done_on"]
    assert rcn().done_on == today


def test_not_sending_needs_a_reason_and_can_be_mended_later(lead, scene):
    where = page(scene, rcn())
    answer = lead.post(where, {"act": "not-sent", "not-sent-reason": " "})
    lead.post(where, {"act": "not-sent", "not-sent-reason": "The officer has left."})
    chosen = rcn().state
    lead.post(where, RECORD)

    assert list(answer.context["not_sent_form"].errors) == ["reason"]
    assert (chosen, rcn().state) == ("NOT_SENT_BY_CHOICE", "RECORDED")


def test_where_nothing_is_owed_there_is_no_letter_but_a_contact_may_be_recorded(lead, scene):
    notice = add(scene, "arc", "DP200101613")
    response = lead.get(page(scene, notice))
    lead.post(page(scene, notice), RECORD)

    assert [response.context.get(name) for name in ("letter", "mailto", "draft_form")] == [None] * 3
    assert response.context["not_sent_form"] is None
    assert "mailto:arc-international" not in body(response)
    assert "Look at it and release it" not in body(response)
    assert Notice.objects.get(pk=notice.pk).state == "RECORDED"


# -- who, and how -----------------------------------------------------------------------------------


def test_strangers_find_nothing_and_viewers_change_nothing(client, scene):
    where = page(scene, rcn())
    client.force_login(scenes.user("stranger"))
    hidden = [client.get(listing(scene)), client.get(where), client.post(where, RECORD)]
    client.force_login(scenes.user("viewer", staff_agency="AMED", staff_role="VIEWER"))
    seen, refused = client.get(where), client.post(where, RECORD)

    assert [answer.status_code for answer in hidden] == [404, 404, 404]
    assert (seen.status_code, refused.status_code) == (200, 403)
    assert seen.context["forms"] == []
    assert rcn().state == "NOT_YET_DUE"


def test_the_team_reads_the_letter_and_neither_changes_nor_sends_it(lead, scene, holder):
    complete(scene, holder)
    before = rcn()

    shown = lead.get(page(scene, before))
    answers = [
        lead.post(page(scene, before), {"act": "draft", "draft-text": "In her name"}).status_code,
        lead.get(file(scene, before)).status_code,
        lead.get(release_page(scene, before)).status_code,
        lead.post(release_page(scene, before)).status_code,
    ]

    assert "Only Kari Nordmann changes and sends this letter" in body(shown)
    assert "Dear Ola Hansen," in body(shown)
    assert ("letter.eml" in body(shown), "mailto:ola" in body(shown)) == (False, False)
    assert list(shown.context["forms"]) == [
        shown.context["record_form"],
        shown.context["not_sent_form"],
    ]
    assert answers == [403, 403, 403, 403]
    assert (rcn().text, Message.objects.count()) == (before.text, 0)


def test_what_the_portal_sent_is_never_recorded_by_hand(lead, scene):
    answer = lead.post(page(scene, rcn()), {**RECORD, "record-channel": "PORTAL"})

    assert list(answer.context["record_form"].errors) == ["channel"]
    assert rcn().state == "NOT_YET_DUE"


def test_reading_changes_nothing(holder, scene):
    complete(scene, holder)
    before = (list(Notice.objects.values()), Event.objects.count(), Message.objects.count())

    for address in (listing, page, file, release_page):
        where = address(scene) if address is listing else address(scene, rcn())
        assert holder.get(where).status_code == 200
        assert holder.head(where).status_code == 200

    assert (list(Notice.objects.values()), Event.objects.count(), Message.objects.count()) == before
