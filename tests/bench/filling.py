"""Fill a database with applications as a busy call would leave them, in both languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from applications.models import (
    Application,
    Attestation,
    Event,
    Membership,
    Notice,
    ReliedGrant,
    Role,
    Team,
    Version,
)
from directory.models import (
    Agency,
    Call,
    CallArea,
    Grant,
    Institution,
    Researcher,
    User,
    search_key,
)
from tests.bench.numbers import NUMBERS

AT = datetime(2024, 5, 1, 1, 0, tzinfo=UTC)
OPEN_CALL = "bench-open"
BATCH = 2_000
SPREAD = 28  # days on which applications were first submitted
OTHERS = 10  # one application in so many belongs to the other agency's call
STATES = (
    *("SUBMITTED",) * 5,
    *("SCREENING",) * 3,
    *("DRAFT", "RETURNED", "ACCEPTED", "NOT_ACCEPTED", "ADOPTED", "NOT_ADOPTED", "WITHDRAWN"),
)
VERDICTS = ("FITS", "FITS", "FITS", "FITS_IF", "CANNOT_TELL", "DOES_NOT_FIT")
REASONS = ";".join(
    f"{rule}=MET"
    for rule in (
        *("agency_takes_part", "programme_is_targeted", "grant_is_running"),
        *("holder_works_outside_japan", "reference_agrees", "condition_attested"),
    )
)
SUBJECTS = (
    ("細胞記憶", "cell memory"),
    ("免疫老化", "immune ageing"),
    ("腎臓の再生", "kidney regeneration"),
    ("小児がんの起源", "the origin of childhood cancer"),
    ("神経回路の可塑性", "plasticity of neural circuits"),
    ("ミトコンドリアの動態", "mitochondrial dynamics"),
    ("腸内細菌叢", "the gut microbiome"),
)
MANNERS = (
    ("の分子基盤を解き明かす", "Molecular foundations of {}"),
    ("を一細胞解像度で見る", "Seeing {} at single-cell resolution"),
    ("の数理モデル", "Mathematical models of {}"),
    ("に関する国際共同研究", "An international study of {}"),
)
FAMILIES = (("佐藤", "Sato"), ("髙橋", "Takahashi"), ("渡邉", "Watanabe"), ("小林", "Kobayashi"))
GIVENS = (("花子", "Hanako"), ("健", "Ken"), ("美咲", "Misaki"), ("翔太", "Shota"), ("葵", "Aoi"))
ABROAD = (
    *(("Nilsen", "Åse"), ("Müller", "Jürgen"), ("O'Connor", "Siobhán"), ("Moreau", "Élise")),
    *(("Lindqvist", "Björn"), ("García", "Núria"), ("Nguyễn", "Lan")),
)


def prepare() -> User:
    """Make calls of both agencies beside the shipped one, institutions, and a viewer of AMED's."""
    shipped = Call.objects.get(code="amed-2024-3")
    area = shipped.areas.order_by("position").first()
    moments = {"opens_at": AT - timedelta(days=30), "closes_at": AT + timedelta(days=30)}
    always = {"opens_at": AT, "closes_at": datetime(2124, 1, 1, tzinfo=UTC)}
    for code, owner, period in (
        ("bench-amed", "AMED", moments),
        ("bench-jst", "JST", moments),
        (OPEN_CALL, "AMED", always),
    ):
        call = Call.objects.create(
            code=code,
            owner=owner,
            title_en=f"ASPIRE (Alignment), {code}",
            title_ja=f"ASPIRE（アライメント）{code}",
            edition=shipped.edition,
            budget_cap_jpy=shipped.budget_cap_jpy,
            **period,
        )
        CallArea.objects.create(
            call=call, code=area.code, position=1, name_en=area.name_en, name_ja=area.name_ja
        )
    countries = sorted({country for _slug, _text, country, _number in NUMBERS} | {"JP"})
    Institution.objects.bulk_create(
        Institution(
            country=country, name=f"大学{place}" if country == "JP" else name, name_latin=name
        )
        for country in countries
        for place in range(20)
        for name in [f"University {place} of {country}"]
    )
    return User.objects.create_user(
        "viewer@bench.example", name="Viewer", staff_agency="AMED", staff_role="VIEWER"
    )


class Filler:
    """Adds applications up to a number; each with a lead, a partner, a grant, a notice, two events."""

    def __init__(self) -> None:
        self.done = 0
        self.user = User.objects.get(email="viewer@bench.example")
        calls = {call.code: call for call in Call.objects.prefetch_related("areas")}
        self.ours = [calls["amed-2024-3"], calls["bench-amed"]]
        self.theirs = calls["bench-jst"]
        self.agencies = {one.slug: one for one in Agency.objects.all()}
        self.places: dict[str, list[Institution]] = {}
        for one in Institution.objects.order_by("pk"):
            self.places.setdefault(str(one.country), []).append(one)

    def up_to(self, number: int) -> None:
        """Bring the AMED applications to ``number`` (the other agency's to a tenth of it)."""
        while self.done < number:
            end = min(self.done + BATCH, number)
            self._add([(n, self.ours[n % 2]) for n in range(self.done, end)])
            self._add([(n, self.theirs) for n in range(self.done, end, OTHERS)])
            self.done = end
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

    def _add(self, wanted: list[tuple[int, Call]]) -> None:
        teams = Team.objects.bulk_create([Team(created_at=AT) for _one in wanted])
        leads = Researcher.objects.bulk_create([self._lead(n) for n, _call in wanted])
        partners = Researcher.objects.bulk_create([self._partner(n) for n, _call in wanted])
        rows = list(zip(wanted, teams, leads, partners, strict=True))
        members = Membership.objects.bulk_create(
            Membership(team=team, researcher=who, role=role, confirmed_at=AT, confirmed_how="SELF")
            for _one, team, lead, partner in rows
            for who, role in ((lead, Role.LEAD), (partner, Role.PARTNER))
        )
        applications = Application.objects.bulk_create(
            [self._application(n, call, team, lead) for (n, call), team, lead, _partner in rows]
        )
        Version.objects.bulk_create(
            Version(
                application=one,
                number=1,
                content={},
                sha256="0" * 64,
                web_clock=one.submitted_at,
                database_clock=AT - timedelta(days=n % SPREAD),
            )
            for (n, _call), one in zip(wanted, applications, strict=True)
            if one.version
        )
        grants = Grant.objects.bulk_create(
            [self._grant(n, partner) for (n, _call), _team, _lead, partner in rows]
        )
        relied = ReliedGrant.objects.bulk_create(
            [
                ReliedGrant(
                    application=application,
                    grant=grant,
                    verdict=application.best_verdict,
                    reasons=REASONS,
                    cautions="COUNTRY_DIFFERS" if grant.pk % 9 == 0 else "",
                    added_at=AT,
                )
                for application, grant in zip(applications, grants, strict=True)
            ]
        )
        Attestation.objects.bulk_create(
            Attestation(relied=one, code="ERC_SCOPE", answer="GIVEN", at=AT)
            for one in relied
            if one.grant.agency is self.agencies["erc"]
        )
        Notice.objects.bulk_create(self._notices(applications, members[1::2], grants))
        Event.objects.bulk_create(
            Event(application=one, act=act, user=self.user, at=one.changed_at, to_state=one.status)
            for one in applications
            for act in (("CREATED", "SUBMIT") if one.receipt else ("CREATED",))
        )

    def _lead(self, n: int) -> Researcher:
        (family, latin), (given, given_latin) = FAMILIES[n % 4], GIVENS[n % 5]
        who = Researcher(
            name=f"{family} {given}",
            family_latin=latin,
            given_latin=given_latin,
            email=f"lead{n}@bench.example",
            erad_number=f"{n:08}",
            institution=self.places["JP"][n % 20],
            language="ja",
        )
        return _searchable(who)

    def _partner(self, n: int) -> Researcher:
        family, given = ABROAD[n % 7]
        country = NUMBERS[n % len(NUMBERS)][2]
        who = Researcher(
            name=f"{given} {family}",
            family_latin=family,
            given_latin=given,
            email=f"partner{n}@bench.example",
            institution=self.places[country][n % 20],
        )
        return _searchable(who)

    def _application(self, n: int, call: Call, team: Team, lead: Researcher) -> Application:
        subject_ja, subject_en = SUBJECTS[n % 7]
        manner_ja, manner_en = MANNERS[n % 4]
        title_ja = f"{subject_ja}{manner_ja}（第{n}研究）"
        title_en = f"{manner_en.format(subject_en)}, study {n}"
        one = Application(
            team=team,
            call=call,
            status=STATES[n % len(STATES)],
            field="healthcare",
            title_ja=title_ja,
            title_en=title_en,
            abstract_en=f"We ask how {subject_en} comes about. " * 20,
            area=call.areas.all()[0],
            years=3 + n % 3,
            budget_jpy=50_000_000 + n,
            explanation="No grant fits yet; the award letter is expected." if n % 50 == 0 else "",
            best_verdict=VERDICTS[n % 6],
            created_at=AT,
            changed_at=AT + timedelta(seconds=n),
        )
        if one.status not in ("DRAFT", "WITHDRAWN"):
            one.edition_id, one.version, one.submitted_by = call.edition_id, 1, self.user
            one.receipt = f"{call.owner[:3]}A-{n:09}"[:19]
            one.submitted_at = AT + timedelta(seconds=n)
            one.returned_until = AT if one.status == "RETURNED" else None
            one.return_reason = "The area" if one.status == "RETURNED" else ""
        one.search_text = search_key(one.receipt or "", title_ja, title_en, lead.search_text)
        return one

    def _grant(self, n: int, holder: Researcher) -> Grant:
        slug, text, _country, number = NUMBERS[n % len(NUMBERS)]
        return Grant(
            holder=holder,
            agency=self.agencies.get(slug),
            agency_other="" if slug else text,
            reference=number(n),
            key=number(n),
            title=f"Grant {n}",
            starts_on=date(2022, 4, 1),
            ends_on=date(2026, 3, 31) if n % 3 else None,
        )

    @staticmethod
    def _notices(
        applications: list[Application], partners: list[Membership], grants: list[Grant]
    ) -> Iterator[Notice]:
        for application, holder, grant in zip(applications, partners, grants, strict=True):
            if grant.agency:
                yield Notice(
                    application=application,
                    holder=holder,
                    body=grant.agency,
                    agency=grant.agency,
                    strength="REQUESTED",
                    trigger="UPON_APPLICATION",
                    state="DUE" if application.receipt else "NOT_YET_DUE",
                    due_on=AT.date() if application.receipt else None,
                )


def _searchable(who: Researcher) -> Researcher:
    who.search_text = search_key(who.name, who.family_latin, who.given_latin, who.email)
    return who
