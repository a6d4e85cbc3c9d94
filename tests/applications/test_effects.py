"""What a draft would change: the same as judging every application twice with its own workspace."""

import random
import time
from collections import Counter
from datetime import date, timedelta
from itertools import count
from types import SimpleNamespace

import pytest

from applications import actions
from applications.models import Application, Attestation, EffectPreview, ReliedGrant, Role, Team
from applications.queries import effects
from applications.queries.application import workspace
from applications.queries.catalogue import Catalogue
from applications.queries.effect_found import KEEPS, MOVES, Found
from applications.queries.effect_rows import applications_to_judge
from applications.queries.effects import effect_of
from applications.rules.notices import Relied, duties
from directory.models import Agency, Call, Condition, Edition, Grant
from tests.applications import drafts_of_lists as lists
from tests.applications import scenes
from tests.bench.numbers import NUMBERS
from tests.directory.factories import UserFactory
from tests.directory.seeds import load_directory

pytestmark = pytest.mark.django_db
STATUSES = ("DRAFT", "DRAFT", "DRAFT", "SUBMITTED", "RETURNED", "ADOPTED", "WITHDRAWN")

BEGAN = date(2022, 1, 1)
# Runs long, ends soon, has ended, is half told, begins later, is not told.
RUNS = (
    *((BEGAN, date(2026, 1, 1)), (BEGAN, date(2024, 6, 30)), (BEGAN, date(2023, 6, 1))),
    *((BEGAN, None), (date(2025, 1, 1), date(2026, 1, 1)), (None, None)),
)


@pytest.fixture
def call():
    return load_directory()


@pytest.fixture
def officer():
    return UserFactory(staff_agency="AMED", staff_role="OFFICER")


def drawn_application(call, dice, number):
    """A team of one to three partners abroad or at home, with grants of any funder, told in any way."""
    team = Team.objects.create(created_at=scenes.DAY)
    one = Application.objects.create(
        team=team, call=call, created_at=scenes.DAY, changed_at=scenes.DAY
    )
    scenes.person(team, Role.LEAD, f"Lead {number}", "JP")
    for place in range(dice.randint(1, 3)):
        holder = scenes.person(
            team, Role.PARTNER, f"Partner {number} {place}", dice.choice(["NO", "SE", "US", "JP"])
        )
        for _grant in range(dice.randint(0, 3)):
            drawn_grant(one, holder, dice)
        if dice.random() < 0.1:
            holder.removed_at = scenes.DAY
            holder.save()
    status = dice.choice(STATUSES)
    if status not in ("DRAFT", "WITHDRAWN"):
        edition = call.edition if dice.random() < 0.7 else Edition.objects.get(code="amed-former")
        Application.objects.filter(pk=one.pk).update(
            edition=edition, submitted_at=scenes.DAY, submitted_by=UserFactory(), version=1,
            receipt=f"R-{number}", reference_on=dice.choice([None, date(2023, 1, 1)]),
            returned_until=scenes.CLOSES if status == "RETURNED" else None, return_reason="Title",
        )  # fmt: skip
    Application.objects.filter(pk=one.pk).update(status=status)
    return one


def drawn_grant(application, holder, dice):
    slug, text, _country, number = dice.choice(NUMBERS)
    told = dice.choice(["funder", "funder", "number", "nih", "other"])
    named = {"funder": slug, "nih": "nih" if slug.startswith("nih-") else slug}.get(told, "")
    starts, ends = dice.choice(RUNS)
    grant = Grant.objects.create(
        holder=holder.researcher,
        agency=Agency.objects.get(slug=named) if named else None,
        agency_other=(text or "Elsewhere") if told == "other" else "",
        reference=number(dice.randint(0, 9_999)) if dice.random() < 0.9 else "",
        programme_other=dice.choice(["", "CFREF", "CERC", "Another"]),
        starts_on=starts,
        ends_on=ends,
    )
    removed = scenes.DAY if dice.random() < 0.1 else None
    relied = ReliedGrant.objects.create(
        application=application, grant=grant, added_at=scenes.DAY, removed_at=removed
    )
    if dice.random() < 0.5:
        Attestation.objects.create(
            relied=relied, code="ERC_SCOPE", answer=dice.choice(["GIVEN", "DECLINED"]),
            at=scenes.DAY,
        )  # fmt: skip


def drawn_draft(dice, code):
    """A list that differs from the shipped one in most of its rows, each in one way."""
    draft = lists.draft_from(code=code)
    for row in draft.rows.select_related("agency"):
        match dice.choice(["as it was"] * 3 + ["leaves", "asks", "address", "condition", "late"]):
            case "leaves":
                row.delete()
            case "asks":
                lists.asks(
                    draft, row.agency.slug, strength=dice.choice(["REQUESTED", "NOT_NEEDED"]),
                    trigger="ON_COLLABORATION", recipient="BODY_WITHOUT_ADDRESS", address="",
                    body=row.agency,
                )  # fmt: skip
            case "address":
                lists.asks(
                    draft, row.agency.slug, strength="ENCOURAGED", trigger="UPON_APPLICATION",
                    recipient="ADDRESS", address="new@funder.example", body=row.agency,
                )  # fmt: skip
            case "condition":
                Condition.objects.get_or_create(participation=row, code="ERC_SCOPE")
            case "late":
                row.added_on = date(2026, 1, 1)
                row.save()
    return draft


def by_workspace(edition, call):
    """The oracle: each application judged twice as its own pages do, and compared cell by cell."""
    found = {"differ": Counter(), "turn": Counter(), "verdicts": {MOVES: Counter(), KEEPS: Counter()},
             "notices": Counter(), "NEW": Counter(), "GONE": Counter()}  # fmt: skip
    for one in Application.objects.filter(call=call).exclude(status="WITHDRAWN"):
        side = KEEPS if one.edition_id else MOVES
        before = workspace(one)
        one.edition = edition
        after = workspace(one)
        pairs = list(zip(before.judged, after.judged, strict=True))
        had, has = asked(before), asked(after)
        notices = [
            "ADDED" if key not in had else "GONE" if key not in has else "CHANGED"
            for key in {**had, **has}
            if had.get(key) != has.get(key)
        ]
        cautions = [(codes(was), codes(becomes)) for was, becomes in pairs]
        differs = any(findings(was) != findings(becomes) for was, becomes in pairs)
        if side == MOVES:
            differs = differs or bool(notices) or any(was != becomes for was, becomes in cautions)
            found["notices"].update(notices)
            for was, becomes in cautions:
                found["NEW"].update(set(becomes) - set(was))
                found["GONE"].update(set(was) - set(becomes))
        if differs:
            found["differ"][side] += 1
            found["turn"][side] += before.best_verdict != after.best_verdict
            found["verdicts"][side][f"{before.best_verdict.value}>{after.best_verdict.value}"] += 1
    return found


def asked(space):
    owed = duties(Relied(one.membership.pk, one.relied.grant_id, one.row) for one in space.judged)
    return {
        duty.key: (duty.strength, duty.trigger, duty.recipient, duty.address)
        for duty in owed
        if not duty.nothing_owed
    }


def findings(judged):
    return [(one.rule, one.outcome, one.reason) for one in judged.assessment.findings]


def codes(judged):
    return [str(one.code) for one in judged.assessment.cautions]


def counted(found):
    return {"differ": +found.differ, "turn": +found.turn, "verdicts": found.verdicts,
            "notices": found.notices, **found.cautions}  # fmt: skip


def drawn(call, seed, number=16):
    dice = random.Random(seed)
    lists.publish(drawn_draft(dice, "amed-former"))
    for place in range(number):
        drawn_application(call, dice, place)
    return drawn_draft(dice, "amed-next")


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_what_judging_every_application_twice_finds(call, seed):
    draft = drawn(call, seed)

    found = effect_of(draft, [call.pk])

    expected = by_workspace(draft, call)
    expected["turn"] = +expected["turn"]
    assert found.done
    assert counted(found) == expected
    assert sum(found.differ.values()) > 2  # or it would prove nothing
    assert 5 < found.seen <= applications_to_judge([call.pk])


def test_control_reading_no_numbers_misses_what_workspace_finds(call, monkeypatch):
    """Negative control of the test above: a funder that only the number tells."""
    scene = scenes.ready(call)
    grant = scenes.grant(scene.application, scene.partner, "nih-nci", "R01CA123456")
    Grant.objects.filter(pk=grant.pk).update(agency=Agency.objects.get(slug="nih"))
    draft = lists.draft_from()
    lists.leaves(draft, "nih-nci")
    assert effect_of(draft, [call.pk]).differ == {MOVES: 1}

    monkeypatch.setattr(Catalogue, "agency_of", lambda _self, agency, _other, _number: agency)
    assert effect_of(draft, [call.pk]).differ == {}
    assert by_workspace(draft, call)["differ"] == {MOVES: 1}


def test_a_line_holds_keys_and_codes_and_no_name(call):
    scene = scenes.ready(call)
    draft = lists.draft_from()
    lists.leaves(draft, "rcn")

    found = effect_of(draft, [call.pk])

    relied = ReliedGrant.objects.get()
    assert found.applications == [
        {
            "side": MOVES,
            "best": ["FITS", "DOES_NOT_FIT"],
            "pk": scene.pk,
            "grants": [{"relied": relied.pk, "agency": "rcn", "verdicts": ["FITS", "DOES_NOT_FIT"], "new": [], "gone": []}],
            "notices": [{"kind": "GONE", "holder": scene.partner.pk, "body": "rcn", "grant": scene.grant.pk, "what": []}],
        }
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_statements_are_as_many_for_one_application_as_for_three(
    call, number, django_assert_num_queries
):
    draft = drawn(call, 1, number)
    # agencies with formats, programmes, calls, all lists, answers, grants relied on
    with django_assert_num_queries(6):
        effect_of(draft, [call.pk])


def test_only_the_calls_asked_for_are_judged(call):
    draft = drawn(call, 2)
    assert effect_of(draft, []).seen == 0
    assert effect_of(draft, [call.pk]).seen > 5


# -- a piece at a time -----------------------------------------------------------------------


def pieces(monkeypatch):
    """Let every piece end after one application."""
    clock = SimpleNamespace(monotonic=count(0, 10).__next__)
    monkeypatch.setattr(effects, "time", clock)
    monkeypatch.setattr("applications.actions.effects.time", clock)


def test_worked_out_in_pieces_it_is_the_same(call, officer, monkeypatch):
    draft = drawn(call, 3)
    whole = effect_of(draft, [call.pk])
    pieces(monkeypatch)

    seen = []
    for _press in range(40):
        preview = work(draft, call, officer)
        seen.append(preview.seen)
        if preview.finished_at:
            break

    assert seen[:3] == [1, 2, 3]
    assert counted(Found.read(preview.found)) == counted(whole)
    assert (preview.seen, preview.total) == (whole.seen, whole.seen)
    assert EffectPreview.objects.get().finished_at == scenes.DAY


def work(draft, call, by, **more):
    asked = {"edition_id": draft.pk, "calls": [call.pk], "by": by, "at": scenes.DAY, "seconds": 0}
    return actions.work_out_effect(**asked | more)


def test_a_changed_draft_or_other_calls_begin_anew(call, officer, monkeypatch):
    draft = drawn(call, 3)
    pieces(monkeypatch)
    assert [work(draft, call, officer).seen for _press in range(2)] == [1, 2]

    lists.asks(draft, "dfg", contact_name="Another desk")
    assert work(draft, call, officer).seen == 1
    assert work(draft, call, officer, calls=[]).calls == []
    assert work(draft, call, officer).seen == 1


def test_a_draft_that_changes_while_it_is_judged_is_judged_again(call, officer, monkeypatch):
    draft, whole = drawn(call, 3), effects.effect_of

    def while_somebody_writes(*args, **kwargs):
        found = whole(*args, **kwargs)
        lists.asks(draft, "dfg", contact_name=f"Desk {time.monotonic()}")
        return found

    monkeypatch.setattr("applications.actions.effects.effect_of", while_somebody_writes)
    preview = work(draft, call, officer, seconds=60)

    assert (preview.finished_at, preview.seen, preview.fingerprint) == (None, 0, "")


def test_who_may_not_is_refused_and_nothing_is_kept(call, officer):
    draft = lists.draft_from()
    for role in ({"staff_role": "VIEWER"}, {"staff_agency": "JST"}):
        other = UserFactory(**{"staff_agency": "AMED", "staff_role": "OFFICER"} | role)
        with pytest.raises(actions.NotPermitted):
            work(draft, call, other)
    theirs = Call.objects.get(pk=call.pk)
    theirs.pk, theirs.code, theirs.owner = None, "jst-1", "JST"
    theirs.closes_at += timedelta(days=1)
    theirs.save()
    with pytest.raises(actions.AnothersList):
        work(draft, theirs, officer)
    lists.publish(draft)
    with pytest.raises(actions.AlreadyPublished):
        work(draft, call, officer)
    assert not EffectPreview.objects.exists()
