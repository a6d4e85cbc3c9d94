"""The words of letters that staff make: which stand, who may change them, and what is refused."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications import actions
from applications.actions import letter_templates
from applications.actions.ledger import sync_notices
from applications.actions.letter_templates import words_of
from applications.models import Application, LetterTemplate, Notice
from applications.queries.application import workspace
from applications.queries.ledger import ledger
from applications.views.telling import draft
from directory.models import Agency
from tests.applications import scenes

pytestmark = pytest.mark.django_db
TEXT = "{greeting}, about {project}: {grants}. {holder}"
WORDS = {"subject": "Own: {references}", "text": TEXT, "subject_ja": "件名", "text_ja": TEXT}


@pytest.fixture
def scene(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    found = scenes.ready()
    sync_notices(workspace(found.stored()), scenes.DAY)
    return found


@pytest.fixture
def officer(scene):
    return scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")


def rcn():
    return Agency.objects.get(slug="rcn")


def save(by, *, body=None, seen=0, owner="AMED", occasion="ASKED", reason="Plainer.", **words):
    return actions.save_letter_template(
        owner=owner, occasion=occasion, body=body, words=WORDS | words, seen=seen, reason=reason,
        by=by, at=scenes.DAY,
    )  # fmt: skip


def take_back(by, *, body=None, seen):
    return actions.withdraw_letter_template(
        owner="AMED", occasion="ASKED", body=body, seen=seen, reason="Too short.", by=by,
        at=scenes.DAY,
    )  # fmt: skip


def prepared(scene):
    """The letter of the team's one notice, to RCN."""
    book = ledger(scene.stored())
    (row,) = book.rows
    return draft(
        row.notice, application=book.application, holder=row.notice.holder.researcher,
        lead=book.lead, grants=row.grants, call=book.application.call, row=row.row,
        templates=book.templates,
    )  # fmt: skip


def at(page="", occasion="asked", body="all", owner="amed"):
    return reverse(f"applications:staff_letter{page}", args=[owner, occasion, body])


def typed(response, **changed):
    form = response.context["form"]
    fields = {bound.html_name: "" if bound.value() is None else bound.value() for bound in form}
    return fields | {"act": "preview", "reason": "Plainer."} | changed


# -- which words stand -----------------------------------------------------------------------


def test_the_bodys_own_words_go_before_those_for_every_body_and_these_before_the_shipped(
    scene, officer
):
    seen = [prepared(scene).template_version]
    save(officer)
    seen.append(prepared(scene).template_version)
    save(officer, body=rcn(), text=TEXT + " Hei.")
    save(officer, body=rcn(), seen=1, text=TEXT + " Ha det.")
    newest = prepared(scene)
    seen.append(newest.template_version)
    save(officer, body=Agency.objects.get(slug="nihr"), text=TEXT + " Cheers.")  # not for RCN
    take_back(officer, body=rcn(), seen=2)
    seen.append(prepared(scene).template_version)
    take_back(officer, seen=1)
    seen.append(prepared(scene).template_version)

    assert seen == ["ASKED shipped 1", "ASKED AMED 1", "ASKED RCN 2", "ASKED AMED 1", "ASKED shipped 1"]  # fmt: skip
    assert newest.text == (
        "Dear ［name of the officer responsible for the grant］, about Memory of cells: "
        "- RCN 311393. Kari Nordmann Ha det."
    )


def test_words_of_the_other_agency_and_of_other_occasions_change_nothing(scene, officer):
    jst = scenes.user("jst", staff_agency="JST", staff_role="OFFICER")
    save(jst, owner="JST")
    save(officer, occasion="ENCOURAGED")

    assert prepared(scene).template_version == "ASKED shipped 1"


def test_a_version_says_who_made_it_when_and_why_and_is_never_changed(scene, officer):
    first = save(officer, reason="The first.")
    save(officer, seen=1, reason="The second.", subject="Another: {references}")

    first.refresh_from_db()
    assert (first.made_by, first.made_at, first.reason) == (officer, scenes.DAY, "The first.")
    assert words_of(first, "ASKED") == WORDS
    assert list(LetterTemplate.objects.order_by("number").values_list("number", flat=True)) == [1, 2]  # fmt: skip


@pytest.mark.parametrize("versions", [1, 5])
def test_the_ledger_reads_them_in_one_statement(
    scene, officer, versions, django_assert_num_queries
):
    for number in range(versions):
        save(officer, seen=number, subject=f"{number}: {{references}}")
        save(officer, body=rcn(), seen=number, subject=f"{number}: {{references}}")
    application = Application.objects.select_related("call__edition", "edition").get(pk=scene.pk)

    with django_assert_num_queries(5):
        found = ledger(application)

    assert [(one.body_id, one.number) for one in found.templates] == [
        (None, versions),
        (rcn().pk, versions),
    ]


# -- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agency", "role", "may"),
    [
        ("AMED", "OFFICER", True),
        ("AMED", "APPROVER", True),
        ("AMED", "VIEWER", False),
        ("JST", "OFFICER", False),
        ("JST", "APPROVER", False),
    ],
)
def test_officers_and_approvers_of_the_agency_change_its_words(scene, agency, role, may):
    staff = scenes.user("staff", staff_agency=agency, staff_role=role)
    if may:
        assert save(staff).number == 1
        assert take_back(staff, seen=1).withdrawn is True
    else:
        with pytest.raises(actions.NotPermitted):
            save(staff)
        with pytest.raises(actions.NotPermitted):
            take_back(staff, seen=0)
        assert LetterTemplate.objects.count() == 0


@pytest.mark.parametrize(
    "words",
    [
        {"text": TEXT + " {secret}"},
        {"subject": "{holder.user.password}"},
        {"text_ja": TEXT + "｛project｝"},
        {"text": TEXT + " {"},
        {"text": TEXT + " {told_on}"},  # only a follow-up has it
        {"text": "{project} {grants}"},  # nobody signs
    ],
)
def test_words_that_cannot_be_filled_in_are_not_saved(scene, officer, words):
    with pytest.raises(actions.NotATemplate):
        save(officer, **words)
    assert LetterTemplate.objects.count() == 0


def test_words_in_use_already_a_missing_reason_and_nothing_to_take_back_are_refused(scene, officer):
    with pytest.raises(actions.ReasonNeeded):
        save(officer, reason=" ")
    with pytest.raises(actions.SameWords):
        take_back(officer, seen=0)
    save(officer)
    with pytest.raises(actions.SameWords):
        save(officer, seen=1)


def test_two_who_write_at_once_are_told(scene, officer, monkeypatch):
    save(officer)
    with pytest.raises(actions.Conflict) as refusal:
        save(officer, seen=0, subject="Mine")
    assert refusal.value.stored["subject"] == "Own: {references}"
    with pytest.raises(actions.Conflict):
        take_back(officer, seen=7)
    # Both asked before either wrote: the table's own number decides.
    monkeypatch.setattr(letter_templates, "_asked", lambda *args: None)
    with pytest.raises(actions.Conflict):
        save(officer, seen=0, subject="Mine")
    with pytest.raises(IntegrityError), transaction.atomic():  # the control: what decided
        LetterTemplate.objects.create(
            owner="AMED", occasion="ASKED", number=1, reason="r", made_by=officer,
            made_at=scenes.DAY, **WORDS,
        )  # fmt: skip


# -- the pages -------------------------------------------------------------------------------


def test_the_form_names_unknown_gaps_and_saves_nothing(client, officer):
    client.force_login(officer)
    page = client.get(at("_edit"))
    answer = client.post(
        at("_edit"),
        typed(page, act="save", text=TEXT + " {secret} {0}", text_ja="{project}｝", subject="｛x"),
    )

    assert answer.context["form"].errors == {
        "text": ["There is no such gap: {secret}, {0}. Use only the gaps listed on this page."],
        "text_ja": [
            "A curly bracket stands alone, or is a full-width one. Write each gap as {project}, with "
            "half-width brackets."
        ],
        "subject": [
            "A curly bracket stands alone, or is a full-width one. Write each gap as {project}, with "
            "half-width brackets."
        ],
    }
    assert LetterTemplate.objects.count() == 0


def test_new_words_are_previewed_with_an_application_of_ones_own_and_then_saved(
    client, scene, officer
):
    client.force_login(officer)
    ref = scene.application.team.ref
    page = client.get(at("_edit"))
    shown = client.post(at("_edit"), typed(page, text=TEXT, text_ja=TEXT, sample=ref.lower()))
    nothing_yet = LetterTemplate.objects.count()
    changed = client.post(at("_edit"), typed(shown, act="save", text=TEXT + " Bye."))
    still_nothing = LetterTemplate.objects.count()
    saved = client.post(at("_edit"), typed(changed, act="save"))

    preview = shown.context["preview"]
    assert preview.text == [
        ("Dear ", False),
        ("［name of the officer responsible for the grant］", True),
        (", about Memory of cells: - RCN 311393. Kari Nordmann", False),
    ]
    assert "<mark>［研究費の担当者の氏名］</mark>" in shown.content.decode()
    assert (nothing_yet, still_nothing) == (0, 0)
    assert "You changed the words after the preview." in changed.content.decode()
    assert (saved.status_code, saved["Location"]) == (302, at())
    assert LetterTemplate.objects.get().text == TEXT + " Bye."
    assert "ASKED AMED 1" in client.get(at()).content.decode()


@pytest.mark.parametrize(
    ("occasion", "sentence"),
    [
        ("withdrawn", "was withdrawn before it was submitted"),
        ("encouraged", "is being prepared"),
        ("declaration", "［receipt number］) has been adopted"),
    ],
)
def test_a_preview_of_another_occasion_speaks_as_if_it_had_come(
    client, scene, officer, occasion, sentence
):
    client.force_login(officer)
    page = client.get(at("_edit", occasion))
    shown = client.post(at("_edit", occasion), typed(page, sample=scene.application.team.ref))

    assert sentence in "".join(words for words, _open in shown.context["preview"].text)


def test_a_preview_without_an_application_shows_every_gap_as_open(client, officer):
    client.force_login(officer)
    shown = client.post(at("_edit"), typed(client.get(at("_edit")), text=TEXT))

    assert shown.context["preview"].missing == (
        "［references］", "［greeting］", "［project］", "［grants］", "［holder］",
    )  # fmt: skip


def test_an_application_of_the_other_agency_is_as_one_that_is_not(client, scene):
    jst = scenes.user("jst", staff_agency="JST", staff_role="APPROVER")
    client.force_login(jst)
    where = at("_edit", owner="jst")
    words = []
    for sample in (scene.application.team.ref, "ZZZZZZZZ"):
        answer = client.post(where, typed(client.get(where), sample=sample))
        words.append(answer.context["form"].errors["sample"])

    assert words == [["No application of your agency's calls has this number."]] * 2
    assert [client.get(at(page)).status_code for page in ("", "_edit", "_shipped")] == [404] * 3
    assert client.get(at(owner="jst")).status_code == 200  # the control


def test_a_newer_version_of_somebody_else_is_shown_beside_ones_own(client, officer):
    client.force_login(officer)
    page = client.get(at("_edit"))
    shown = client.post(at("_edit"), typed(page, text=TEXT))
    save(officer)
    refused = client.post(at("_edit"), typed(shown, act="save"))
    mine = client.post(at("_edit"), typed(refused, act="save"))

    assert refused.status_code == 409
    assert "Own: {references}" in refused.content.decode()
    assert mine.status_code == 302
    assert list(LetterTemplate.objects.order_by("number").values_list("number", flat=True)) == [1, 2]  # fmt: skip


def test_own_words_are_taken_back_with_a_reason(client, scene, officer):
    client.force_login(officer)
    without = client.get(at("_shipped"))
    save(officer)
    page = client.get(at("_shipped"))
    refused = client.post(at("_shipped"), {"seen": 1, "reason": ""})
    client.post(at("_shipped"), {"seen": 1, "reason": "The shipped ones are plainer."})

    assert (without.status_code, page.context["then"].version) == (302, "ASKED shipped 1")
    assert list(refused.context["form"].errors) == ["reason"]
    assert prepared(scene).template_version == "ASKED shipped 1"
    assert "Own words taken back" in client.get(at()).content.decode()


def test_viewers_read_and_cannot_write(client, scene, officer):
    save(officer)
    client.force_login(scenes.user("viewer", staff_agency="AMED", staff_role="VIEWER"))

    assert [client.get(at(page)).status_code for page in ("", "_edit", "_shipped")] == [200, 403, 403]  # fmt: skip
    assert "Write a new version" not in client.get(at()).content.decode()
    assert "ASKED AMED 1" in client.get(reverse("applications:staff_letters")).content.decode()


def test_only_bodies_that_a_list_names_for_the_occasion_have_words_of_their_own(client, officer):
    client.force_login(officer)
    codes = {
        (occasion, body): client.get(at("", occasion, body)).status_code
        for occasion, body in [
            ("asked", "rcn"), ("asked", "stint"), ("asked", "ssf"), ("asked", "arc"),
            ("asked", "nsf"), ("encouraged", "nsf"), ("declaration", "bhf"), ("asked", "bhf"),
            ("withdrawn", "bhf"), ("asked", "nobody"), ("birthday", "all"),
        ]
    }  # fmt: skip

    assert [key for key, code in codes.items() if code == 200] == [
        ("asked", "rcn"), ("asked", "stint"), ("encouraged", "nsf"), ("declaration", "bhf"),
        ("withdrawn", "bhf"),
    ]  # fmt: skip
    assert set(codes.values()) == {200, 404}
    assert Notice.objects.count() == 1
