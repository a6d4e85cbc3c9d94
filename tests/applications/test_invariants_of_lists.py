"""The promises about editions: a published list keeps all, and each that is broken names its row, alone."""

import pytest

from applications.actions import claiming
from applications.models import Application, Publication
from applications.queries.promises.lists import LISTS
from directory.models import Agency, Call, Edition, NoticeRule, Participation
from tests.append_only import lifted
from tests.applications import drafts, scenes
from tests.applications import drafts_of_lists as lists
from tests.applications.test_invariants import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings, tmp_path, monkeypatch):
    """A list that was published as it should be, with its call under it, and a team that had submitted."""
    settings.MEDIA_ROOT = tmp_path
    settings.RETENTION = settings.RETENTION | {"mail_texts": 365}
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    scenes.ready().submit()
    made = drafts.ready()
    made.publish()
    return made


def test_a_list_that_was_published_by_the_act_keeps_every_promise(made):
    assert told() == ([], 0)


def by_hand(made):
    return f"Edition {lists.publish(drafts.draft_of(made.stored, code='by-hand')).pk}"


def record_of_a_draft(made):
    given = {"by": made.approver, "at": drafts.AT, "fingerprint": "0" * 64}
    draft = drafts.draft_of(made.stored, code="a-draft")
    return f"Publication {Publication.objects.create(edition=draft, **given).pk}"


def by_its_author(made):
    with lifted():
        Publication.objects.update(authors=[made.approver.pk])
    return f"Publication {Publication.objects.get().pk}"


def row_without_rule(made):
    row = Participation.objects.get(edition=made.draft, agency__slug="kva")
    with lifted():
        NoticeRule.objects.filter(participation=row).delete()
    return f"Participation {row.pk}"


def shared_name(made):
    Agency.objects.filter(slug="kva").update(aliases=["RCN"])
    return f"Edition {made.draft.pk}"


def call_by_hand(made):
    Call.objects.update(edition=Edition.objects.get(code="amed-2024-07-01"))
    return f"Call {made.call.pk}"


def submitted_under_a_draft(made):
    Application.objects.update(edition=drafts.draft_of(made.stored, code="a-draft"))
    one = Application.objects.get()
    return f"Application {one.pk}"


BREAKERS = [
    (0, by_hand),
    (0, record_of_a_draft),
    (1, by_its_author),
    (2, row_without_rule),
    (3, shared_name),
    (4, call_by_hand),
    (5, submitted_under_a_draft),
]


def test_every_promise_is_broken_once():
    assert {number for number, _break in BREAKERS} == set(range(len(LISTS)))


@pytest.mark.parametrize(
    ("number", "broken"), BREAKERS, ids=[breaks.__name__ for _number, breaks in BREAKERS]
)
def test_a_broken_promise_names_exactly_its_row(made, number, broken):
    row = broken(made)

    assert told() == ([f"{LISTS[number].sentence} Broken by: {row}"], 1)
