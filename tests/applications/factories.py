"""Makers of teams, applications and their records for tests: fixed moments, every constraint met."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from applications import models
from applications.models.team import readable_code
from directory.models import search_key
from tests.directory.factories import (
    AgencyFactory,
    CallFactory,
    GrantFactory,
    ResearcherFactory,
    UserFactory,
)

CREATED_AT = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)  # 10:00 in Japan
SUBMITTED_AT = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)  # 15:00 in Japan


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = models.Team

    created_at = CREATED_AT


class MembershipFactory(DjangoModelFactory):
    """A confirmed partner in Norway; ``lead`` and ``administrator`` work in Japan."""

    class Meta:
        model = models.Membership

    team = factory.SubFactory(TeamFactory)
    researcher = factory.SubFactory(ResearcherFactory)
    role = models.Role.PARTNER
    confirmed_at = SUBMITTED_AT
    confirmed_how = models.ConfirmedHow.SELF

    class Params:
        lead = factory.Trait(
            role=models.Role.LEAD,
            researcher=factory.SubFactory(ResearcherFactory, in_japan=True),
            confirmed_at=None,
            confirmed_how="",
        )
        administrator = factory.Trait(
            role=models.Role.ADMINISTRATOR,
            researcher=factory.SubFactory(ResearcherFactory, in_japan=True),
            confirmed_at=None,
            confirmed_how="",
        )
        unconfirmed = factory.Trait(confirmed_at=None, confirmed_how="")


def receipt() -> str:
    return "-".join(readable_code(4) for _group in range(4))


class ApplicationFactory(DjangoModelFactory):
    """A draft; ``submitted=True`` pins the call's edition and gives a receipt."""

    class Meta:
        model = models.Application

    team = factory.SubFactory(TeamFactory)
    call = factory.SubFactory(CallFactory)
    title_en = factory.Sequence(lambda n: f"Immune maps {n}")
    title_ja = factory.Sequence(lambda n: f"免疫の地図 {n}")
    created_at = CREATED_AT
    changed_at = CREATED_AT
    search_text = factory.LazyAttribute(lambda o: search_key(o.title_en, o.title_ja))

    class Params:
        draft = factory.Trait(status="DRAFT")
        submitted = factory.Trait(
            status="SUBMITTED",
            edition=factory.SelfAttribute("call.edition"),
            receipt=factory.LazyFunction(receipt),
            submitted_at=SUBMITTED_AT,
            submitted_by=factory.SubFactory(UserFactory),
            version=1,
            changed_at=SUBMITTED_AT,
            best_verdict="FITS",
        )


class ReliedGrantFactory(DjangoModelFactory):
    """A grant whose holder is a partner of the application's team."""

    class Meta:
        model = models.ReliedGrant

    application = factory.SubFactory(ApplicationFactory)
    grant = factory.SubFactory(GrantFactory)
    added_at = CREATED_AT


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = models.Notice

    application = factory.SubFactory(ApplicationFactory)
    holder = factory.SubFactory(MembershipFactory, team=factory.SelfAttribute("..application.team"))
    agency = factory.SubFactory(AgencyFactory)
    body = factory.SelfAttribute("agency")
    strength = "REQUESTED"
    trigger = "UPON_APPLICATION"
    state = "DUE"


class EventFactory(DjangoModelFactory):
    class Meta:
        model = models.Event

    application = factory.SubFactory(ApplicationFactory)
    act = models.Happening.CREATED
    by_system = True
    at = CREATED_AT


class ProofFactory(DjangoModelFactory):
    class Meta:
        model = models.Proof

    application = factory.SubFactory(ApplicationFactory)
    file = factory.django.FileField(filename="proof.pdf", data=b"%PDF-1.7")
    name = "proof.pdf"
    kind = "pdf"
    size = 8
    sha256 = "0" * 64
    uploaded_at = CREATED_AT
