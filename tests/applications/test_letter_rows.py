"""Every row of the published list: the letters it has on each occasion, or the plain fact that it has none."""

import csv
import hashlib
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from applications.envelopes import mailto
from applications.letters import NothingToSay, draft, gaps_of, needed_gaps, shipped, unknown_gaps
from applications.letters.words import ASKED_OF, ENGLISH, JAPANESE, SHIPPED_NUMBERS, TEXTS
from applications.models import Application, Notice
from applications.workflow import LetterOccasion
from directory.models import Agency, Call, Grant, Institution, Participation, Researcher

SEED = Path(settings.BASE_DIR) / "directory" / "seed"
RECEIPT = "ABCD-EFGH-JKLM-NPQR"
# What each owing row's letter must say that the list asks, no stronger and no weaker.
ASKED = {
    "rcn": "researchers funded by RCN who partner with a Japanese team should let their contact "
    "person at RCN know upon the ASPIRE application.",
    "stint": "Swedish researchers who partner with a Japanese team should get in touch with STINT "
    "upon application.",
    "ssf": "Swedish researchers who partner with a Japanese team should get in touch with STINT "
    "upon application. The list names STINT for grants from SSF, too.",
    "vinnova": "Swedish researchers who partner with a Japanese team should get in touch with "
    "Vinnova upon application.",
    "bhf": "BHF-funded researchers are requested to declare to the BHF any new collaboration "
    "established under ASPIRE; they do not need the BHF's prior consent to enter it.",
    "nihr": "UK researchers who partner with a Japanese team on an application should inform the "
    "NIHR by e-mail.",
    **dict.fromkeys(
        (
            f"nih-{one}"
            for one in ["nci", "nhgri", "nia", "niaid", "niams", "nichd", "niddk", "nimh"]
        ),
        "investigators with an NIH award are encouraged to inform their program officers upon the "
        "ASPIRE application.",
    ),
    "nsf": "investigators with an NSF award are encouraged to inform their program officers upon "
    "the ASPIRE application.",
}
SILENT = {
    *("arc", "nhmrc", "cihr", "tips", "erc", "anr", "inca", "dfg", "zonmw", "src", "snsf"),
    *("cruk", "ukri", "wellcome"),
}


def table(name):
    with (SEED / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


ROWS = {row["agency"]: row for row in table("participations")}
RULES = {row["agency"]: row for row in table("notice_rules")}
AGENCIES = {
    row["slug"]: Agency(pk=place, slug=row["slug"], acronym=row["acronym"])
    for place, row in enumerate(table("agencies"), 1)
}


def letter(slug, status="SUBMITTED", follow_up="", **fields):
    rule, agency = RULES[slug], AGENCIES[slug]
    officer = rule["recipient"] == "GRANT_CONTACT"
    notice = Notice(
        agency=agency,
        body=AGENCIES[rule["body"] or slug],
        grant_id=1 if officer else None,
        strength=rule["strength"],
        trigger=rule["trigger"],
        recipient_name="Ann Lee" if officer else "",
        done_on=date(2024, 5, 20),
    )
    if follow_up:
        notice = Notice(
            agency=agency,
            body=notice.body,
            grant_id=notice.grant_id,
            strength="NONE_STATED",
            follows=notice,
            occasion=follow_up,
            recipient_name=notice.recipient_name,
        )
    return draft(
        notice,
        application=Application(title_en="Memory of cells", status=status, receipt=RECEIPT),
        holder=Researcher(
            name="Jo Carter", institution=Institution(country="GB", name="University of Leeds")
        ),
        lead=Researcher(
            name="山田 花子",
            family_latin="Yamada",
            given_latin="Hanako",
            institution=Institution(country="JP", name="架空大学", name_latin="Kakuu University"),
        ),
        grants=(Grant(agency=agency, reference="REF-1", title="Old age"),),
        call=Call(owner="AMED", title_en="Third call", title_ja="第3回公募"),
        row=Participation(agency=agency, note_fingerprint=ROWS[slug]["note_fingerprint"]),
        **fields,
    )


def test_all_29_rows_are_in_the_table():
    assert set(ROWS) == set(ASKED) | SILENT
    assert len(ROWS) == 29


@pytest.mark.parametrize("slug", ASKED)
def test_the_letter_says_what_the_list_asks_and_names_all_it_must(slug):
    found = letter(slug)

    declares = RULES[slug]["trigger"] == "ON_COLLABORATION"
    expected = "EARLY_DECLARATION" if declares else (
        "ENCOURAGED" if RULES[slug]["strength"] == "ENCOURAGED" else "ASKED"
    )  # fmt: skip
    assert found.template_version == f"{expected} shipped 1"
    assert f"According to ASPIRE's list of participating funders, {ASKED[slug]}" in found.text
    for part in ("REF-1: Old age", "Memory of cells", "YAMADA Hanako", RECEIPT, "Jo Carter"):
        assert part in found.text
        assert part.replace(": ", "：").replace("YAMADA Hanako", "山田 花子") in found.text_ja
    assert "REF-1" in found.subject
    assert "REF-1" in found.subject_ja
    assert (found.missing, "{" in found.text + found.text_ja) == ((), False)
    assert mailto(found, "officer@example.org") != ""


@pytest.mark.parametrize("slug", sorted(SILENT))
def test_where_the_list_asks_no_notice_there_is_no_letter(slug):
    with pytest.raises(NothingToSay):
        letter(slug)


@pytest.mark.parametrize(
    ("occasion", "english", "japanese"),
    [
        ("WITHDRAWN", f"receipt number {RECEIPT}) has been withdrawn.", "は、取り下げられました。"),
        (
            "NOT_ADOPTED",
            f"receipt number {RECEIPT}) was not adopted.",
            "は、採択されませんでした。",
        ),
    ],
)
@pytest.mark.parametrize("slug", ASKED)
def test_a_follow_up_says_how_it_ended_and_asks_nothing(slug, occasion, english, japanese):
    found = letter(slug, status=occasion, follow_up=occasion)

    assert found.template_version == f"{occasion} shipped 1"
    assert "I told you on 20 May 2024 about an application to ASPIRE" in found.text
    assert "2024年5月20日にお知らせした" in found.text_ja
    assert (english in found.text, japanese in found.text_ja) == (True, True)
    assert "nothing is asked of you" in found.text
    assert "According to" not in found.text
    assert found.missing == ()


def test_no_letter_to_the_nih_speaks_of_foreign_components():
    texts = [
        text.casefold()
        for occasion in LetterOccasion
        for words in (shipped(occasion).english, shipped(occasion).japanese)
        for text in words
    ] + [letter(slug).text.casefold() for slug in ASKED if slug.startswith("nih-")]

    assert [
        text for text in texts if "foreign" in text or "approval" in text or "承認" in text
    ] == []
    assert len(texts) == 6 * 4 + 8


def test_a_note_reworded_in_a_new_edition_is_not_answered_with_the_old_words():
    assert set(ASKED_OF) == {ROWS[slug]["note_fingerprint"] for slug in ASKED}
    ROWS["nihr"], kept = ROWS["nihr"] | {"note_fingerprint": "0" * 64}, ROWS["nihr"]
    try:
        found = letter("nihr")
    finally:
        ROWS["nihr"] = kept

    assert "researchers with a grant from NIHR are asked to tell NIHR." in found.text
    assert "UK researchers" not in found.text


@pytest.mark.parametrize("occasion", LetterOccasion)
def test_shipped_words_keep_the_rules_that_staffs_words_keep(occasion):
    for words in (shipped(occasion).english, shipped(occasion).japanese):
        assert [unknown_gaps(text, occasion) for text in words] == [(), ()]
        assert needed_gaps(words.text) == ()
        assert 0 < len(words.subject) < 300
    assert ("told_on" in gaps_of(occasion)) == (occasion in ("WITHDRAWN", "NOT_ADOPTED"))


def test_words_that_change_get_a_new_number():
    """Raise the number in SHIPPED_NUMBERS when this fails, and put the new digest here."""
    texts = [path.read_bytes() for path in sorted(TEXTS.iterdir())]
    phrases = repr((ENGLISH, JAPANESE, dict(ASKED_OF))).encode()

    assert (
        set(SHIPPED_NUMBERS.values()),
        hashlib.sha256(b"".join([*texts, phrases])).hexdigest()[:16],
    ) == ({1}, "8cb32f6b66793943")
