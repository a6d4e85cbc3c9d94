"""The evidence of a submitted version: both languages to print, and one JSON to keep and judge again."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from applications import actions, permissions
from applications.models import Application, Version
from applications.queries.evidence import evidence_of
from applications.queries.fingerprints import fingerprint
from applications.views.evidence_words import words_of
from applications.views.receipts import answers_in_words
from directory.formatting import is_japanese

IN_ENGLISH = ("en", "ja")
IN_JAPANESE = ("ja", "en")


def _opened(request: HttpRequest, number: str, version: int, page: str) -> tuple[Version, Any]:
    """Return the version and its evidence as this reader may have it; of staff it is recorded.

    :raises Http404: no such receipt or version that the reader may see
    :raises PermissionDenied: a member of the team who is neither lead nor deputy
    """
    now = timezone.now()
    application = (
        Application.objects.visible_to(request.user)
        .filter(receipt=number.upper())
        .select_related("call", "team")
        .first()
    )
    if application is None:
        raise Http404
    if not permissions.may_read_evidence(request.user, application):
        raise PermissionDenied
    found = (
        application.versions.select_related("by")
        .prefetch_related("people")
        .filter(number=version)
        .first()
    )
    if found is None:
        raise Http404
    for_staff = permissions.reads_as_staff(request.user, application)
    if for_staff:
        actions.record_evidence_use(version_id=found.pk, page=page, by=request.user, at=now)
    return found, evidence_of(found, for_staff=for_staff, now=now)


@require_safe
def evidence(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """The evidence in both languages, the reader's own first, made to be printed or kept as PDF."""
    found, document = _opened(request, number, version, "evidence")
    sheets = []
    for code in IN_JAPANESE if is_japanese(get_language()) else IN_ENGLISH:
        with override(code):
            answers = document["sealed"]["inputs"]["answers"]
            words = words_of(document) | {
                "answers": answers_in_words(found.application, answers),
                "code": code,
            }
        sheets.append(words)
    context = {
        "application": found.application,
        "for_staff": permissions.reads_as_staff(request.user, found.application),
        "practice_banner": found.application.call.is_practice,
        "version": found,
        "others": [
            one
            for one in found.application.versions.order_by("number").values_list(
                "number", flat=True
            )
            if one != found.number
        ],
        "intact": fingerprint(found.content) == found.sha256,
        "sheets": sheets,
    }
    return render(request, "applications/evidence.html", context)


@require_safe
def evidence_json(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """The evidence as one file; ``judge_again`` reads it."""
    found, document = _opened(request, number, version, "evidence.json")
    name = f"evidence-{found.application.receipt}-v{found.number}.json"
    response = HttpResponse(
        json.dumps(document, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
