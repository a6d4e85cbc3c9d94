"""The XLSX of 10,000 grants against django-import-export's for the same rows and columns."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from import_export import fields, resources
from import_export.formats.base_formats import XLSX

from applications.models import Application, ReliedGrant
from applications.queries.staff import grants_in
from tests.bench import child
from tests.bench.report import Line, ratio
from tests.bench.timing import by_turns

RUNS = 5
WHOLE = {**child.whole_file("CODES"), "format": "xlsx"}


class GrantResource(resources.ModelResource):
    """The columns of our export of grants, but for those that we read from other tables."""

    receipt = fields.Field("application__receipt")
    holder = fields.Field("grant__holder__name")
    country = fields.Field("grant__holder__institution__country")
    agency = fields.Field("grant__agency__slug")
    programme = fields.Field("grant__programme__code")
    reference = fields.Field("grant__reference")
    starts_on = fields.Field("grant__starts_on")
    ends_on = fields.Field("grant__ends_on")
    verdict = fields.Field("verdict")
    reasons = fields.Field("reasons")
    warnings = fields.Field("cautions")
    edition = fields.Field("application__edition__code")

    class Meta:
        model = ReliedGrant
        fields = (
            *("receipt", "holder", "country", "agency", "programme", "reference", "starts_on"),
            *("ends_on", "verdict", "reasons", "warnings", "edition"),
        )


def measure(client: Client) -> list[Line]:
    """Return the line; both answer with a workbook of the same rows."""
    address, count = child.export_page(), _rows().count()
    if not 10_000 <= count <= 12_000:
        raise RuntimeError(f"not some 10,000 grants but {count}")

    def ours() -> int:
        response = client.post(address, WHOLE)
        if not response.streaming:
            raise RuntimeError(f"{address} gave no file")
        return sum(map(len, response.streaming_content))

    def theirs() -> int:
        dataset = GrantResource().export(_rows())
        if (dataset.width, dataset.height) != (len(GrantResource.Meta.fields), count):
            raise RuntimeError(f"not the same rows: {dataset.width} × {dataset.height}")
        return len(HttpResponse(XLSX().export_data(dataset)).content)

    times = by_turns(ours, theirs, RUNS, warm=1)
    return [ratio(f"XLSX of {count:,} grants, django-import-export", *times, 0.5)]


def _rows() -> QuerySet[ReliedGrant]:
    """The same rows in the same order, read with joins and not one by one."""
    mine = Application.objects.filter(call__owner="AMED")
    return grants_in(mine).select_related(
        "application__edition",
        "grant__holder__institution",
        "grant__agency",
        "grant__programme",
    )
