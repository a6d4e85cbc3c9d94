"""Makers of directory rows for tests: every value fixed, every constraint met."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from directory import models
from tests.append_only import lifted

OPENS_AT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
CLOSES_AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)  # 12:00 in Japan
PUBLISHED_AT = datetime(2024, 7, 2, 15, 0, tzinfo=UTC)  # midnight in Japan


class UserFactory(DjangoModelFactory):
    """An account; ``UserFactory(staff_agency="AMED", staff_role="VIEWER")`` is staff."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password("correct horse battery")


class CountryFactory(DjangoModelFactory):
    """Norway by default; the same code gives the same row."""

    class Meta:
        model = models.Country
        django_get_or_create = ("code",)

    code = "NO"
    name_en = factory.Maybe(
        factory.LazyAttribute(lambda o: o.code == "NO"), "Norway", factory.SelfAttribute("code")
    )
    name_ja = factory.Maybe(
        factory.LazyAttribute(lambda o: o.code == "NO"), "ノルウェー", factory.SelfAttribute("code")
    )


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = models.Agency
        django_get_or_create = ("slug",)

    slug = factory.Sequence(lambda n: f"funder-{n}")
    acronym = factory.LazyAttribute(lambda o: o.slug.upper())
    name_en = factory.LazyAttribute(lambda o: f"Research Council {o.acronym}")
    name_ja = factory.LazyAttribute(lambda o: f"研究会議 {o.acronym}")
    country = factory.SubFactory(CountryFactory)


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = models.Programme

    agency = factory.SubFactory(AgencyFactory)
    code = factory.Sequence(lambda n: f"P{n}")
    name_en = factory.LazyAttribute(lambda o: f"Programme {o.code}")
    name_ja = factory.LazyAttribute(lambda o: f"プログラム {o.code}")


class GrantFormatFactory(DjangoModelFactory):
    class Meta:
        model = models.GrantFormat

    agency = factory.SubFactory(AgencyFactory)
    position = factory.Sequence(lambda n: n + 1)
    pattern = r"(\d{6})"
    examples = factory.LazyFunction(lambda: ["300281"])


class EditionFactory(DjangoModelFactory):
    """Published; ``EditionFactory(published_at=None)`` is a draft."""

    class Meta:
        model = models.Edition
        django_get_or_create = ("code",)

    code = "amed-2024-07-01"
    owner = "AMED"
    as_of = date(2024, 7, 1)
    updated_on = date(2024, 7, 3)
    source = "https://www.amed.go.jp/en/program/list/20/01/009.html"
    published_at = PUBLISHED_AT


class InEdition(DjangoModelFactory):
    """Puts rows into published editions, too, which the database refuses to everybody else."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        edition = kwargs["edition"] if "edition" in kwargs else kwargs["participation"].edition
        if edition.published_at is None:
            return super()._create(model_class, *args, **kwargs)
        with lifted(model_class._meta.db_table):
            return super()._create(model_class, *args, **kwargs)


class ParticipationFactory(InEdition):
    class Meta:
        model = models.Participation
        skip_postgeneration_save = True

    edition = factory.SubFactory(EditionFactory)
    agency = factory.SubFactory(AgencyFactory)
    position = factory.Sequence(lambda n: n + 1)
    kind = "EXISTING"
    summary_en = factory.LazyAttribute(lambda o: f"What {o.agency.acronym} asks.")
    summary_ja = factory.LazyAttribute(lambda o: f"{o.agency.acronym}が求めること。")

    @factory.post_generation
    def programmes(self, create, extracted, **kwargs):
        if create and extracted:
            with lifted(models.Participation.programmes.through._meta.db_table):
                self.programmes.set(extracted)


class NoticeRuleFactory(InEdition):
    """Asked to tell the grant's own officer upon application, as RCN's row says."""

    class Meta:
        model = models.NoticeRule

    participation = factory.SubFactory(ParticipationFactory)
    strength = "REQUESTED"
    trigger = "UPON_APPLICATION"
    recipient = "GRANT_CONTACT"
    body = factory.SelfAttribute("participation.agency")

    class Params:
        enquiry = factory.Trait(
            strength="ENQUIRY",
            trigger="ANY_TIME",
            recipient="ADDRESS",
            address="questions@funder.example",
        )
        silent = factory.Trait(strength="NONE_STATED", trigger="", recipient="", body=None)


class ConditionFactory(InEdition):
    class Meta:
        model = models.Condition

    participation = factory.SubFactory(ParticipationFactory)
    code = "ERC_SCOPE"


class CallFactory(DjangoModelFactory):
    class Meta:
        model = models.Call
        django_get_or_create = ("code",)

    code = "amed-2026-1"
    owner = "AMED"
    title_en = "ASPIRE FY2026, first call (Alignment)"
    title_ja = "ASPIRE 2026年度第1回公募（アライメント）"
    track = "ASPIRE-B"
    edition = factory.SubFactory(EditionFactory)
    opens_at = OPENS_AT
    closes_at = CLOSES_AT
    budget_cap_jpy = 115_000_000


class CallAreaFactory(DjangoModelFactory):
    class Meta:
        model = models.CallArea

    call = factory.SubFactory(CallFactory)
    code = factory.Sequence(lambda n: f"area-{n}")
    position = factory.Sequence(lambda n: n + 1)
    name_en = "Cellular Structure and Function"
    name_ja = "細胞の構造と機能"


class InstitutionFactory(DjangoModelFactory):
    class Meta:
        model = models.Institution

    country = "NO"
    name = factory.Sequence(lambda n: f"University {n}")


class ResearcherFactory(DjangoModelFactory):
    """A partner in Norway; ``ResearcherFactory(in_japan=True)`` may lead a team."""

    class Meta:
        model = models.Researcher

    name = factory.Sequence(lambda n: f"Kari Nordmann {n}")
    family_latin = "Nordmann"
    given_latin = "Kari"
    email = factory.Sequence(lambda n: f"researcher{n}@example.org")
    institution = factory.SubFactory(InstitutionFactory)

    class Params:
        in_japan = factory.Trait(
            name="山田 春男",
            family_latin="Yamada",
            given_latin="Haruo",
            reading="ヤマダ ハルオ",
            erad_number="12345678",
            language="ja",
            institution=factory.SubFactory(InstitutionFactory, country="JP"),
        )


class GrantFactory(DjangoModelFactory):
    """Runs on every fixed day of these factories; ``key`` is the caller's when the number matters."""

    class Meta:
        model = models.Grant

    holder = factory.SubFactory(ResearcherFactory)
    agency = factory.SubFactory(AgencyFactory)
    reference = factory.Sequence(lambda n: f"{300_000 + n}")
    key = factory.SelfAttribute("reference")
    starts_on = date(2024, 1, 1)
    ends_on = date(2027, 12, 31)
