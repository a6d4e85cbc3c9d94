"""The shipped words of the letters to funders: whole templates, and the phrases that fill their gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from applications.rules.facts import Strength
from applications.workflow import LetterOccasion

TEXTS = Path(__file__).parent / "texts"
# Raised whenever the shipped words of an occasion change: a letter names the words it was made from.
SHIPPED_NUMBERS: Mapping[LetterOccasion, int] = MappingProxyType(dict.fromkeys(LetterOccasion, 1))


class Text(NamedTuple):
    """A letter in one language; its gaps stand in curly brackets until it is filled in."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """One version of the words of a letter, shipped or made by staff."""

    version: str
    english: Text
    japanese: Text

    def of(self, lang: str) -> Text:
        return self.japanese if lang == "ja" else self.english


@cache
def shipped(occasion: str) -> Template:
    """Return the words that stand where staff have none: a subject, an empty line, the text."""
    found = LetterOccasion(occasion)
    return Template(
        version=f"{found.value} shipped {SHIPPED_NUMBERS[found]}",
        english=_read(found, "en"),
        japanese=_read(found, "ja"),
    )


def _read(occasion: LetterOccasion, lang: str) -> Text:
    name = occasion.value.lower().replace("_", "-")
    subject, _empty, text = (TEXTS / f"{name}.{lang}.txt").read_text("utf-8").partition("\n\n")
    return Text(subject.strip(), text.strip())


# Parts that only people know: code -> (as it stands in the letter, in Japanese).
PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "officer": ("name of the officer responsible for the grant", "研究費の担当者の氏名"),
        "reference": ("grant number", "研究費の番号"),
        "title_en": ("project title in English", "英語の研究開発課題名"),
        "lead": ("lead researcher in Japan", "日本側の研究開発代表者"),
        "institution": (
            "institution of the lead researcher",
            "研究開発代表者の所属研究機関",
        ),
        "contact": ("contact for the call", "公募の問合せ先"),
        "receipt": ("receipt number", "受付番号"),
    }
)

_LIST_EN = "According to ASPIRE's list of participating funders, "
_LIST_JA = "ASPIREの参加資金配分機関の一覧では、"
# What the list asks, in our own words, no stronger and no weaker: by the fingerprint of the
# published note, so that a note reworded in a new edition is never answered with the old words.
ASKED_OF: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # RCN
        "634e4084c00a1bd52610c04b45bd956a5dcb917958df03aaa70766d97c7bdfaa": (
            "researchers funded by RCN who partner with a Japanese team should let their contact "
            "person at RCN know upon the ASPIRE application.",
            "RCNの研究費を受け、日本のチームと連携する研究者は、ASPIREへの応募時に、"
            "RCNの担当者に知らせるべきとされています。",
        ),
        # STINT and SSF: both rows name STINT
        "0a2d548e64ebb53e6dc9919c28ddd98e40521c3030a732c75e8e7920c74c6bd3": (
            "Swedish researchers who partner with a Japanese team should get in touch with STINT "
            "upon application.",
            "日本のチームと連携するスウェーデンの研究者は、応募時にSTINTに連絡すべきと"
            "されています。",
        ),
        # Vinnova
        "941f9827e7dbdecb9a73e55319a5558d31ce54b5f100df694214e75daa46d782": (
            "Swedish researchers who partner with a Japanese team should get in touch with Vinnova "
            "upon application.",
            "日本のチームと連携するスウェーデンの研究者は、応募時にVinnovaに連絡すべきと"
            "されています。",
        ),
        # BHF
        "2ce5f46a226700282c12c10ff4876777739a3f2b5592d538cfec7b74c2371bbc": (
            "BHF-funded researchers are requested to declare to the BHF any new collaboration "
            "established under ASPIRE; they do not need the BHF's prior consent to enter it.",
            "BHFの研究費を受けている研究者には、ASPIREの下で新たに成立した共同研究をBHFに"
            "申告することが求められています。共同研究に加わるに当たり、BHFの事前の同意は"
            "必要ないとされています。",
        ),
        # NIHR
        "f61d144702319b7ca530e2023d75c71e5a7eb5cbaa216109a3a1bf1d1bfc759c": (
            "UK researchers who partner with a Japanese team on an application should inform the "
            "NIHR by e-mail.",
            "日本のチームの応募に連携相手として加わる英国の研究者は、NIHRにメールで"
            "知らせるべきとされています。",
        ),
        # The institutes of the NIH
        "29e0eb8636e1c99aab95606f88381582f15a2c5a0ddcc2b710ace2e9d29567cf": (
            "investigators with an NIH award are encouraged to inform their program officers upon "
            "the ASPIRE application.",
            "NIHの助成を受けている研究者には、ASPIREへの応募時に、担当のプログラムオフィサーに"
            "知らせることが奨励されています。",
        ),
        # NSF
        "c4847b4f6dfa15fdbdce3eca91e654261eda06b4c6f1fffb2a9cb264367d04e0": (
            "investigators with an NSF award are encouraged to inform their program officers upon "
            "the ASPIRE application.",
            "NSFの助成を受けている研究者には、ASPIREへの応募時に、担当のプログラムオフィサーに"
            "知らせることが奨励されています。",
        ),
    }
)


def asked_of(fingerprint: str, lang: str) -> str:
    """Say what the list asks by the note of that fingerprint; "" for a note we have no words for."""
    english, japanese = ASKED_OF.get(fingerprint, ("", ""))
    if lang == "ja":
        return japanese and _LIST_JA + japanese
    return english and _LIST_EN + english


@dataclass(frozen=True, slots=True)
class Phrases:
    """What fills the gaps of a template in one language, with named gaps of its own."""

    lang: str
    separator: str
    dear: str
    dear_body: str
    asked: Mapping[str, str]  # by strength, where the note is one we have no words for
    asked_to_declare: Mapping[str, str]
    also_for: str  # where the list names this body for the grants of another
    their_contact: str  # told in place of the body, where it is the contact of that very grant
    grant: str
    grant_with_title: str
    standing: Mapping[str, str]  # by how far the application has come
    told_on: str
    told_earlier: str
    contact: str

    def part(self, code: str) -> str:
        """Return an open part in its brackets."""
        return f"［{self.own(*PARTS[code])}］"

    def own(self, english: str, japanese: str) -> str:
        """Return the text of this letter's language."""
        return (japanese or english) if self.lang == "ja" else (english or japanese)

    def join(self, texts: Iterable[str]) -> str:
        return self.separator.join(texts)


ENGLISH = Phrases(
    lang="en",
    separator=", ",
    dear="Dear %(name)s",
    dear_body="Dear colleagues at %(body)s",
    asked=MappingProxyType(
        {
            Strength.REQUESTED: _LIST_EN
            + "researchers with a grant from %(agencies)s are asked to tell %(told)s.",
            Strength.ENCOURAGED: _LIST_EN
            + "researchers with a grant from %(agencies)s are encouraged to tell %(told)s.",
        }
    ),
    asked_to_declare=MappingProxyType(
        {
            Strength.REQUESTED: _LIST_EN
            + "researchers with a grant from %(agencies)s are asked to declare to %(told)s "
            "collaborations established under ASPIRE.",
            Strength.ENCOURAGED: _LIST_EN
            + "researchers with a grant from %(agencies)s are encouraged to declare to %(told)s "
            "collaborations established under ASPIRE.",
        }
    ),
    also_for="The list names %(body)s for grants from %(others)s, too.",
    their_contact="their contact person at %(body)s",
    grant="- %(grant)s",
    grant_with_title="- %(grant)s: %(title)s",
    standing=MappingProxyType(
        {
            "preparing": (
                "The application is being prepared and has not been submitted, so it has no receipt "
                "number yet."
            ),
            "submitted": (
                "The application has been submitted in the ASPIRE matching portal "
                "(receipt number %(receipt)s)."
            ),
            "adopted": (
                "The application (ASPIRE matching portal, receipt number %(receipt)s) has been "
                "adopted."
            ),
            "not_adopted": (
                "The application (ASPIRE matching portal, receipt number %(receipt)s) was not "
                "adopted."
            ),
            "withdrawn": (
                "The application (ASPIRE matching portal, receipt number %(receipt)s) has been "
                "withdrawn."
            ),
            "withdrawn_unsubmitted": (
                "The application was withdrawn before it was submitted, so it has no receipt number."
            ),
            "ended": (
                "The application (ASPIRE matching portal, receipt number %(receipt)s) is no longer "
                "being pursued."
            ),
        }
    ),
    told_on="on %(day)s",
    told_earlier="earlier",
    contact=("AMED, Department of International Strategy (amed-aspire@amed.go.jp)"),
)

JAPANESE = Phrases(
    lang="ja",
    separator="、",
    dear="%(name)s 様",
    dear_body="%(body)s 御担当者様",
    asked=MappingProxyType(
        {
            Strength.REQUESTED: _LIST_JA
            + "%(agencies)sの研究費を受けている研究者は、%(told)sに知らせるよう求められています。",
            Strength.ENCOURAGED: _LIST_JA
            + "%(agencies)sの研究費を受けている研究者には、%(told)sに知らせることが"
            "奨励されています。",
        }
    ),
    asked_to_declare=MappingProxyType(
        {
            Strength.REQUESTED: _LIST_JA
            + "%(agencies)sの研究費を受けている研究者は、ASPIREの下で成立した共同研究を"
            "%(told)sに申告するよう求められています。",
            Strength.ENCOURAGED: _LIST_JA
            + "%(agencies)sの研究費を受けている研究者には、ASPIREの下で成立した共同研究を"
            "%(told)sに申告することが奨励されています。",
        }
    ),
    also_for="%(others)sの研究費についても、一覧では%(body)sが連絡先とされています。",
    their_contact="%(body)sの担当者",
    grant="・%(grant)s",
    grant_with_title="・%(grant)s：%(title)s",
    standing=MappingProxyType(
        {
            "preparing": ("応募は準備中で、まだ提出されていないため、受付番号はまだありません。"),
            "submitted": (
                "応募は、ASPIRE マッチングポータルで提出されました（受付番号 %(receipt)s）。"
            ),
            "adopted": (
                "応募（ASPIRE マッチングポータルの受付番号 %(receipt)s）は、採択されました。"
            ),
            "not_adopted": (
                "応募（ASPIRE マッチングポータルの受付番号 %(receipt)s）は、採択されませんでした。"
            ),
            "withdrawn": (
                "応募（ASPIRE マッチングポータルの受付番号 %(receipt)s）は、取り下げられました。"
            ),
            "withdrawn_unsubmitted": (
                "応募は、提出される前に取り下げられたため、受付番号はありません。"
            ),
            "ended": "応募（ASPIRE マッチングポータルの受付番号 %(receipt)s）は、終了しました。",
        }
    ),
    told_on="%(day)sに",
    told_earlier="先に",
    contact=(
        "AMED 国際戦略推進部（Department of International Strategy, Division of Research "
        "Programs、amed-aspire@amed.go.jp）"
    ),
)
