"""Submitting: one receipt, one version, one mail, and nothing at all where it fails."""

import re
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from applications import actions
from applications.actions import claiming, submission
from applications.models import Application, Event, Membership, Message, Notice, ReliedGrant
from applications.models.evidence import Version, VersionPerson
from applications.queries.fingerprints import canonical, fingerprint
from applications.workflow import TRANSITIONS, Act, NotAllowed, Status
from directory.models import Agency, Grant, Institution
from tests.applications import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    return scenes.ready()


def test_submitting_freezes_a_version_and_owes_one_mail(scene):
    # Given a ready draft, when the lead submits it
    seen = scene.seen()
    sent = scene.submit(seen=seen)
    # Then it is submitted under a receipt, by the database's clock
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", sent.receipt)
    assert (sent.status, sent.version, sent.submitted_at) == (Status.SUBMITTED, 1, scenes.DAY)
    assert (sent.edition.code, sent.best_verdict) == ("amed-2024-07-01", "FITS")
    # And the version holds what was shown, whole, and its hash can be computed again
    version = Version.objects.get()
    assert sent.submitted_fingerprint == seen
    assert fingerprint(version.content) == version.sha256
    assert version.content["receipt"] == sent.receipt
    # And the notice of the Norwegian funder is due that day in Japan
    assert list(Notice.objects.values_list("body__slug", "state", "due_on")) == [
        ("rcn", "DUE", scenes.DAY.date())
    ]
    # And the act is recorded, and one mail is owed to the submitter
    assert list(Event.objects.values_list("act", "from_state", "to_state", "user")) == [
        ("SUBMIT", "DRAFT", "SUBMITTED", scene.lead.pk)
    ]
    mail = Message.objects.get()
    assert (mail.recipient, mail.state) == ("lead@example.org", "WAITING")
    assert sent.receipt in mail.text


def test_the_hashed_content_names_nobody_and_names_can_be_erased(scene):
    scene.submit()
    version = Version.objects.get()
    text = canonical(version.content)
    for name in ("山田", "鈴木", "Nordmann", "@example", "12345678"):
        assert name not in text
    assert sorted(one["name"] for one in version.people.values_list("values", flat=True)) == [
        "Kari Nordmann",
        "山田 花子",
        "鈴木 一郎",
    ]
    VersionPerson.objects.update(values={})
    assert fingerprint(Version.objects.get().content) == version.sha256


def test_the_same_again_gives_the_same_receipt_and_nothing_more(scene):
    seen = scene.seen()
    first = scene.submit(seen=seen)
    before = scene.counts()
    again = scene.submit(seen=seen)
    assert (again.receipt, again.version) == (first.receipt, 1)
    assert scene.counts() == before


def test_changed_answers_make_a_second_version_under_the_same_receipt(scene):
    first = scene.submit()
    scene.change(title_en="Memory of cells, revised")
    second = scene.submit()
    assert (second.receipt, second.version) == (first.receipt, 2)
    assert scene.counts() == {
        "Event": 2,
        "Version": 2,
        "VersionPerson": 6,
        "Notice": 1,
        "Message": 2,
    }
    # The notice stays due since the first time, and is not asked for twice.
    assert Notice.objects.get().state == "DUE"


def test_an_old_check_page_is_refused(scene):
    seen = scene.seen()
    scene.change(title_en="Somebody else's title")
    with pytest.raises(actions.Conflict):
        scene.submit(seen=seen)
    assert scene.stored().status == Status.DRAFT


def test_a_returned_application_is_submitted_again_even_unchanged(scene):
    first = scene.submit()
    scene.change(status=Status.RETURNED, returned_until=scenes.CLOSES, return_reason="A")
    again = scene.submit()
    assert (again.status, again.version, again.receipt) == (Status.SUBMITTED, 2, first.receipt)
    assert again.return_reason == ""


def _no_partner(scene):
    Membership.objects.filter(pk=scene.partner.pk).update(removed_at=scenes.DAY)


def _partner_in_japan(scene):
    Institution.objects.filter(country="NO").update(country="JP", name="Elsewhere")


def _unconfirmed(scene):
    Membership.objects.filter(pk=scene.partner.pk).update(confirmed_at=None, confirmed_how="")


def _condition_open(scene):
    Grant.objects.filter(pk=scene.grant.pk).update(
        agency=Agency.objects.get(slug="wellcome"), reference="203105/Z/16/Z", key=""
    )


def _lead(**values):
    def change(scene):
        lead = Membership.objects.get(role="LEAD").researcher
        type(lead).objects.filter(pk=lead.pk).update(**values)

    return change


def _answer(**values):
    return lambda scene: scene.change(**values)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (_answer(title_ja=""), ["TITLE_JA"]),
        (_answer(title_en=""), ["TITLE_EN"]),
        (_answer(abstract_en=""), ["ABSTRACT_EN"]),
        (_answer(area=None), ["AREA"]),
        (_answer(years=2), ["YEARS"]),
        (_answer(years=6), ["YEARS"]),
        (_answer(years=None), ["YEARS"]),
        (_answer(budget_jpy=None), ["BUDGET"]),
        (_answer(budget_jpy=115_000_001), ["BUDGET_CAP"]),
        (_lead(erad_number=""), ["LEAD_ERAD"]),
        (_lead(institution=None), ["LEAD_IN_JAPAN"]),
        (_no_partner, ["PARTNER", "GRANT"]),
        (_unconfirmed, ["PARTNER_CONFIRMED"]),
        (_partner_in_japan, ["PARTNER_CONFIRMED", "EXPLANATION"]),
        (_condition_open, ["ATTESTATION", "EXPLANATION"]),
    ],
)
def test_what_is_missing_is_said_all_at_once_and_nothing_is_kept(scene, change, missing):
    change(scene)
    before = scene.counts()
    with pytest.raises(actions.NotReady) as refusal:
        scene.submit()
    assert [one.code for one in refusal.value.missing] == missing
    assert scene.counts() == before


@pytest.mark.parametrize("values", [{"budget_jpy": 115_000_000}, {"years": 3}, {"years": 5}])
def test_the_edges_of_the_ranges_are_inside(scene, values):
    scene.change(**values)
    assert scene.submit().version == 1


def test_without_a_fitting_grant_an_explanation_is_enough(scene):
    Grant.objects.filter(pk=scene.grant.pk).update(ends_on=scenes.DAY.date())
    with pytest.raises(actions.NotReady):
        scene.submit()
    scene.change(explanation="Her new grant starts in June.")
    assert scene.submit().best_verdict == "DOES_NOT_FIT"


# -- hazard 9: every act in every state ------------------------------------------------------


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("act", [Act.SUBMIT, Act.WITHDRAW])
def test_an_act_goes_through_exactly_where_the_table_says_so(scene, act, status):
    if status != Status.DRAFT:
        scene.submit()
    scene.change(
        status=status, returned_until=scenes.CLOSES, return_reason="A", title_en="Something newer"
    )
    before = scene.counts()
    do = (
        scene.submit
        if act == Act.SUBMIT
        else lambda: actions.withdraw_application(
            application_id=scene.pk, reason="", by=scene.lead, at=scenes.DAY
        )
    )
    if status in TRANSITIONS[act].sources:
        assert do().status == TRANSITIONS[act].target
        assert Event.objects.count() == before["Event"] + 1
    else:
        with pytest.raises(NotAllowed):
            do()
        assert scene.counts() == before
        assert scene.stored().status == status


def test_control_without_the_table_a_replayed_act_goes_through(scene, monkeypatch):
    scene.submit()
    scene.change(status=Status.NOT_ADOPTED, title_en="Something newer")
    monkeypatch.setattr(submission, "next_status", lambda act, _was: TRANSITIONS[Act(act)].target)
    assert scene.submit().status == Status.SUBMITTED


def test_withdrawing_and_beginning_again_resets_nothing(scene):
    # Given a submitted application that is withdrawn and begun again
    first = scene.submit()
    actions.withdraw_application(
        application_id=scene.pk, reason="Wrong call", by=scene.lead, at=scenes.DAY
    )
    assert list(Notice.objects.values_list("state", "due_on")) == [("NOT_YET_DUE", None)]
    draft = actions.start_again(application_id=scene.pk, by=scene.lead, at=scenes.DAY)
    # Then the old receipt stays with the old application, and no mail is owed for either act
    old = scene.stored()
    assert (old.status, old.receipt, old.version) == (Status.WITHDRAWN, first.receipt, 1)
    assert (draft.status, draft.receipt, draft.version) == (Status.DRAFT, None, 0)
    assert Message.objects.count() == 1
    # And the old one cannot be submitted, nor a second draft begun
    with pytest.raises(NotAllowed):
        scene.submit()
    with pytest.raises(actions.AlreadyLive):
        actions.start_again(application_id=scene.pk, by=scene.lead, at=scenes.DAY)


# -- hazard 18: a fault at every statement leaves nothing ------------------------------------


class Fault(Exception):
    """The database went away."""


def _state_of_everything():
    models = (*scenes.RECORD, Application, ReliedGrant)
    return [list(model.objects.order_by("pk").values()) for model in models]


def _failing_at(number, seen):
    def wrapper(execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(sql)
            if len(seen) == number:
                raise Fault(sql)
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_a_fault_at_any_statement_leaves_everything_as_it_was(scene):
    before, seen, number = _state_of_everything(), scene.seen(), 0
    while True:
        number += 1
        statements = []
        try:
            with _failing_at(number, statements):
                scene.submit(seen=seen)
        except Fault:
            assert _state_of_everything() == before, f"left something after {statements[-1]}"
        else:
            break
    assert number > 10
    assert scene.stored().status == Status.SUBMITTED


def test_control_without_the_transaction_a_fault_leaves_something_behind(scene, monkeypatch):
    before, seen = _state_of_everything(), scene.seen()
    bare = submission.submit_application.__wrapped__
    monkeypatch.setattr(actions, "submit_application", bare)
    left = []
    for number in range(1, 16):
        with suppress(Fault), transaction.atomic():
            with suppress(Fault), _failing_at(number, []):
                scene.submit(seen=seen)
            transaction.set_rollback(False)  # read on, as if there had been no transaction
            left.append(_state_of_everything() != before)
            raise Fault
    assert {True, False} == set(left)


def test_submitting_takes_few_statements(scene):
    seen = scene.seen()
    with CaptureQueriesContext(
        connection,
    ) as statements:
        scene.submit(seen=seen)
    sent = [one["sql"] for one in statements if not re.match("SAVEPOINT|RELEASE", one["sql"])]
    # One more reads the clock, which stands still here.
    assert len(sent) + 1 <= 20, "\n".join(sql[:110] for sql in sent)
