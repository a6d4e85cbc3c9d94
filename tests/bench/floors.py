"""The plainest Django that does the same work: what the portal's pages are measured against."""

import csv
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.urls import path
from django.views.generic import ListView

from applications.models import Application, Attestation, Membership, ReliedGrant
from applications.workflow import Status
from aspire.urls import urlpatterns as ours
from directory.models import Agency, Call, Country, User
from directory.spreadsheets import safe_cell
from tests.bench import submitting_floor

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Applications</title></head><body>
<h1>Applications</h1>
<form method="get">
<label for="q">Search</label> <input id="q" name="q" value="{{ request.GET.q }}">
<label for="call">Call</label> <select id="call" name="call"><option value="">---</option>
{% for call in calls %}<option value="{{ call.code }}"{% if request.GET.call == call.code %} selected{% endif %}>{{ call.code }}</option>{% endfor %}
</select>
<label for="state">State</label> <select id="state" name="state"><option value="">---</option>
{% for code, label in states %}<option value="{{ code }}"{% if request.GET.state == code %} selected{% endif %}>{{ label }}</option>{% endfor %}
</select>
<label for="verdict">Result</label> <select id="verdict" name="verdict"><option value="">---</option>
{% for code in verdicts %}<option value="{{ code }}"{% if request.GET.verdict == code %} selected{% endif %}>{{ code }}</option>{% endfor %}
</select>
<label for="explained">Explained</label> <select id="explained" name="explained"><option value="">---</option><option value="true">Yes</option><option value="false">No</option></select>
<label for="assigned">Assigned to</label> <select id="assigned" name="assigned"><option value="">---</option>
{% for one in colleagues %}<option value="{{ one.pk }}"{% if request.GET.assigned == one.pk|stringformat:"s" %} selected{% endif %}>{{ one.name }}</option>{% endfor %}
</select>
<label for="country">Country</label> <select id="country" name="country"><option value="">---</option>
{% for one in countries %}<option value="{{ one.code }}"{% if request.GET.country == one.code %} selected{% endif %}>{{ one.name_en }}</option>{% endfor %}
</select>
<label for="agency">Funder</label> <select id="agency" name="agency"><option value="">---</option>
{% for one in agencies %}<option value="{{ one.slug }}"{% if request.GET.agency == one.slug %} selected{% endif %}>{{ one.acronym }}</option>{% endfor %}
</select>
<label for="shares">Shared</label> <select id="shares" name="shares"><option value="">---</option><option value="true">Yes</option><option value="false">No</option></select>
<label for="order">Order</label> <select id="order" name="order"><option value="">---</option><option value="call">Call</option><option value="submitted_at">Submitted</option></select>
<button>Filter</button>
</form>
<p>{{ page_obj.paginator.count }} found</p>
<table>
<tr><th>Receipt</th><th>Call</th><th>State</th><th>Title in English</th><th>Title in Japanese</th><th>Lead</th><th>Best result</th><th>Submitted at</th></tr>
{% for one in object_list %}<tr><td><a href="{% url 'floor_application' one.pk %}">{{ one.receipt|default:one.team.ref }}</a></td><td>{{ one.call.code }}</td><td>{{ one.get_status_display }}</td><td>{{ one.title_en }}</td><td>{{ one.title_ja }}</td><td>{% for lead in one.team.leads %}{{ lead.researcher.name }}{% endfor %}</td><td>{{ one.best_verdict }}</td><td>{{ one.submitted_at|date:"j F Y H:i" }}</td></tr>
{% endfor %}</table>
<p>{% if page_obj.has_previous %}<a href="?page={{ page_obj.previous_page_number }}">Previous</a>{% endif %} Page {{ page_obj.number }} of {{ page_obj.paginator.num_pages }} {% if page_obj.has_next %}<a href="?page={{ page_obj.next_page_number }}">Next</a>{% endif %}</p>
</body></html>"""


class PlainList(ListView):
    """The staff list without anything of ours: same scope, columns, filter fields, page size.

    Of the fields that came with screening the floor offers the choices; it is measured without them.
    """

    paginate_by = 50

    def get_queryset(self) -> QuerySet[Application]:
        user, asked = self.request.user, self.request.GET
        if not user.staff_agency:
            raise PermissionDenied
        found = Application.objects.filter(call__owner=user.staff_agency)
        if call := asked.get("call"):
            found = found.filter(call__code=call)
        if state := asked.get("state"):
            found = found.filter(status=state)
        if verdict := asked.get("verdict"):
            found = found.filter(best_verdict=verdict)
        if explained := asked.get("explained"):
            found = found.filter(~Q(explanation="") if explained == "true" else Q(explanation=""))
        for word in asked.get("q", "").lower().split():
            found = found.filter(search_text__contains=word)
        leads = Membership.objects.filter(role="LEAD", removed_at=None).select_related("researcher")
        return (
            found.select_related("call", "team")
            .prefetch_related(Prefetch("team__memberships", leads, to_attr="leads"))
            .order_by("-changed_at", "-pk")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            calls=Call.objects.filter(owner=self.request.user.staff_agency),
            states=Status.choices,
            verdicts=("FITS", "FITS_IF", "CANNOT_TELL", "DOES_NOT_FIT"),
            colleagues=User.objects.filter(staff_agency=self.request.user.staff_agency),
            countries=Country.objects.exclude(code="EU"),
            agencies=Agency.objects.order_by("acronym"),
            **kwargs,
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> Any:
        return HttpResponse(PAGE_TEMPLATE.render(context, self.request))


PAGE_TEMPLATE = engines["django"].from_string(PAGE)


class Echo:
    """A file that hands back what is written, as Django's own documentation streams CSV."""

    def write(self, line: str) -> str:
        return line


GRANT_COLUMNS = (
    *("application__receipt", "grant__holder__name", "grant__holder__institution__country"),
    *("grant__agency__acronym", "grant__programme__code", "grant__reference"),
    *("grant__starts_on", "grant__ends_on", "verdict", "reasons", "cautions", "attested_at"),
    "application__call__edition__code",
)


def plain_grants(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the grants that the same user may see, row by row."""
    attested = (
        Attestation.objects.filter(relied=OuterRef("pk"), answer="GIVEN")
        .values("relied")
        .annotate(last=Max("at"))
        .values("last")
    )
    rows = (
        ReliedGrant.objects.filter(
            application__call__owner=request.user.staff_agency, removed_at__isnull=True
        )
        .annotate(attested_at=Subquery(attested))
        .order_by("-pk")
        .values_list(*GRANT_COLUMNS)
        .iterator(chunk_size=2000)
    )
    writer = csv.writer(Echo())

    def lines():
        yield "\ufeff"
        yield writer.writerow(GRANT_COLUMNS)
        for row in rows:
            yield writer.writerow([safe_cell(value) for value in row])

    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")


urlpatterns = [
    path("floor/list/", PlainList.as_view()),
    path("floor/list/<int:pk>/", PlainList.as_view(), name="floor_application"),
    path("floor/grants.csv", plain_grants),
    path("floor/submit/<int:pk>/", submitting_floor.submit),
    *ours,
]
