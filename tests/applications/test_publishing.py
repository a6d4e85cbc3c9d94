"""A list is published by a second person, on cases and an effect that were read; whatever stands against it has a name."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.actions import claiming, publishing
from applications.models import (
    Application,
    EffectPreview,
    GoldenCase,
    Message,
    Notice,
    Publication,
    Version,
)
from applications.queries import publishing as publishing_read
from applications.queries.application import workspace
from applications.queries.authors import authors_of
from applications.queries.publishing import read_draft
from directory.listing import fingerprint_of_edition
from directory.models import (
    Call,
    CallChange,
    Condition,
    Edition,
    Participation,
    Programme,
)
from tests.applications import drafts, scenes
from tests.applications import drafts_of_lists as lists
from tests.directory.seeds import checksums

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
OF_APPLICATIONS = (
    *(Application, EffectPreview, GoldenCase, Message, Notice, Publication, Version),
)


@pytest.fixture
def made():
    return drafts.ready()


def everything():
    """What publishing could touch: all of the directory, and what applications keep of it."""
    rows = [list(model.objects.order_by("pk").values()) for model in OF_APPLICATIONS]
    return checksums(), rows


# -- the story ---------------------------------------------------------------------------------
def test_a_funder_joins_the_list_drafts_follow_and_what_was_submitted_keeps_its_own(
    settings, tmp_path, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    # Given a team that has submitted, another that relies on a funder off the list, and a draft
    # of the list that takes it in
    submitted = scenes.ready()
    submitted.submit()
    made = drafts.ready()
    team = scenes.Team.objects.create(created_at=scenes.DAY)
    other = Application.objects.create(
        team=team, call=made.call, created_at=scenes.DAY, changed_at=scenes.DAY
    )
    partner = scenes.person(team, "PARTNER", "Astrid Berg", "SE")
    scenes.grant(other, partner, "kva", "K-1")
    assert workspace(other).best_verdict == "DOES_NOT_FIT"
    seal = Version.objects.get().sha256
    mails = list(Message.objects.values())

    # When the effect is seen anew, and an approver who wrote nothing in it publishes
    made.see_effect()
    publication = made.publish()

    # Then the draft stands for good, on record with what it rested on
    edition = made.stored
    assert (edition.published_at, Edition.objects.newest("AMED")) == (drafts.AT, edition)
    assert (publication.by, publication.authors) == (made.approver, [made.officer.pk])
    assert (publication.cases["superseded"], publication.calls) == ([], [made.call.code])
    assert publication.effect["turn"] == {"MOVES": 1}
    assert publication.addresses == []
    change = CallChange.objects.get()
    assert (change.edition_after, change.reason_ja) == (edition, drafts.REASONS["reason_ja"])
    assert edition.history.first().history_user == made.approver

    # And the draft's result turns, while the submitted one keeps list, seal and results
    other = Application.objects.select_related("call__edition", "edition").get(pk=other.pk)
    assert workspace(other).best_verdict == "FITS"
    kept = submitted.stored()
    assert (kept.edition.code, workspace(kept).best_verdict) == ("amed-2024-07-01", "FITS")
    assert Version.objects.get().sha256 == seal

    # And nothing is sent to anybody (hazard 17)
    assert list(Message.objects.values()) == mails


# -- refusals ----------------------------------------------------------------------------------
def another_is_newer(made):
    lists.publish(drafts.draft_of(code="amed-faster"))


def dated_before(made):
    days = {"as_of": date(2024, 6, 1), "updated_on": date(2024, 6, 1)}
    Edition.objects.filter(pk=made.draft.pk).update(**days)


def row_without_rule(made):
    Participation.objects.get(edition=made.draft, agency__slug="kva").notice_rule.delete()


def two_addresses(made):
    values = {"recipient": "ADDRESS", "trigger": "ANY_TIME", "strength": "ENQUIRY", "body": "rcn"}
    lists.asks(made.draft, "rcn", address="one@rcn.example", **values)
    lists.asks(made.draft, "src", address="two@rcn.example", **values)


def new_address(made):
    values = {"recipient": "ADDRESS", "trigger": "ANY_TIME", "strength": "ENQUIRY", "body": "kva"}
    lists.asks(made.draft, "kva", address="questions@kva.example", **values)
    made.see_effect()


def finished(made, at):
    EffectPreview.objects.update(started_at=at, finished_at=at)


def put_under_another(made):
    """The call takes another list that was published before, and then its former one again."""
    other = drafts.draft_of(code="amed-other", as_of=date(2023, 1, 1), updated_on=date(2023, 1, 1))
    lists.publish(other)
    for minute, edition in enumerate((other.pk, made.call.edition_id), 1):
        actions.put_in_force(
            call_id=made.call.pk,
            edition_id=edition,
            by=made.approver,
            at=drafts.AT + minute * MINUTE,
            **drafts.REASONS,
        )


# What stands in the way -> how it comes about, what the button sends, and the refusal by its name.
REFUSED = {
    "an officer": (None, lambda made: {"by": made.officer}, actions.NotPermitted),
    "a viewer": (None, lambda made: {"by": drafts.staff("viewer", "VIEWER")}, actions.NotPermitted),
    "the other agency": (
        None, lambda made: {"by": drafts.staff("jst", "APPROVER", "JST")}, actions.NotPermitted,
    ),
    "its own author": (
        lambda made: Edition.objects.filter(pk=made.draft.pk).update(made_by=made.approver),
        None, actions.OwnDraft,
    ),
    "published meanwhile": (
        lambda made: lists.publish(made.draft), None, actions.AlreadyPublished,
    ),
    "a newer list": (another_is_newer, None, actions.Overtaken),
    "dated before it": (dated_before, None, actions.Overtaken),
    "changed since it was shown": (None, lambda made: {"seen": "0" * 64}, actions.Conflict),
    "a call that has closed": (
        lambda made: Call.objects.update(closes_at=drafts.AT), None, actions.Conflict,
    ),
    "a row without a rule": (row_without_rule, None, actions.RowsUnfinished),
    "no row at all": (
        lambda made: Participation.objects.filter(edition=made.draft).delete(),
        None, actions.RowsUnfinished,
    ),
    "speaks against itself": (two_addresses, None, actions.Contradictory),
    "a case fails": (
        lambda made: drafts.state(made.draft, "rcn", made.officer, "DOES_NOT_FIT"),
        None, actions.CasesFail,
    ),
    "no case for a changed row": (
        lambda made: made.draft.rows.filter(agency__slug="rcn").update(summary_en="Otherwise."),
        None, actions.CasesMissing,
    ),
    "a case that would not fit": (
        lambda made: (
            lists.asks(made.draft, "rcn", contact_name="The desk"),
            drafts.state(made.draft, "rcn", made.officer, "DOES_NOT_FIT", country="JP"),
        ),
        None, actions.CasesMissing,
    ),
    "effect not worked out": (
        lambda made: EffectPreview.objects.all().delete(), None, actions.EffectNotSeen,
    ),
    "effect half worked out": (
        lambda made: EffectPreview.objects.update(finished_at=None), None, actions.EffectNotSeen,
    ),
    "effect of what it said before": (
        lambda made: made.draft.rows.filter(agency__slug="kva").update(summary_en="Otherwise."),
        None, actions.EffectNotSeen,
    ),
    "effect of more than a day ago": (
        lambda made: finished(made, drafts.AT - publishing_read.EFFECT_LASTS - SECOND),
        None, actions.EffectNotSeen,
    ),
    "effect under another list of the call": (put_under_another, None, actions.EffectNotSeen),
    "effect for other calls": (None, lambda made: {"calls": []}, actions.EffectNotSeen),
    "an address unread": (
        new_address, lambda made: {"addresses_read": False}, actions.AddressesUnread,
    ),
    "no reason for the teams": (None, lambda made: {"reason_ja": " "}, actions.ReasonNeeded),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_by_name_and_nothing_is_changed(made, case):
    comes_about, sends, refusal = REFUSED[case]
    if comes_about:
        comes_about(made)
    given = sends(made) if sends else {}
    before = everything()

    with pytest.raises(refusal):
        made.publish(**given)

    assert everything() == before


def test_control_the_same_button_publishes_where_nothing_stands_in_the_way(made):
    new_address(made)
    before = everything()

    publication = made.publish()

    assert everything() != before
    assert publication.addresses == [
        {"agency": "kva", "before": "", "after": "questions@kva.example"}
    ]


def test_control_an_effect_of_a_day_ago_counts(made):
    finished(made, drafts.AT - publishing_read.EFFECT_LASTS)

    assert made.publish().effect["done"] is True


def test_control_worked_out_anew_after_the_call_has_changed_it_counts(made):
    put_under_another(made)
    made.see_effect(at=drafts.AT + 2 * MINUTE)

    assert made.publish().calls == [made.call.code]


def test_no_call_has_to_take_it(made):
    EffectPreview.objects.update(calls=[])

    publication = made.publish(calls=[], reason_en="", reason_ja="")

    assert (publication.calls, publication.reason) == ([], "")
    assert (CallChange.objects.count(), made.stored.published_at) == (0, drafts.AT)


# The newest list is as of 1 July 2024, and its page was updated on 3 July.
DAYS = {
    "both later": (date(2024, 8, 1), date(2024, 8, 1), False),
    "the same": (date(2024, 7, 1), date(2024, 7, 3), False),
    "the same day, updated later": (date(2024, 7, 1), date(2024, 7, 4), False),
    "of a later day, updated before": (date(2024, 7, 2), date(2024, 7, 2), True),
    "of an earlier day, updated later": (date(2024, 6, 30), date(2024, 8, 1), True),
    "both earlier": (date(2024, 6, 1), date(2024, 6, 1), True),
}


@pytest.mark.parametrize("case", DAYS)
def test_a_draft_is_overtaken_where_either_of_its_days_is_before_the_newest_lists(made, case):
    as_of, updated_on, overtaken = DAYS[case]
    Edition.objects.filter(pk=made.draft.pk).update(as_of=as_of, updated_on=updated_on)

    assert read_draft(made.stored, drafts.AT).is_overtaken == overtaken


# -- the second person -------------------------------------------------------------------------
def own(draft, slug="rcn"):
    return Participation.objects.get(edition=draft, agency__slug=slug)


def saved(row, by):
    row._history_user = by
    row.save()


def deleted(row, by):
    row._history_user = by
    row.delete()


def targets(draft, by):
    row = own(draft, "cihr")
    row._history_user = by
    row.programmes.set([Programme.objects.create(agency=row.agency, code="X", name_en="X")])


def condition(draft, by):
    made = Condition(participation=own(draft), code="ERC_SCOPE")
    saved(made, by)
    deleted(made, by)  # taken off again: who did it wrote all the same


WAYS = {
    "the edition": saved,
    "a row": lambda draft, by: saved(own(draft), by),
    "a notice rule": lambda draft, by: saved(own(draft).notice_rule, by),
    "a condition that was taken off": condition,
    "targeted programmes": targets,
    "a row that is gone": lambda draft, by: deleted(own(draft), by),
}


@pytest.mark.parametrize("way", WAYS)
def test_who_wrote_in_the_draft_in_any_way_does_not_publish_it(made, way):
    assert authors_of(made.draft) == {made.officer.pk}
    WAYS[way](made.stored, made.approver)
    before = everything()

    with pytest.raises(actions.OwnDraft) as refusal:
        made.publish()

    assert refusal.value.authors == {made.officer.pk, made.approver.pk}
    assert everything() == before


def test_who_stated_a_case_of_the_draft_does_not_publish_on_it(made):
    # Given a case that the approver stated alone, of a row that needs one
    lists.asks(made.draft, "rcn", contact_name="The desk")
    made.see_effect()
    drafts.state(made.draft, "rcn", made.approver)
    before = everything()

    with pytest.raises(actions.OwnDraft) as refusal:
        made.publish()

    # Then another one publishes on it
    assert refusal.value.authors == {made.officer.pk, made.approver.pk}
    assert everything() == before
    second = drafts.staff("second", "APPROVER")
    assert made.publish(by=second).authors == [made.officer.pk, made.approver.pk]


def test_who_stated_a_case_of_an_earlier_list_is_no_author_of_a_later_one(made):
    drafts.state(made.draft, "rcn", made.approver)
    lists.publish(made.draft)

    given = {"made_by": made.officer, "made_at": drafts.AT}
    later = drafts.draft_of(made.draft, code="amed-later", **given)

    assert authors_of(later) == {made.officer.pk}
    assert made.approver.pk in authors_of(made.draft)


def test_a_superuser_is_bound_by_it_too_and_another_approver_is_not(made):
    root = scenes.user("root", is_superuser=True)
    saved(own(made.draft), root)
    drafts.state(made.draft, "rcn", made.officer)
    made.see_effect()

    with pytest.raises(actions.OwnDraft):
        made.publish(by=root)

    assert made.publish().by == made.approver


# -- hazard 18: a fault at every statement leaves nothing ---------------------------------------
class Fault(Exception):
    """The database went away."""


def failing_at(number, seen):
    def wrapper(execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(sql)
            if len(seen) == number:
                raise Fault(sql)
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_a_fault_at_any_statement_leaves_everything_as_it_was(made):
    seen, before = fingerprint_of_edition(made.stored), everything()
    statements, written = [], []
    with transaction.atomic():
        with failing_at(0, statements):
            made.publish(seen=seen)
        transaction.set_rollback(True)
    first = next(n for n, sql in enumerate(statements, 1) if sql.startswith(("UPDATE", "INSERT")))
    # Before the first write there is nothing to leave behind; one such fault stands for all.
    for number in (1, *range(first, len(statements) + 1)):
        with pytest.raises(Fault), failing_at(number, written):
            made.publish(seen=seen)
        assert everything() == before, f"left something after {written[-1]}"
        written.clear()
    assert len(statements) - first >= 5


def test_control_without_the_transaction_a_fault_leaves_something_behind(made, monkeypatch):
    seen, before = fingerprint_of_edition(made.stored), everything()
    monkeypatch.setattr(actions, "publish_edition", publishing.publish_edition.__wrapped__)
    monkeypatch.setattr(publishing, "put_in_force", _broken)
    with suppress(Fault):
        made.publish(seen=seen)

    assert everything() != before


def _broken(**values):
    raise Fault


# -- its page ----------------------------------------------------------------------------------
@pytest.fixture
def pages(client):
    made = drafts.ready(now=True)
    client.force_login(made.approver)
    address = reverse("applications:staff_edition_publish", args=[made.draft.code])
    return made, client, address


def pressed(made, shown, **more):
    form = shown.context["form"]
    return {"seen": form["seen"].value(), "calls": [made.call.pk], **drafts.REASONS} | more


def test_an_approver_reads_what_changed_and_publishes(pages):
    made, client, address = pages
    shown = client.get(address)
    text = shown.content.decode()
    assert shown.context["obstacles"] == []
    assert "KVA" in text
    assert "Officer" in text  # who wrote in it, and so does not publish
    assert shown.context["effect_says"] == [
        "0 applications were judged by both lists, and nothing differs.",
        "Notices added: 0",
        "Notices that fall away: 0",
        "Notices asked for otherwise: 0",
    ]

    done = client.post(address, pressed(made, shown), follow=True)

    assert "amed-next is published. It never changes from now on." in done.content.decode()
    assert done.redirect_chain[-1][0].endswith("/staff/editions/amed-next/")
    assert made.stored.published_at is not None
    assert done.context["publication"].calls == [made.call.code]
    assert "Calls that took it" in done.content.decode()

    # When it is pressed again on the old page
    again = client.post(address, pressed(made, shown))

    assert (again.status_code, Publication.objects.count()) == (409, 1)
    assert "It is published already" in again.content.decode()


def test_a_refusal_is_a_page_that_says_what_mends_it_and_keeps_what_was_written(pages):
    made, client, address = pages
    shown = client.get(address)
    made.draft.rows.filter(agency__slug="rcn").update(summary_en="Otherwise.")

    refused = client.post(address, pressed(made, shown))

    # Then it says that the draft is another by now, and what stands against that
    told = {one.code: one for one in refused.context["obstacles"]}
    assert (refused.status_code, refused.context["refused"].code) == (409, "Conflict")
    assert set(told) == {"CasesMissing", "EffectNotSeen"}
    assert told["CasesMissing"].about == ["RCN"]
    assert told["CasesMissing"].href.endswith("/amed-next/cases/?agency=rcn#state")
    text = refused.content.decode()
    assert drafts.REASONS["reason_en"] in text
    assert f'value="{fingerprint_of_edition(made.stored)}"' in text
    assert made.stored.published_at is None


def test_an_effect_of_long_ago_is_said_to_be_and_is_worked_out_again(pages):
    made, client, address = pages
    finished(made, timezone.now() - timedelta(days=200))
    words = "The effect was worked out more than a day ago. Work it out again, and read it."

    shown = client.get(address)
    (told,) = shown.context["obstacles"]
    assert (told.code, told.text, shown.context["effect_says"]) == ("EffectNotSeen", words, [])
    assert shown.context["effect_outdated"] == words
    effect = client.get(told.href).content.decode()
    assert words in effect
    assert client.post(address, pressed(made, shown)).status_code == 409
    assert made.stored.published_at is None

    # Worked out again on that page, nothing is said of it any more, and the list is published.
    client.post(told.href, {"calls": [made.call.pk]})
    assert words not in client.get(told.href).content.decode()
    shown = client.get(address)
    assert shown.context["obstacles"] == []
    assert client.post(address, pressed(made, shown)).status_code == 302


def test_an_author_is_told_whom_to_ask_or_that_somebody_needs_the_role(pages):
    made, client, address = pages
    saved(made.stored, made.approver)
    (told,) = client.get(address).context["obstacles"]
    assert (told.code, told.about) == ("OwnDraft", [])
    assert "No other approver of this agency is there" in told.text
    assert told.href.endswith("/staff/roles/")

    drafts.staff("second", "APPROVER")
    drafts.staff("jst", "APPROVER", "JST")

    (told,) = client.get(address).context["obstacles"]
    assert (told.about, told.href) == (["Second"], "")
    words = "These people wrote in this draft or stated its cases: Officer, Approver."
    assert words in told.text


def test_garbage_is_an_error_of_the_form_and_officers_do_not_publish(pages, client):
    made, approver, address = pages
    shown = approver.get(address)
    for calls in (["x", "99999"], ["9" * 5000], ["１"]):
        answer = approver.post(address, pressed(made, shown, calls=calls))
        assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["calls"])
    unsaid = approver.post(address, pressed(made, shown, reason_ja=""))
    assert list(unsaid.context["form"].errors) == ["reason_ja"]

    client.force_login(made.officer)
    assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]
    assert made.stored.published_at is None


def test_the_page_of_a_draft_says_what_stands_and_each_contradiction_names_both_rows(pages):
    made, client, _address = pages
    two_addresses(made)
    page = reverse("applications:staff_edition", args=[made.draft.code])

    shown = client.get(page)

    assert [(one.acronym, one.kind) for one in shown.context["changes"]] == [
        ("RCN", "CHANGED"), ("SRC", "CHANGED"), ("KVA", "ADDED"),
    ]  # fmt: skip
    (contradiction,) = shown.context["contradictions"]
    assert "RCN" in contradiction
    assert "SRC" in contradiction
    assert "one@rcn.example" in contradiction
    assert shown.context["without_case"] == [("rcn", "RCN"), ("src", "SRC")]
    # The newest list stands against it beside, and is a page of its own.
    base = client.get(reverse("applications:staff_edition", args=["amed-2024-07-01"]))
    assert "A published edition never changes." in base.content.decode()
