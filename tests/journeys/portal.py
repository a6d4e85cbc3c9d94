"""The portal as a visitor finds it: practice data, every route it has, and a checksum of what it keeps."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone, translation

from applications import actions
from applications.models import (
    Application,
    Invitation,
    Message,
    PersonalLink,
    ReleasedLetter,
    TeamLetter,
)
from applications.models.evidence import Proof
from applications.models.invitation import PERSONAL_LINK_LASTS, token_digest
from directory.models import Call, ErasureRequest, User
from tests.append_only import lifted
from tests.directory.seeds import load_directory
from tests.rows import KeptRows

LEAD = "lead2@demo.example"  # her team has submitted
OFFICER = "amed.officer@demo.example"
INVITATION_TOKEN = "an-open-invitation-of-one-partner-0123456789"
LETTER_TOKEN = "the-letter-of-one-partner-as-it-went-out-0123456789"
PERSONAL_TOKEN = "the-own-page-of-another-partner-0123456789"
# What a visit may write: the session, the list of one's live sessions, the counters of rate limits.
# What staff read of people is recorded: that is what such a visit writes.
TABLES_OF_A_VISIT = {
    *("django_session", "usersessions_usersession", "portal_cache", "applications_datause")
}
_filled = KeptRows()


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver: its name, and its address with gaps."""

    name: str
    pattern: str

    def at(self, samples: dict[str, str], language: str) -> str:
        """The address with real values in its gaps; ``name.gap`` wins over ``gap``."""

        def value(gap: re.Match) -> str:
            return samples.get(f"{self.name}.{gap[1]}") or samples[gap[1]]

        filled = re.sub(r"<(?:\w+:)?(\w+)>", value, self.pattern)
        return "/" + re.sub(r"^(en|ja)/", f"{language}/", filled)


class Visitor(Client):
    """A client that reads streamed answers to their end, so that files are closed."""

    def request(self, **environ):
        response = super().request(**environ)
        if response.streaming:
            response.read = b"".join(response.streaming_content)
        return response


def fill() -> None:
    """Put the shipped directory and the practice teams into the database; made only once.

    Put back where nobody is there yet: the same rows, though their moments are some minutes old.
    """
    if User.objects.exists() or Call.objects.exists():
        make()
    elif _filled:
        with lifted():  # their list is published already, and the database lets no row into it
            _filled.put()
    else:
        fixed = set(filled_tables())
        make()
        _filled.keep([table for table in filled_tables() if table not in fixed])


def make() -> None:
    """Make the practice teams through the portal's own acts, under the settings of this moment."""
    load_directory()
    with override_settings(DEBUG=True), translation.override("en"), open(os.devnull, "w") as away:
        call_command("demo", stdout=away)
        mail_links()


def filled_tables() -> list[str]:
    """The tables that hold a row; before anything is made, those that migrations fill."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        return [table for table in tables if _holds_a_row(cursor, table)]


def _holds_a_row(cursor, table: str) -> bool:
    cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
    return cursor.fetchone() is not None


def mail_links() -> None:
    """Invite the lead's last partner, and give the first a link to their own page."""
    application, holder = _told_of()
    now = timezone.now()
    release_a_letter(application)
    draft_a_team_letter(application)
    actions.request_erasure(
        by=User.objects.get(email="lead2@demo.example"), note="All of it", at=now
    )
    asked = application.team.memberships.partners().exclude(pk=holder.pk).order_by("pk").last()
    invitation = actions.invite(
        application_id=application.pk,
        membership_id=asked.pk,
        agency_id=None,
        by=application.team.created_by,
        at=now,
    )
    Invitation.objects.filter(pk=invitation.pk).update(token_digest=token_digest(INVITATION_TOKEN))
    PersonalLink.objects.create(
        membership=holder,
        token_digest=token_digest(PERSONAL_TOKEN),
        created_at=now,
        expires_at=now + PERSONAL_LINK_LASTS,
    )


def release_a_letter(application: Application) -> None:
    """Let one letter of the team have left, whose link a funder holds."""
    notice, now = application.notices.order_by("pk")[1], timezone.now()
    sent = {"state": "HANDED_OVER", "created_at": now, "available_at": now, "handed_over_at": now}
    message = Message.objects.create(
        dedupe_key="a letter", kind="NOTICE", application=application, notice=notice,
        recipient="officer@funder.example", subject="A letter", text="Dear officer", **sent,
    )  # fmt: skip
    ReleasedLetter.objects.create(
        notice=notice,
        message=message,
        template_version="shipped",
        token_digest=token_digest(LETTER_TOKEN),
        released_at=now,
        released_by_member=notice.holder,
        expires_at=now + PERSONAL_LINK_LASTS,
    )
    notice.state, notice.channel, notice.done_on = "HANDED_OVER", "PORTAL", now.date()
    notice.done_to, notice.done_by_member = message.recipient, notice.holder
    notice.save()


def draft_a_team_letter(application: Application) -> None:
    """Let a letter to the team wait for an officer, though nobody has decided yet."""
    officer = User.objects.get(email=OFFICER)
    TeamLetter.objects.create(
        application=application, act="ACCEPT", language="en", subject="Your application",
        text="It was accepted.", drafted_at=timezone.now(), drafted_by=officer,
    )  # fmt: skip


def _told_of():
    """The lead's application, and the member who holds the first grant with a notice."""
    application = Application.objects.get(team__created_by__email=LEAD)
    return application, application.notices.order_by("pk").first().holder


def routes() -> list[Route]:
    """Every route of the resolver but the admin's own, in order."""
    with translation.override("en"):
        return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns, prefix: str, names: str) -> Iterator[Route]:
    for entry in patterns:
        text = prefix + str(entry.pattern)
        if "static/" in text:
            continue  # of a development server; there only if DEBUG was on when the routes were read
        if isinstance(entry, URLPattern):
            yield Route(names + (entry.name or text), text)
        elif isinstance(entry, URLResolver) and entry.app_name != "admin":
            space = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from _walk(entry.url_patterns, text, space)


# Pages about somebody whose invitation waits for an answer.
INVITED = tuple(
    f"applications:person_{name}.pk" for name in ("invite", "remind", "address", "uninvite")
)
MAIL = tuple(
    f"applications:staff_mail_{name}.pk"
    for name in ("one", "hold", "again", "tell", "discard", "bounced")
)
SCREENED = tuple(f"applications:staff_{name}.pk" for name in ("decide", "note", "assign"))
TEAM_LETTER = tuple(
    f"applications:staff_team_letter{page}.pk" for page in ("", "_release", "_drop")
)


def samples() -> dict[str, str]:
    """Values for the gaps of routes, all of the lead's own team."""
    application, holder = _told_of()
    relied = application.relied.filter(grant__holder=holder.researcher).order_by("pk").first()
    notice = application.notices.order_by("pk").first()
    invitation = Invitation.objects.filter(application=application).order_by("pk").first()
    asked = Invitation.objects.get(token_digest=token_digest(INVITATION_TOKEN)).membership
    theirs = application.relied.filter(grant__holder=asked.researcher).first()
    own = {f"applications:{way}_{page}.pk": str(pk) for way in ("personal", "mine") for page, pk in [
        ("grant", relied.grant_id), ("condition", relied.grant_id),
        ("notice", notice.pk), ("notice_eml", notice.pk), ("notice_release", notice.pk),
    ]}  # fmt: skip
    links = {f"{one.name}.token": PERSONAL_TOKEN for one in routes() if "me/<" in one.pattern}
    proof = Proof.objects.filter(application=application).order_by("pk").first()
    return {
        "ref": application.team.ref,
        "number": application.receipt,
        "version": str(application.version),
        "token": INVITATION_TOKEN,
        **links,
        **own,
        "applications:invitation_grant.pk": str(theirs.grant_id),
        "slug": "nih-nci",
        "code": "amed-2024-3",
        "edition": "amed-2024-07-01",
        "applications:match_under.edition": "amed-2024-07-01",
        "owner": "amed",
        "occasion": "asked",
        "body": "all",
        "name": "applications",
        "figure": "funnel",
        "person": str(holder.pk),
        "pk": str(holder.pk),
        "applications:grant_edit.pk": str(relied.grant_id),
        "applications:grant_remove.pk": str(relied.grant_id),
        "applications:attest.pk": str(relied.grant_id),
        "applications:notice.pk": str(notice.pk),
        "applications:notice_eml.pk": str(notice.pk),
        "applications:notice_remind.pk": str(holder.pk),
        "applications:notice_release.pk": str(notice.pk),
        "applications:acknowledge.token": LETTER_TOKEN,
        "applications:proof.pk": str(proof.pk),
        **dict.fromkeys(INVITED, str(invitation.membership_id)),
        "applications:claim.pk": str(invitation.pk),
        "applications:staff_bounced.pk": str(invitation.pk),
        **dict.fromkeys(MAIL, str(Message.objects.filter(application=application).last().pk)),
        "applications:staff_hand_over.pk": str(application.pk),
        "applications:staff_application.pk": str(application.pk),
        **dict.fromkeys(SCREENED, str(application.pk)),
        "applications:staff_erasure.pk": str(ErasureRequest.objects.get().pk),
        "act": "take-into-screening",
        **dict.fromkeys(TEAM_LETTER, str(TeamLetter.objects.get(application=application).pk)),
    }


def signed_in(email: str, **options) -> Visitor:
    """A client of this practice account; of a visitor where the address is empty."""
    client = Visitor(raise_request_exception=False, **options)
    if email:
        client.force_login(
            User.objects.get(email=email),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
    return client


def checksum() -> dict[str, str]:
    """A hash of each table's rows, but of those that a visit may write."""
    sums = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table not in TABLES_OF_A_VISIT:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
                rows = "\n".join(sorted(map(repr, cursor.fetchall())))
                sums[table] = hashlib.sha256(rows.encode()).hexdigest()
    return sums


def crawl(client: Client, starts: list[str], most_queries: int = 3) -> dict[str, object]:
    """Follow every link of our own from these addresses.

    A path is visited with a few queries only, and of addresses that differ by a number only
    (the admin has hundreds) the first three.
    """
    waiting, seen = list(starts), {}
    queries, shapes = Counter(), Counter()
    while waiting:
        address = waiting.pop()
        path, _mark, query = address.partition("?")
        shape = re.sub(r"\d+", "0", path)
        few = queries[path] < most_queries if query else shapes[shape] < 3 or address in starts
        if address in seen or not few:
            continue
        queries[path] += bool(query)
        shapes[shape] += not query
        response = seen[address] = client.get(address)
        if response.get("Content-Type", "").startswith("text/html"):
            links = re.findall(r'href="(/[^"#]*)', response.content.decode())
            waiting += [link.replace("&amp;", "&") for link in links if _page(link)]
        elif response.get("Location", "").startswith("/"):
            waiting.append(response["Location"])
    return seen


def _page(link: str) -> bool:
    return not link.startswith(("//", "/static/")) and not link.endswith((".css", ".js", ".svg"))
