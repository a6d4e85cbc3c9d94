"""Fictional people and projects for practice: every row of the list is held by somebody."""

import hashlib
from typing import NamedTuple


class Partner(NamedTuple):
    """Somebody invented, the funder of an invented grant, and where it stands."""

    family: str
    given: str
    institution: str
    country: str
    agency: str  # slug
    confirmed: bool = True
    programme: str = ""
    attested: bool = True
    runs: str = "RUNS"  # or ENDED, or NO_END: its last day was not given


class Asked(NamedTuple):
    """Somebody invented who was invited by mail, and what became of it.

    ``came`` is INVITED, DECLINED, EXPIRED or CLAIMED (answered from another account).
    """

    name: str
    role: str
    institution: str
    country: str
    language: str
    came: str

    @property
    def days_ago(self) -> int:
        """How long ago the invitation was sent; one lives for 14 days."""
        return 15 if self.came == "EXPIRED" else 4


class PracticeTeam(NamedTuple):
    """One invented team; ``until`` says how far it has come: DRAFT, SUBMITTED or WITHDRAWN."""

    email: str
    lead: tuple[str, str, str, str]  # name, family, given, reading
    institution: tuple[str, str]
    erad: str
    title_ja: str
    title_en: str
    until: str
    partners: tuple[Partner, ...]
    asked: tuple[Asked, ...] = ()
    years: int = 4
    budget_jpy: int = 90_000_000
    explanation: str = ""  # why it applies although no grant fits


TEAMS = (
    PracticeTeam(
        "lead@demo.example",
        ("佐藤 花子", "Sato", "Hanako", "サトウ ハナコ"),
        ("架空大学医学研究所", "Institute of Medicine, Kakuu University"),
        "00000000",
        "細胞小器官のかたちと働きの解明",
        "How organelles take shape and work",
        "DRAFT",
        (
            Partner("Nilsen", "Åse", "University of Fjordvik", "NO", "rcn"),
            Partner("Carter", "Jo", "Lakeside University", "US", "nih-nimh"),
            Partner("Moreau", "Élise", "Institut Belleville", "FR", "erc", attested=False),
        ),
    ),
    PracticeTeam(
        "lead2@demo.example",
        ("髙橋 健", "Takahashi", "Ken", "タカハシ ケン"),
        ("架空医科大学", "Kakuu Medical University"),
        "10000001",
        "生体複雑系における免疫老化",
        "Immune ageing in complex living systems",
        "SUBMITTED",
        (
            Partner("Lindqvist", "Björn", "Norrsjö University", "SE", "stint"),
            Partner("Öberg", "Karin", "Norrsjö University", "SE", "ssf"),
            Partner("Holm", "Siv", "Västerby Institute", "SE", "vinnova"),
            Partner("Ek", "Maja", "Västerby Institute", "SE", "src"),
        ),
        (Asked("小林 誠", "DEPUTY", "架空医科大学", "JP", "ja", "INVITED"),),
    ),
    PracticeTeam(
        "lead3@demo.example",
        ("鈴木 一郎", "Suzuki", "Ichiro", "スズキ イチロウ"),
        ("架空先端研究センター", "Kakuu Advanced Research Centre"),
        "20000002",
        "小児期から老年期までの腎臓",
        "The kidney from childhood to old age",
        "SUBMITTED",
        (
            Partner("Hughes", "Rhys", "University of Penarth", "GB", "nihr"),
            Partner("Grant", "Fiona", "Loch University", "GB", "bhf"),
            Partner("Okafor", "Ada", "Thames Institute", "GB", "wellcome"),
            Partner("Patel", "Nina", "Thames Institute", "GB", "ukri"),
            Partner("Reid", "Tom", "Loch University", "GB", "cruk"),
        ),
    ),
    PracticeTeam(
        "lead4@demo.example",
        ("田中 美咲", "Tanaka", "Misaki", "タナカ ミサキ"),
        ("架空工科大学", "Kakuu Institute of Technology"),
        "30000003",
        "がん微小環境の時空間地図",
        "A map in space and time of the tumour environment",
        "SUBMITTED",
        (
            Partner("Rivera", "Luz", "Mesa University", "US", "nih-nci"),
            Partner("Kim", "Dana", "Bayview Institute", "US", "nih-nhgri"),
            Partner("Owens", "Pat", "Prairie University", "US", "nih-nia"),
            Partner("Fox", "Lee", "Prairie University", "US", "nih-niaid"),
        ),
    ),
    PracticeTeam(
        "lead5@demo.example",
        ("伊藤 蓮", "Ito", "Ren", "イトウ レン"),
        ("架空県立大学", "Kakuu Prefectural University"),
        "40000004",
        "筋骨格の発生と再生",
        "How muscle and bone develop and heal",
        "SUBMITTED",
        (
            Partner("Stone", "Ira", "Canyon University", "US", "nih-niams"),
            Partner("Wells", "Amy", "Canyon University", "US", "nih-nichd"),
            Partner("Diaz", "Noa", "Harbor Institute", "US", "nih-niddk"),
            Partner("Young", "Max", "Harbor Institute", "US", "nsf"),
        ),
    ),
    PracticeTeam(
        "lead6@demo.example",
        ("渡辺 悠", "Watanabe", "Yu", "ワタナベ ユウ"),
        ("架空総合研究所", "Kakuu Research Institute"),
        "50000005",
        "ゲノム編集による希少疾患研究",
        "Rare diseases studied by genome editing",
        "DRAFT",
        (
            Partner("Walker", "Mia", "Coral Bay University", "AU", "arc"),
            Partner("Chen", "Olivia", "Coral Bay University", "AU", "nhmrc"),
            Partner("Tremblay", "Luc", "Université du Grand Lac", "CA", "cihr"),
            Partner("Roy", "Anne", "Université du Grand Lac", "CA", "tips", programme="CFREF"),
        ),
    ),
    PracticeTeam(
        "lead7@demo.example",
        ("山本 直樹", "Yamamoto", "Naoki", "ヤマモト ナオキ"),
        ("架空国際大学", "Kakuu International University"),
        "60000006",
        "血液脳関門の国際比較研究",
        "The blood-brain barrier compared across cohorts",
        "WITHDRAWN",
        (
            Partner("Durand", "Paul", "Université de Rivebelle", "FR", "anr"),
            Partner("Petit", "Zoé", "Université de Rivebelle", "FR", "inca"),
            Partner("Becker", "Jonas", "Universität Neustadt", "DE", "dfg"),
        ),
    ),
    PracticeTeam(
        "lead8@demo.example",
        ("中村 さくら", "Nakamura", "Sakura", "ナカムラ サクラ"),
        ("架空女子大学", "Kakuu Women's University"),
        "70000007",
        "睡眠と代謝の連関",
        "Sleep and metabolism",
        "DRAFT",
        (
            Partner("de Vries", "Sanne", "Universiteit Waterland", "NL", "zonmw"),
            Partner("Keller", "Urs", "Hochschule Bergsee", "CH", "snsf", confirmed=False),
        ),
        (
            Asked("Ingrid Dahl", "PARTNER", "University of Fjordvik", "NO", "en", "INVITED"),
            Asked("Owen Price", "PARTNER", "University of Penarth", "GB", "en", "DECLINED"),
            Asked("Lena Vogel", "PARTNER", "Universität Neustadt", "DE", "en", "EXPIRED"),
            Asked("Aiko Tan", "PARTNER", "Bayview Institute", "US", "en", "CLAIMED"),
        ),
    ),
)
AREAS = (
    ("cell", "Cellular Structure and Function", "細胞の構造と機能"),
    ("systems", "Complex Systems of Living Organisms", "生物の複雑系"),
    ("stages", "Human Life Stages", "ヒトのライフステージ"),
)
# (e-mail, agency, role, name): who may look at the staff pages of which agency.
STAFF = (
    ("amed.officer@demo.example", "AMED", "OFFICER", "石川 恵"),
    ("amed.viewer@demo.example", "AMED", "VIEWER", "森 涼"),
    ("amed.approver@demo.example", "AMED", "APPROVER", "清水 薫"),
    ("jst.officer@demo.example", "JST", "OFFICER", "藤田 光"),
)
PASSWORD = "practice-only"  # noqa: S105 -- accounts of a practice server, refused elsewhere
MAIL = (
    "From: {who} <{email}>\r\nTo: {lead}\r\n"
    "Date: Mon, 02 Nov 2026 09:00:00 +0000\r\nSubject: Yes\r\n\r\n"
    "I confirm that I take part, and the facts about my grant are right.\r\n"
)


class PracticeMail:
    """A partner's mail, as a team would upload it."""

    name = "confirmation.eml"
    kind = "eml"

    def __init__(self, who: str, email: str, lead: str) -> None:
        self.content = MAIL.format(who=who, email=email, lead=lead).encode()
        self.sha256 = hashlib.sha256(self.content).hexdigest()
