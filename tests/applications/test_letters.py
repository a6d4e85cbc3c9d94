"""The prepared letters: what they say, what they leave open, and how they reach a mail program."""

import email
import email.policy
from urllib.parse import parse_qs, urlsplit

import pytest

from applications.envelopes import MAILTO_LENGTH, eml, mailto
from applications.letters import NothingToSay, draft, missing_in, part_in_japanese, prepared_draft
from applications.models import Application, Notice
from directory.models import Agency, Call, Grant, Institution, Researcher

RECEIPT = "ABCD-EFGH-JKLM-NPQR"
CONTROLS = [
    "\r\n",
    "\n",
    "\r",
    "\v",
    "\f",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\0",
]


def agency(acronym="NIHR", slug="nihr"):
    return Agency(slug=slug, acronym=acronym, name_en=acronym, name_ja=acronym)


def holder(**fields):
    place = Institution(country="GB", name="University of Leeds")
    return Researcher(
        **{"name": "Jo Carter", "email": "jo@example.org", "institution": place, **fields}
    )


def lead():
    place = Institution(country="JP", name="架空大学", name_latin="Kakuu University")
    return Researcher(
        name="山田 花子", family_latin="Yamada", given_latin="Hanako", institution=place
    )


def application(**fields):
    return Application(**{"title_en": "Memory of cells", "title_ja": "細胞の記憶", **fields})


def about(notice, **fields):
    return {
        "application": application(),
        "holder": holder(),
        "lead": lead(),
        "grants": (Grant(agency=notice.agency, reference="NIHR123456", title="Old age"),),
        "call": Call(owner="AMED", title_en="Third call", title_ja="第3回公募"),
        **fields,
    }


def notice(strength="REQUESTED", trigger="UPON_APPLICATION", **fields):
    who = fields.pop("agency", None) or agency()
    return Notice(
        **{"agency": who, "body": who, "strength": strength, "trigger": trigger, **fields}
    )


def letter(row=None, **fields):
    row = row or notice()
    return draft(row, **about(row, **fields))


def test_a_letter_says_who_relies_on_which_grant_for_what():
    found = letter(application=application(status="SUBMITTED", receipt=RECEIPT))

    assert found.subject == "Application to ASPIRE (Japan): my grant NIHR123456"
    assert found.text == (
        "Dear colleagues at NIHR,\n\n"
        "I am writing to tell you about an application to ASPIRE in which I take part. ASPIRE is a "
        "programme of the Japanese agencies AMED and JST for teams in Japan that work with "
        "researchers abroad. According to ASPIRE's list of participating funders, researchers with "
        "a grant from NIHR are asked to tell NIHR.\n\n"
        "My existing funding:\n- NIHR123456: Old age\n\n"
        "The application:\n- Call: Third call\n- Project: Memory of cells\n"
        "- Lead researcher in Japan: YAMADA Hanako, Kakuu University\n\n"
        f"The application has been submitted in the ASPIRE matching portal (receipt number {RECEIPT}). "
        "Only the team in Japan applies to ASPIRE; I take part from abroad with my existing "
        "funding.\n\n"
        "Please let me know if you need anything further. Questions about ASPIRE itself are answered "
        "by AMED, Department of International Strategy (amed-aspire@amed.go.jp).\n\n"
        "Kind regards,\nJo Carter\nUniversity of Leeds"
    )
    assert (found.missing, found.complete, found.edited) == ((), True, False)
    assert found.template_version == "ASKED shipped 1"


def test_the_japanese_copy_says_the_same_and_keeps_the_english_title():
    found = letter(application=application(status="SUBMITTED", receipt=RECEIPT))

    assert "第3回公募" in found.text_ja
    assert "研究開発課題名（英語）：Memory of cells" in found.text_ja
    assert "山田 花子（架空大学）" in found.text_ja
    assert RECEIPT in found.text_ja


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (notice(), "with a grant from NIHR are asked to tell NIHR."),
        (
            notice(agency=agency("RCN", "rcn"), grant_id=7),
            "with a grant from RCN are asked to tell their contact person at RCN.",
        ),
        (
            notice("ENCOURAGED", agency=agency("NIH-NIMH", "nih-nimh"), grant_id=7),
            "with a grant from NIH/NIMH are encouraged to tell their contact person at NIH/NIMH.",
        ),
        (
            notice(trigger="ON_COLLABORATION", agency=agency("BHF", "bhf")),
            "with a grant from BHF are asked to declare to BHF collaborations established under ASPIRE.",
        ),
        (
            notice("ENCOURAGED", "ON_COLLABORATION", agency=agency("BHF", "bhf")),
            "with a grant from BHF are encouraged to declare to BHF collaborations established under",
        ),
        (
            notice(agency=agency("SSF", "ssf"), body=agency("STINT", "stint")),
            "with a grant from SSF are asked to tell STINT.",
        ),
    ],
)
def test_a_row_of_a_new_edition_is_asked_as_strongly_as_its_code_says(row, asked):
    assert asked in letter(row).text


@pytest.mark.parametrize(
    ("status", "receipt", "sentence"),
    [
        ("DRAFT", None, "is being prepared and has not been submitted, so it has no receipt"),
        ("SUBMITTED", RECEIPT, f"submitted in the ASPIRE matching portal (receipt number {RECEIPT})"),
        ("RETURNED", RECEIPT, "has been submitted"),
        ("ADOPTED", RECEIPT, "has been adopted"),
        ("NOT_ADOPTED", RECEIPT, "was not adopted"),
        ("NOT_ACCEPTED", RECEIPT, "is no longer being pursued"),
        ("WITHDRAWN", RECEIPT, "has been withdrawn"),
        ("WITHDRAWN", None, "was withdrawn before it was submitted"),
    ],
)  # fmt: skip
def test_a_letter_says_how_far_the_application_has_come(status, receipt, sentence):
    assert sentence in letter(application=application(status=status, receipt=receipt)).text


def test_a_collaboration_not_yet_established_is_declared_ahead_of_time():
    row = notice(trigger="ON_COLLABORATION", agency=agency("BHF", "bhf"))

    early = letter(row)
    established = letter(row, application=application(status="ADOPTED", receipt=RECEIPT))

    assert "ahead of time, a collaboration that will be established if" in early.text
    assert "declare a new collaboration under ASPIRE" in established.text
    assert [early.template_version, established.template_version] == [
        "EARLY_DECLARATION shipped 1",
        "DECLARATION shipped 1",
    ]


def test_what_nobody_has_said_yet_stands_in_brackets_and_is_listed():
    row = notice("ENCOURAGED", agency=agency("NIMH", "nih-nimh"), grant_id=7)

    found = letter(
        row, application=application(title_en=""), lead=None, grants=(Grant(agency=row.agency),)
    )

    assert found.missing == (
        "［grant number］",
        "［name of the officer responsible for the grant］",
        "［project title in English］",
        "［lead researcher in Japan］",
        "［institution of the lead researcher］",
    )
    assert found.complete is False
    assert [part_in_japanese(part) for part in found.missing][:2] == [
        "［研究費の番号］",
        "［研究費の担当者の氏名］",
    ]
    assert missing_in(found.text_ja) != ()


def test_the_officer_once_named_is_greeted():
    row = notice(
        "ENCOURAGED", agency=agency("NIMH", "nih-nimh"), grant_id=7, recipient_name="Ann Lee"
    )

    assert letter(row).text.startswith("Dear Ann Lee,\n")
    assert letter(row).complete is True


def test_words_of_the_holder_stand_as_written_and_their_gaps_still_count():
    row = notice(subject="My subject", text="Dear all, ［the date］ and no more.")

    found = letter(row)

    assert (found.subject, found.text) == ("My subject", "Dear all, ［the date］ and no more.")
    assert (found.missing, found.text_ja, found.edited) == (("［the date］",), "", True)
    assert prepared_draft(row, **about(row)).text.startswith("Dear colleagues at NIHR,")


@pytest.mark.parametrize("strength", ["ENQUIRY", "NOT_NEEDED", "NONE_STATED"])
def test_nothing_is_drafted_where_nothing_is_owed(strength):
    with pytest.raises(NothingToSay):
        letter(notice(strength, ""))


def test_the_call_of_another_agency_names_no_contact_of_ours():
    found = letter(call=Call(owner="JST", title_en="A JST call", title_ja="JSTの公募"))

    assert found.missing == ("［contact for the call］",)
    assert "amed-aspire" not in found.text


def test_brackets_and_braces_that_people_typed_are_words_like_any_other():
    found = letter(
        application=application(title_en="Cells ［pilot］ {receipt} {0.__class__} %(title)s"),
    )

    assert "- Project: Cells [pilot] {receipt} {0.__class__} %(title)s\n" in found.text
    assert found.missing == ()


# -- handing it to a mail program -----------------------------------------------------------------


def test_a_mailto_address_holds_the_whole_english_letter():
    found = letter(application=application(status="SUBMITTED", receipt=RECEIPT))

    address = mailto(found, "international@nihr.ac.uk")

    parts = urlsplit(address)
    fields = parse_qs(parts.query, strict_parsing=True)
    assert (parts.scheme, parts.path) == ("mailto", "international@nihr.ac.uk")
    assert fields == {"subject": [found.subject], "body": [found.text.replace("\n", "\r\n")]}
    assert len(address) < MAILTO_LENGTH


def test_there_is_no_mailto_for_an_unfinished_or_long_letter_or_without_a_recipient():
    row = notice(text="x" * MAILTO_LENGTH)

    assert mailto(letter(row), "a@example.org") == ""
    assert mailto(letter(application=application(title_en="")), "a@example.org") == ""
    assert mailto(letter(), "") == ""
    assert mailto(letter(), "a@example.org") != ""  # the control


def test_a_mailto_recipient_cannot_add_fields():
    address = mailto(letter(), "a@example.org?bcc=b@example.org&x=1")

    assert list(parse_qs(urlsplit(address).query)) == ["subject", "body"]


def test_an_eml_file_is_an_unsent_message_to_one_recipient():
    found = letter(notice(text="Grüße aus 東京\n.\nFrom here on"))

    raw = eml(found, email="a@example.org", name="Müller, Åse", sender=holder(name="Jo 花子"))

    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read["X-Unsent"] == "1"
    assert read["To"].addresses[0].addr_spec == "a@example.org"
    assert (read["To"].addresses[0].display_name, len(read["To"].addresses)) == ("Müller, Åse", 1)
    assert read["From"].addresses[0].display_name == "Jo 花子"
    assert read["Subject"] == found.subject
    assert read.get_content().replace("\r\n", "\n").rstrip("\n") == found.text
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("control", CONTROLS)
def test_no_value_can_add_a_header(control):
    poison = f"x{control}Bcc: thief@example.org"
    row = notice(recipient_name=poison, subject=poison)
    found = letter(
        row, holder=holder(name=poison), grants=(Grant(agency=row.agency, title=poison),)
    )

    raw = eml(found, email="a@example.org", name=poison, sender=holder(name=poison))

    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert sorted(key.lower() for key in read) == [
        "content-transfer-encoding",
        "content-type",
        "from",
        "mime-version",
        "subject",
        "to",
        "x-unsent",
    ]
    assert [one.addr_spec for one in read["To"].addresses] == ["a@example.org"]
    assert read["Subject"] == "x Bcc: thief@example.org"
