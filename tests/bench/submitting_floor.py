"""A bare form POST that writes as many rows of the same kinds as submitting does, in one transaction."""

from datetime import timedelta

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from applications.models import (
    Application,
    Event,
    Membership,
    Message,
    Notice,
    ReliedGrant,
    Version,
    VersionPerson,
    readable_code,
)


class PlainForm(forms.Form):
    seen = forms.CharField(max_length=64)
    confirmed = forms.BooleanField()


def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the form asks for without judging, locking or freezing anything."""
    form = PlainForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.as_p(), status=422)
    now = timezone.now()
    with transaction.atomic():
        one = get_object_or_404(
            Application.objects.select_related("call"),
            pk=pk,
            team__memberships__researcher__user=request.user,
        )
        members = list(Membership.objects.filter(team=one.team_id).select_related("researcher"))
        relied = list(ReliedGrant.objects.filter(application=one).select_related("grant__agency"))
        one.status, one.edition_id, one.receipt = (
            "SUBMITTED",
            one.call.edition_id,
            readable_code(16),
        )
        one.submitted_at = one.changed_at = now
        one.submitted_by, one.version = request.user, one.version + 1
        one.save()
        version = Version.objects.create(
            application=one,
            number=1,
            content={"title": one.title_en},
            sha256=form.cleaned_data["seen"],
            web_clock=now,
            database_clock=now,
            by=request.user,
        )
        VersionPerson.objects.bulk_create(
            VersionPerson(
                version=version,
                pseudonym=f"P{member.pk}",
                researcher=member.researcher,
                values={"name": member.researcher.name},
            )
            for member in members
        )
        for grant in relied:
            grant.verdict = "FITS"
        ReliedGrant.objects.bulk_update(relied, ["verdict"])
        Event.objects.create(application=one, act="SUBMIT", user=request.user, at=now)
        holders = {member.researcher_id: member for member in members}
        Notice.objects.bulk_create(
            Notice(
                application=one,
                holder=holders[grant.grant.holder_id],
                body=grant.grant.agency,
                agency=grant.grant.agency,
                strength="REQUESTED",
                state="DUE",
            )
            for grant in relied
        )
        Message.objects.create(
            dedupe_key=f"floor:{one.pk}",
            kind="RECEIPT",
            application=one,
            recipient=request.user.email,
            subject="Receipt",
            text=one.receipt,
            created_at=now,
            available_at=now + timedelta(seconds=1),
        )
    return redirect(f"/floor/list/{one.pk}/")
