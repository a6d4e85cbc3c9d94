"""Pages that ask a person by mail: invite, remind, correct the address, cancel. Only a button acts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, invitation_mail
from applications.actions.inviting import must_be_askable
from applications.forms.inviting import AddressForm, ButtonForm, InviteForm, SendForm
from applications.models import Application, Membership, Role
from applications.models.invitation import MOST_OPEN
from applications.queries.addresses import trusted_addresses
from applications.queries.application import Workspace, workspace
from applications.queries.invitations import asked_by
from applications.views import refusals
from applications.views.frame import form_page, member_of, team_page, writing
from applications.views.invitation_states import shown_invitation
from directory.addresses import doubts
from directory.identifiers import doubt_in_words

Page = Callable[..., HttpResponse]


def page_of(role: str) -> str:
    """The page that lists people of this role."""
    return "team_people" if role == Role.PARTNER else "team_japan"


def doubts_about(application: Application, member: Membership, email: str) -> list[str]:
    """Return what looks like a slip in an address that is to be this member's, in words."""
    known = trusted_addresses(application, besides=member)
    found = doubts(email, country=member.researcher.country, known=known)
    return [doubt_in_words(email, one) for one in found]


def ask_about_address(request: HttpRequest, application: Application, saved: Membership) -> None:
    """Ask once more about an address that looks like a slip; it is stored as typed."""
    for sentence in doubts_about(application, saved, saved.researcher.email):
        messages.warning(request, sentence)


def _asking(view: Page) -> Page:
    """Give the view the member instead of its number; answer what stands in the way with a page."""

    @wraps(view)
    def guarded(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
        space = workspace(application)
        member = member_of(space, pk)
        try:
            return view(request, space, member)
        except refusals.ASKING as refusal:
            return _in_the_way(request, application, member, refusal)

    return writing(guarded)


def _in_the_way(
    request: HttpRequest, application: Application, member: Membership, refusal: Exception
) -> HttpResponse:
    """Say calmly why nothing is sent now, and what would mend it."""
    now = timezone.now()
    context = refusals.asking_in_words(refusal, application, member) | {
        "person": member.researcher,
        "member": member,
        "state": shown_invitation(asked_by(application.team_id).last.get(member.pk), now),
        "back": reverse(f"applications:{page_of(member.role)}", args=[application.team.ref]),
        "abroad": member.role == Role.PARTNER,
    }
    # Pressed twice, it was sent once: that is no fault of the person who pressed.
    status = 200 if isinstance(refusal, actions.TooSoon) else 409
    template = "applications/invitation_waits.html"
    return team_page(request, template, application, context, here=context["here"], status=status)


def _back(application: Application, member: Membership) -> HttpResponse:
    address = reverse(f"applications:{page_of(member.role)}", args=[application.team.ref])
    return redirect(f"{address}#person-{member.pk}")


def _preview(
    request: HttpRequest, space: Workspace, member: Membership, *, is_reminder: bool
) -> dict[str, Any]:
    """Return exactly what would be sent now, to whom, and its fingerprint."""
    email, language = member.researcher.email, member.researcher.language
    now = timezone.now()
    must_be_askable(space.application, member, request.user, now, is_reminder=is_reminder)
    mail = invitation_mail.invitation_mail(
        application=space.application,
        member=member,
        inviter=request.user,
        email=email,
        language=language,
        expires_at=invitation_mail.lasts_until(now),
        is_reminder=is_reminder,
    )
    return {
        "mail": mail,
        "email": email,
        "mail_language": language,
        "seen": mail.fingerprint(email),
        "member": member,
        "person": member.researcher,
        "most_open": MOST_OPEN,
        "back": reverse(f"applications:{page_of(member.role)}", args=[space.application.team.ref]),
    }


@_asking
def person_invite(request: HttpRequest, space: Workspace, member: Membership) -> HttpResponse:
    """Show exactly what will be sent, to whom and in which language; send it on POST."""
    application = space.application
    form = _invite_form(request, space, member)
    changed = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite(
                application_id=application.pk,
                membership_id=member.pk,
                agency_id=form.agency_id if "funder" in form.fields else None,
                by=request.user,
                at=timezone.now(),
                seen=form.cleaned_data["seen"] or "-",
            )
        except actions.TooSoon:
            return redirect(request.path)
        except actions.Conflict:
            changed = True
        else:
            _sent(request, member)
            return _back(application, member)
    return _show(request, space, member, form, _("Invite by e-mail"), changed=changed)


def _invite_form(request: HttpRequest, space: Workspace, member: Membership) -> SendForm:
    posted = request.POST if request.method == "POST" else None
    button = _("Send the invitation")
    if member.role != Role.PARTNER:
        return SendForm(posted, button=button)
    held = [one.facts.agency for one in space.judged_of(member) if one.facts.agency]
    return InviteForm(
        posted,
        button=button,
        catalogue=space.catalogue,
        edition=space.edition,
        initial={"funder": next(iter(held), "")},
    )


@_asking
def person_remind(request: HttpRequest, space: Workspace, member: Membership) -> HttpResponse:
    """Show the reminder as it will be sent; send it on POST."""
    application = space.application
    if asked_by(application.team_id).open_of(member) is None:
        raise actions.InvitationOver(None)
    posted = request.POST if request.method == "POST" else None
    form = SendForm(posted, button=_("Send the reminder"))
    changed = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.remind(
                application_id=application.pk,
                membership_id=member.pk,
                by=request.user,
                at=timezone.now(),
                seen=form.cleaned_data["seen"] or "-",
            )
        except actions.TooSoon:
            return redirect(request.path)
        except actions.Conflict:
            changed = True
        else:
            _sent(request, member)
            return _back(application, member)
    title = _("Remind of the invitation")
    return _show(request, space, member, form, title, changed=changed, is_reminder=True)


def _show(
    request: HttpRequest,
    space: Workspace,
    member: Membership,
    form: SendForm,
    title: str,
    *,
    changed: bool,
    is_reminder: bool = False,
) -> HttpResponse:
    """Show the preview; ``changed``: it is not what was shown when the button was pressed."""
    context = _preview(request, space, member, is_reminder=is_reminder)
    if form.is_bound:
        form.data = form.data | {"seen": context["seen"]}
    form.initial["seen"] = context["seen"]
    return form_page(
        request,
        space.application,
        form,
        title,
        template="applications/invite.html",
        status=409 if changed else 200,
        changed=changed,
        is_reminder=is_reminder,
        **context,
    )


def _sent(request: HttpRequest, member: Membership) -> None:
    """Say what happens now. Only the mail server's taking it will be known, never more."""
    words = _("The mail to %(email)s is on its way. The state of the invitation stands below.")
    messages.success(request, words % {"email": member.researcher.email})


@_asking
def person_address(request: HttpRequest, space: Workspace, member: Membership) -> HttpResponse:
    """Ask for the right address; save it and send the invitation there on POST."""
    application = space.application
    asked = asked_by(application.team_id)
    if asked.open_of(member) is None:
        raise actions.InvitationOver(None)
    posted = request.POST if request.method == "POST" else None
    form = AddressForm(posted, former=member.researcher.email)
    doubtful: list[str] = []
    if request.method == "POST" and form.is_valid():
        doubtful = doubts_about(application, member, form.cleaned_data["email"])
    if form.is_bound and form.is_valid() and (not doubtful or form.told_already):
        actions.correct_address(
            application_id=application.pk,
            membership_id=member.pk,
            email=form.cleaned_data["email"],
            by=request.user,
            at=timezone.now(),
        )
        member.researcher.email = form.cleaned_data["email"]
        _sent(request, member)
        return _back(application, member)
    if doubtful:
        form.remember()
    return form_page(
        request,
        application,
        form,
        _("Correct the address"),
        doubtful=doubtful,
        template="applications/invitation_act.html",
        lead=_(
            "The link in the mail to the former address stops working at once. "
            "The same invitation goes to the right address with a link of its own."
        ),
        person=member.researcher,
        state=shown_invitation(asked.last.get(member.pk), timezone.now()),
        back=reverse(f"applications:{page_of(member.role)}", args=[application.team.ref]),
    )


@_asking
def person_uninvite(request: HttpRequest, space: Workspace, member: Membership) -> HttpResponse:
    """Ask whether the invitation is to be cancelled; cancel it on POST."""
    application = space.application
    asked, now = asked_by(application.team_id), timezone.now()
    if asked.open_of(member) is None:
        messages.info(request, _("No invitation waits for an answer."))
        return _back(application, member)
    if request.method == "POST":
        actions.cancel_invitation(
            application_id=application.pk, membership_id=member.pk, by=request.user, at=now
        )
        messages.success(request, _("The invitation is cancelled. Its link works no longer."))
        return _back(application, member)
    return form_page(
        request,
        application,
        ButtonForm(button=_("Cancel the invitation")),
        _("Cancel the invitation"),
        template="applications/invitation_act.html",
        lead=_(
            "The link in the mail stops working at once. The person stays in the team, not confirmed. "
            "The portal does not tell the person."
        ),
        person=member.researcher,
        state=shown_invitation(asked.last.get(member.pk), now),
        back=reverse(f"applications:{page_of(member.role)}", args=[application.team.ref]),
    )
