"""Uploaded copies: handed back as files to keep, never as pages to run."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from applications.models import Application, Proof
from applications.views.frame import find, read_by_staff

# A saved mail may hold HTML, and a picture may have a page hidden behind it: nothing here may be
# shown in the portal's own name.
CONTENT_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


@require_safe
def proof(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Return one uploaded copy of a team that the reader may see."""
    application = find(request.user, ref)
    seen = Application.objects.visible_to(request.user).filter(team=application.team_id)
    copies = Proof.objects.filter(application__in=seen).select_related("application__call")
    found = copies.filter(pk=pk).first()
    if found is None:
        raise Http404
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=found.name,
        content_type=CONTENT_TYPES.get(found.kind, "application/octet-stream"),
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return read_by_staff(request, found.application, response)
