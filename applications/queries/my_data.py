"""All that the portal holds about one person, as plain values; about nobody else, and no secret.

A team is its reference and the project's title: team mates have their own download. Which field of
which model is in, and why another is not, is decided in tests/applications/my_data_decisions.py.
"""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db.models import QuerySet
from django.db.models.functions import Lower

from applications.models import Message, PersonalLink, Proof, Team
from applications.queries import my_record
from applications.queries.erasures import WITHDRAWN
from applications.queries.my_record import (
    PROOF,
    Row,
    columns,
    plain,
    project_named,
    team_named,
)
from directory.models import ErasureRequest, User

FORMAT = 1  # counted up when a key changes its meaning or goes
ACCOUNT = (
    *("email", "name", "language", "time_zone", "is_active"),
    *("staff_agency", "staff_role", "is_superuser", "date_joined", "last_login"),
)
MESSAGE = (
    *("kind", "recipient", "state", "created_at", "available_at", "expires_at", "attempts"),
    *("handed_over_at", "reply_code", "error"),
)


def my_data(user: User, at: datetime) -> Row:
    """Return everything about ``user``, made at the moment ``at``; the keys are stable."""
    addresses = list(EmailAddress.objects.filter(user=user).order_by("pk"))
    proved = [one.email.lower() for one in addresses if one.verified]
    return {
        "format": FORMAT,
        "made_at": plain(at),
        "account": columns(user, ACCOUNT) | {"has_password": user.has_usable_password()},
        "email_addresses": [
            {"email": one.email, "verified": one.verified, "preferred": one.primary}
            for one in addresses
        ],
        **_sign_in(user),
        "researchers": my_record.researchers_of(user),
        "grants": my_record.grants_of(user),
        "attestations": my_record.attestations_of(user),
        "notices": my_record.notices_of(user),
        "letters": my_record.letters_of(user),
        "invitations": my_record.invitations_of(user, proved),
        "personal_links": [
            team_named(one.membership.team)
            | columns(one, ("created_at", "expires_at", "revoked_at"))
            for one in PersonalLink.objects.filter(membership__researcher__user=user)
            .select_related("membership__team")
            .order_by("pk")
        ],
        "mails": [
            (project_named(one.application) if one.application else {}) | columns(one, MESSAGE)
            for one in Message.objects.annotate(folded=Lower("recipient"))
            .filter(folded__in=proved)
            .select_related("application__team")
            .order_by("pk")
        ],
        "events": my_record.events_of(user),
        "uploads": [
            project_named(one.application) | columns(one, PROOF)
            for one in Proof.objects.filter(uploaded_by=user)
            .select_related("application__team")
            .order_by("pk")
        ],
        "teams_formed": [
            team_named(one) | columns(one, ("created_at",))
            for one in Team.objects.filter(created_by=user).order_by("pk")
        ],
        "submitted_versions": my_record.versions_of(user),
        "staff_role_changes": [
            columns(one, ("agency", "role_before", "role_after", "reason", "at"))
            for one in user.role_changes.order_by("pk")
        ],
        "erasure_requests": [
            columns(one, ("note", "requested_at", "handled_at", "answer"))
            | {"withdrawn": one.answer == WITHDRAWN}
            for one in ErasureRequest.objects.filter(user=user).order_by("pk")
        ],
    }


def rows_of_sign_in(app: str, model: str, user: User) -> QuerySet[Any]:
    """Return the person's rows of an optional part of sign-in; none where it is not installed."""
    if not apps.is_installed(f"allauth.{app}"):
        return ErasureRequest.objects.none()
    return apps.get_model(app, model)._default_manager.filter(user=user).order_by("pk")


def _sign_in(user: User) -> Row:
    """Ways to sign in and where one is signed in: what and when, never a key, code or session."""
    return {
        "linked_identities": [
            columns(one, ("provider", "uid", "date_joined", "last_login", "extra_data"))
            for one in rows_of_sign_in("socialaccount", "SocialAccount", user)
        ],
        "second_factors": [
            {"name": str(one)} | columns(one, ("type", "created_at", "last_used_at"))
            for one in rows_of_sign_in("mfa", "Authenticator", user)
        ],
        "sessions": [
            columns(one, ("ip", "user_agent", "created_at", "last_seen_at"))
            for one in rows_of_sign_in("usersessions", "UserSession", user)
        ],
    }
