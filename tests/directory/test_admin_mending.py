"""A form of the admin that would break a constraint says at a field what to mend, and names no constraint."""

import re

import pytest
from django.contrib import admin
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from directory.admin.mending import SaysHowToMend
from directory.admin.rules import NoticeRuleForm
from directory.models import Agency, Call, Edition, NoticeRule, Participation
from tests.directory.factories import (
    AgencyFactory,
    EditionFactory,
    NoticeRuleFactory,
    UserFactory,
)
from tests.directory.seeds import checksums

pytestmark = pytest.mark.django_db
OFFICER = {"staff_agency": "AMED", "staff_role": "OFFICER"}
NOBODY = {"recipient": "", "body": "", "address": "", "trigger": ""}
SILENT = NOBODY | {"strength": "NONE_STATED"}
EMPTIED = "With “Nothing stated” this stays empty: empty it, or choose another strength."
WHOM = "Who asks says whom to tell: choose a recipient."
WHEN = "Who asks says when: choose “Upon application” or “When the collaboration is established”."
NO_ADDRESS = "Write the address, or choose another recipient."
NO_RECIPIENT = "Choose “A published address” as the recipient, or leave this empty."
NO_BODY = "Choose a recipient, too, or leave this empty."
STATES = "Each row says what is asked, “Nothing stated” included: choose one."
DAY_IS_A_LIST = "A code that is a date would mean the list of that day: put the agency before it."
UPDATED = "The page was updated on the day that the list is “as of”, or later: correct one of them."
BOTH = "What is to be confirmed is said in both languages: write it here, too."
NO_PARENT = "An institute's code goes with its parent: choose NIH, or leave the code empty."
OF_A_PAGE = "A page of the list has this address: choose another."
RANGE = "The most years are fewer than the fewest: correct one of the two."

# (page, constraint that would refuse it, what is entered in a form that would be saved) -> field, words
BROKEN = [
    ("agency", "agency_with_institute_code_has_a_parent", {"institute_code": "CA"}, {"parent": NO_PARENT}),
    ("agency", "agency_slug_is_no_page_of_the_list", {"slug": "history"}, {"slug": OF_A_PAGE}),
    ("agency", "agency_institute_code_is_unique", {"institute_code": "HL", "parent": "NIH"},
     {"institute_code": "NHLBI has this code already: check both, and leave one empty."}),
    ("edition", "edition_is_updated_on_or_after_its_as_of_date", {"as_of": "2026-04-02"}, {"updated_on": UPDATED}),
    ("edition", "edition_code_is_no_date", {"code": "2026-04-01"}, {"code": DAY_IS_A_LIST}),
    ("based", "edition_made_from_another_says_why", {"reason": " "},
     {"reason": "A list that is made from another says why: write the reason."}),
    ("call", "call_closes_after_it_opens", {"closes_at_0": "2027-01-01"},
     {"closes_at": "A call closes after it opens: put a later moment here."}),
    ("call", "call_years_are_a_range", {"min_years": "6"}, {"max_years": RANGE}),
    ("call", "call_years_are_a_range", {"min_years": "0"},
     {"min_years": "A project takes one year at least: write 1 or more."}),
    ("row", "participation_doubt_is_worded_in_both_languages", {"to_confirm_en": "?"}, {"to_confirm_ja": BOTH}),
    ("row", "participation_doubt_is_worded_in_both_languages", {"to_confirm_ja": "?"}, {"to_confirm_en": BOTH}),
    ("rule", "notice_rule_that_asks_says_whom_and_when", NOBODY, {"recipient": WHOM, "trigger": WHEN}),
    ("rule", "notice_rule_that_asks_says_whom_and_when", {"trigger": "ANY_TIME", "strength": "ENCOURAGED"},
     {"trigger": WHEN}),
    ("rule", "notice_rule_has_an_address_exactly_when_it_says_so", {"recipient": "ADDRESS"}, {"address": NO_ADDRESS}),
    ("rule", "notice_rule_has_an_address_exactly_when_it_says_so", {"address": "a@funder.example"},
     {"address": NO_RECIPIENT}),
    ("rule", "notice_rule_names_a_body_exactly_when_somebody_may_be_told", SILENT | {"body": "NIH"}, {"body": NO_BODY}),
    ("rule", "notice_rule_that_states_nothing_says_nothing", SILENT | {"trigger": "ANY_TIME"}, {"trigger": EMPTIED}),
    ("rule", "notice_rule_that_states_nothing_says_nothing", SILENT | {"recipient": "GRANT_CONTACT"},
     {"recipient": EMPTIED}),
]  # fmt: skip
# Constraints that no form of the admin can break, and what stands before them.
GUARDED = {
    "agency_slug_is_in_small_letters": "written small whatever is typed",
    "call_code_is_in_small_letters": "the field takes small letters alone",
    "call_owner_is_known": "a list of choices",
    "edition_code_is_in_small_letters": "written small whatever is typed",
    "edition_owner_is_known": "a list of choices",
    "edition_made_by_whom_and_when_come_together": "both are noted by the page, not filled in",
    "participation_kind_is_known": "a list of choices",
    "notice_rule_strength_is_known": "a list of choices",
    "user_staff_agency_and_role_come_together": "both are read only in the admin",
}


def none_of(*inlines):
    return {f"{one}-{form}_FORMS": 0 for one in inlines for form in ("TOTAL", "INITIAL")}


def forms_that_save():
    """Page -> its address and a form that it takes."""
    draft = EditionFactory(code="draft", published_at=None)
    based = EditionFactory(code="based", published_at=None, based_on=EditionFactory(), reason="r")
    row = NoticeRuleFactory(participation__edition=draft).participation
    edition = {"source": "https://www.amed.go.jp/list.html"} | none_of("rows")
    whole_row = {
        "agency": row.agency_id, "position": 9001, "kind": "EXISTING", "summary_en": "x", "summary_ja": "x",
        "notice_rule-TOTAL_FORMS": 1, "notice_rule-INITIAL_FORMS": 1, "notice_rule-0-id": row.notice_rule.pk,
        "notice_rule-0-participation": row.pk, "notice_rule-0-strength": "REQUESTED",
        "notice_rule-0-trigger": "UPON_APPLICATION", "notice_rule-0-recipient": "GRANT_CONTACT",
        "notice_rule-0-body": row.agency_id, "notice_rule-0-language": "en", **none_of("conditions"),
    }  # fmt: skip
    return {
        "agency": (reverse("admin:directory_agency_add"), {
            "slug": "nci", "acronym": "NCI", "name_en": "Cancer", "name_ja": "がん", "aliases": "",
            "country": row.agency.country_id, **none_of("formats", "programmes"),
        }),
        "edition": (reverse("admin:directory_edition_add"), edition | {
            "code": "amed-new", "owner": "AMED", "as_of": "2026-04-01", "updated_on": "2026-04-01",
        }),
        "based": (reverse("admin:directory_edition_change", args=[based.pk]), edition | {
            "code": "based", "as_of": "2026-04-01", "updated_on": "2026-04-01", "reason": "why",
        }),
        "call": (reverse("admin:directory_call_add"), {
            "code": "new", "owner": "AMED", "title_en": "x", "title_ja": "x",
            "edition": EditionFactory().pk, "opens_at_0": "2027-01-01", "opens_at_1": "00:00:00",
            "closes_at_0": "2027-02-01", "closes_at_1": "00:00:00", "min_years": 3, "max_years": 5,
            "budget_cap_jpy": 1, **none_of("areas"),
        }),
        "row": (reverse("admin:directory_participation_change", args=[row.pk]), whole_row),
    }  # fmt: skip


@pytest.fixture
def officer(client):
    nih = AgencyFactory(slug="nih")
    AgencyFactory(slug="nhlbi", name_en="NHLBI", parent=nih, institute_code="HL")
    client.force_login(UserFactory(**OFFICER))
    return client


def entered(page, changed):
    """The form of a page with what somebody entered in it; "NIH" is the agency of that name."""
    address, sent = forms_that_save()["row" if page == "rule" else page]
    nih = Agency.objects.get(slug="nih").pk
    prefix = "notice_rule-0-" if page == "rule" else ""
    return address, sent | {
        prefix + name: nih if value == "NIH" else value for name, value in changed.items()
    }


def as_new(sent, slug):
    """The form of a row and its rule as one that is added to the draft, for a funder."""
    draft = Edition.objects.get(code="draft")
    return sent | {
        "notice_rule-INITIAL_FORMS": 0, "notice_rule-0-id": "", "notice_rule-0-participation": "",
        "edition": draft.pk, "agency": Agency.objects.get(slug=slug).pk, "position": 9000,
    }  # fmt: skip


def told(page):
    """What the page says, field by field, in the form and in what belongs to it."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        assert inline.formset.non_form_errors() == []
        forms += inline.formset.forms
    return {field: " ".join(words) for form in forms for field, words in form.errors.items()}


@pytest.mark.parametrize("page", ["agency", "edition", "based", "call", "row"])
def test_the_forms_of_the_table_below_would_be_saved(officer, page):
    address, sent = entered(page, {})

    assert officer.post(address, sent).status_code == 302


@pytest.mark.parametrize(("page", "constraint", "changed", "words"), BROKEN)
def test_what_a_constraint_would_refuse_is_said_at_its_field(
    officer, page, constraint, changed, words
):
    address, sent = entered(page, changed)
    before = checksums()

    answer = officer.post(address, sent)

    assert told(answer) == {
        field: text.replace("NHLBI", str(Agency.objects.get(slug="nhlbi")))
        for field, text in words.items()
    }
    assert constraint not in answer.content.decode()
    assert checksums() == before


@pytest.mark.parametrize(("page", "constraint", "changed", "words"), BROKEN)
def test_unsaid_each_ends_in_its_constraint(officer, page, constraint, changed, words, monkeypatch):
    """Negative control: the table above breaks what it says, and no form notices by itself."""
    monkeypatch.setattr(SaysHowToMend, "clean", lambda form: super(SaysHowToMend, form).clean())
    address, sent = entered(page, changed)
    worded = {"call_closes_after_it_opens", "agency_slug_is_no_page_of_the_list", "edition_code_is_no_date"}  # fmt: skip
    for name in worded & {constraint}:
        model = next(one for one in CHECKED if name in CHECKED[one])
        found = next(one for one in model._meta.constraints if one.name == name)
        monkeypatch.setattr(found, "violation_error_message", f"“{name}”")

    try:
        with transaction.atomic():
            said = officer.post(address, sent).content.decode()
    except IntegrityError as refused:
        said = str(refused)

    assert constraint in said


CHECKED = {
    model: [one.name for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
    for page in admin.site._registry.values()
    if page.opts.app_label == "directory"
    and type(page).has_change_permission.__qualname__ != "Window.has_change_permission"
    for model in (page.model, *(one.model for one in page.inlines))
}


def test_every_check_of_a_table_that_the_admin_writes_is_broken_above_or_guarded():
    assert {Agency, Call, Edition, NoticeRule, Participation} <= set(CHECKED)
    checks = {name for names in CHECKED.values() for name in names}
    broken = {constraint for _page, constraint, _changed, _words in BROKEN}
    assert checks == (broken - {"agency_institute_code_is_unique"}) | set(GUARDED)
    assert not broken & set(GUARDED)


def test_a_rule_that_is_left_empty_is_asked_for_at_its_strength(officer):
    _address, sent = entered("rule", SILENT | {"strength": ""})
    draft, sent = Edition.objects.get(code="draft"), as_new(sent, "nih")

    answer = officer.post(reverse("admin:directory_participation_add"), sent)

    assert told(answer) == {"strength": STATES}
    assert draft.rows.count() == 1


@pytest.mark.parametrize("number", [0, 2])
def test_a_hand_built_post_neither_leaves_the_rule_out_nor_brings_two(officer, number):
    _address, sent = entered("row", {})
    draft = Edition.objects.get(code="draft")
    sent |= {"edition": draft.pk, "agency": Agency.objects.get(slug="nih").pk, "position": 9000}
    sent |= {"notice_rule-TOTAL_FORMS": number, "notice_rule-INITIAL_FORMS": 0}
    for place in range(number):
        sent |= {f"notice_rule-{place}-{one}": "" for one in ("id", "participation", *NOBODY)}
        sent |= {f"notice_rule-{place}-strength": "NONE_STATED"}

    answer = officer.post(reverse("admin:directory_participation_add"), sent)

    [rules, _conditions] = answer.context["inline_admin_formsets"]
    assert rules.formset.non_form_errors() == [STATES]
    assert draft.rows.count() == 1


# -- the body that is told -----------------------------------------------------------------
@pytest.mark.parametrize("recipient", ["ADDRESS", "GRANT_CONTACT", "BODY_WITHOUT_ADDRESS"])
@pytest.mark.parametrize(("chosen", "stored"), [("", "rcn"), ("NIH", "nih")])
def test_the_body_is_the_rows_own_funder_unless_another_is_chosen(
    officer, recipient, chosen, stored
):
    AgencyFactory(slug="rcn")
    address = "a@funder.example" if recipient == "ADDRESS" else ""
    changed = {"recipient": recipient, "address": address, "body": chosen}
    _address, sent = entered("rule", changed)
    draft, sent = Edition.objects.get(code="draft"), as_new(sent, "rcn")

    answer = officer.post(reverse("admin:directory_participation_add"), sent)

    assert answer.status_code == 302, told(answer)
    assert draft.rows.get(position=9000).notice_rule.body.slug == stored


def test_nobody_is_filled_in_where_nobody_may_be_told(officer):
    address, sent = entered("rule", SILENT)

    answer = officer.post(address, sent)

    assert answer.status_code == 302, told(answer)
    assert NoticeRule.objects.get().body is None


def test_without_a_funder_of_the_row_the_body_is_asked_for(officer):
    _address, sent = entered("rule", {"body": ""})
    sent["agency"] = ""
    Participation.objects.all().delete()
    draft = Edition.objects.get(code="draft")
    new = {
        "notice_rule-INITIAL_FORMS": 0,
        "notice_rule-0-id": "",
        "notice_rule-0-participation": "",
    }

    answer = officer.post(
        reverse("admin:directory_participation_add"), sent | new | {"edition": draft.pk}
    )

    assert told(answer) == {
        "agency": "This field is required.",
        "body": "Choose whom the notice goes to.",
    }


def test_the_page_says_that_the_body_is_filled_in(officer):
    page = officer.get(forms_that_save()["row"][0]).content.decode()

    assert str(NoticeRuleForm.Meta.help_texts["body"]) in re.sub("&#x27;", "'", page)
