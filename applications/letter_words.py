"""The words of the prepared letters, in English as sent and in Japanese as read beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from applications.rules.facts import Strength

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
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of a letter in one language, with named gaps."""

    lang: str
    separator: str
    dear: str
    dear_body: str
    subject: str
    declaration_subject: str
    openings: Mapping[str, str]  # by strength
    their_contact: str  # told in place of the body, where it is the contact of that very grant
    declaration: str
    early_declaration: str  # before the collaboration is established
    grants_heading: str
    grant: str
    grant_with_title: str
    application: str
    standing: Mapping[str, str]  # by how far the application has come
    closing: str
    contact: str
    signature: str

    def part(self, code: str) -> str:
        """Return an open part in its brackets."""
        return f"［{self.own(*PARTS[code])}］"

    def own(self, english: str, japanese: str) -> str:
        """Return the text of this letter's language."""
        return (japanese or english) if self.lang == "ja" else (english or japanese)

    def join(self, texts: Iterable[str]) -> str:
        return self.separator.join(texts)


# No stronger and no weaker than the list: it asks, encourages, or asks to declare.
ENGLISH = Words(
    lang="en",
    separator=", ",
    dear="Dear %(name)s,",
    dear_body="Dear colleagues at %(body)s,",
    subject="Application to ASPIRE (Japan) relying on grant %(references)s",
    declaration_subject="New collaboration under ASPIRE (Japan), grant %(references)s",
    openings=MappingProxyType(
        {
            Strength.REQUESTED: (
                "I am writing to tell you about an application to ASPIRE, a programme of AMED "
                "and JST in Japan. ASPIRE's list of participating funders asks researchers "
                "with a grant from %(agencies)s to tell %(told)s."
            ),
            Strength.ENCOURAGED: (
                "I am writing to let you know about an application to ASPIRE, a programme of "
                "AMED and JST in Japan. ASPIRE's list of participating funders encourages "
                "researchers with a grant from %(agencies)s to tell the officer responsible "
                "for it."
            ),
        }
    ),
    their_contact="their contact person at %(body)s",
    declaration=(
        "I am writing to declare a new collaboration under ASPIRE, a programme of AMED and JST "
        "in Japan. ASPIRE's list of participating funders asks researchers with a grant from "
        "%(agencies)s to declare collaborations established under ASPIRE."
    ),
    early_declaration=(
        "I am writing to declare, ahead of time, a collaboration that will be established if an "
        "application to ASPIRE, a programme of AMED and JST in Japan, is adopted. ASPIRE's list "
        "of participating funders asks researchers with a grant from %(agencies)s to declare "
        "collaborations established under ASPIRE."
    ),
    grants_heading="My existing funding:",
    grant="- %(agency)s %(reference)s",
    grant_with_title="- %(agency)s %(reference)s: %(title)s",
    application=(
        "The application:\n"
        "- Call: %(call)s\n"
        "- Project: %(title)s\n"
        "- Lead researcher in Japan: %(lead)s, %(institution)s"
    ),
    standing=MappingProxyType(
        {
            "preparing": (
                "The application is being prepared and has not yet been submitted, so it has "
                "no receipt number yet. Only the team in Japan applies; I take part from "
                "abroad with my existing grant."
            ),
            "submitted": (
                "The application has been submitted in the ASPIRE matching portal under receipt "
                "number %(receipt)s. Only the team in Japan applies; I take part from "
                "abroad with my existing grant."
            ),
            "adopted": (
                "The application (ASPIRE matching portal, receipt number %(receipt)s) has been adopted. "
                "Only the team in Japan applied; I take part from abroad with my existing grant."
            ),
            "ended": (
                "The application (ASPIRE matching portal, receipt number %(receipt)s) is no longer "
                "being pursued."
            ),
        }
    ),
    closing=(
        "Please tell me if you need anything else. Questions about ASPIRE itself are answered "
        "by %(contact)s."
    ),
    contact=(
        "AMED, Department of International Strategy, Division of Research Programs "
        "(amed-aspire@amed.go.jp)"
    ),
    signature="Kind regards,\n%(holder)s\n%(affiliation)s",
)

JAPANESE = Words(
    lang="ja",
    separator="、",
    dear="%(name)s 様",
    dear_body="%(body)s 御担当者様",
    subject="ASPIRE（日本）への応募について（研究費 %(references)s）",
    declaration_subject="ASPIRE（日本）による新たな共同研究について（研究費 %(references)s）",
    openings=MappingProxyType(
        {
            Strength.REQUESTED: (
                "AMEDとJSTが日本で実施するASPIREへの応募について、お知らせします。"
                "ASPIREの参加資金配分機関の一覧では、%(agencies)sの研究費を受けている研究者は、"
                "%(told)sに知らせるよう求められています。"
            ),
            Strength.ENCOURAGED: (
                "AMEDとJSTが日本で実施するASPIREへの応募について、お知らせします。"
                "ASPIREの参加資金配分機関の一覧では、%(agencies)sの研究費を受けている研究者は、"
                "その研究費の担当者に知らせることが推奨されています。"
            ),
        }
    ),
    their_contact="%(body)sの担当者",
    declaration=(
        "AMEDとJSTが日本で実施するASPIREによる新たな共同研究について、申告します。"
        "ASPIREの参加資金配分機関の一覧では、%(agencies)sの研究費を受けている研究者は、"
        "ASPIREの下で成立した共同研究を申告するよう求められています。"
    ),
    early_declaration=(
        "AMEDとJSTが日本で実施するASPIREへの応募が採択された場合に成立する共同研究について、"
        "あらかじめ申告します。"
        "ASPIREの参加資金配分機関の一覧では、%(agencies)sの研究費を受けている研究者は、"
        "ASPIREの下で成立した共同研究を申告するよう求められています。"
    ),
    grants_heading="私の既存の研究費：",
    grant="・%(agency)s %(reference)s",
    grant_with_title="・%(agency)s %(reference)s：%(title)s",
    application=(
        "応募の内容：\n"
        "・公募：%(call)s\n"
        "・研究開発課題名（英語）：%(title)s\n"
        "・日本側の研究開発代表者：%(lead)s（%(institution)s）"
    ),
    standing=MappingProxyType(
        {
            "preparing": (
                "応募は準備中で、まだ提出されていないため、受付番号はまだありません。"
                "応募するのは日本側のチームのみで、私は既存の研究費により国外から参加します。"
            ),
            "submitted": (
                "応募は、ASPIRE マッチングポータルで提出されました（受付番号 %(receipt)s）。"
                "応募するのは日本側のチームのみで、私は既存の研究費により国外から参加します。"
            ),
            "adopted": (
                "応募（ASPIRE マッチングポータルの受付番号 %(receipt)s）は採択されました。"
                "応募したのは日本側のチームのみで、私は既存の研究費により国外から参加します。"
            ),
            "ended": "応募（ASPIRE マッチングポータルの受付番号 %(receipt)s）は、終了しました。",
        }
    ),
    closing=(
        "ほかに必要なことがあれば、お知らせください。"
        "ASPIREについての問合せには、%(contact)sがお答えします。"
    ),
    contact="AMED国際戦略推進部 Division of Research Programs（amed-aspire@amed.go.jp）",
    signature="%(holder)s\n%(affiliation)s",
)
