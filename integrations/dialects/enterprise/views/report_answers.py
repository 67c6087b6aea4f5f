"""What every report of /v1 shares: its formats, and the parameters they all take."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from billing.models import Customer
from billing.queries.lookup import refer
from billing.queries.spans import Span
from billing.reports.csv import csv_chunks
from billing.reports.pdf import report_pdf
from billing.reports.periods import span_of
from billing.reports.table import Table
from integrations.dialects.base.enums import EnumMap
from integrations.dialects.base.fields import Choice, Day, Field
from integrations.dialects.base.query import Query
from integrations.dialects.base.shapes import File
from integrations.dialects.enterprise.views.base import EnterpriseView

_JSON, _CSV, _PDF = "application/json", "text/csv", "application/pdf"
_FORMATS = {"json": _JSON, "csv": _CSV, "pdf": _PDF}
FORMATS = EnumMap.same(_FORMATS)
Section = TypeVar("Section")

# For an endpoint's `also`.
FILES = (
    File(media_type=_CSV, description="The rows, UTF-8, with exact digits and no totals."),
    File(media_type=_PDF, description="The report on paper, at most 10,000 rows."),
)
SPAN: dict[str, Field] = {"start_date": Day(), "end_date": Day()}


def report_query(**parameters: Field) -> Query:
    """The parameters of a report: these, and `format`."""
    return Query({**parameters, "format": Choice(table=FORMATS)})


class ReportView(EnterpriseView):
    """A report as JSON, as a CSV file or on paper: by `format`, or by Accept."""

    def span(self, query: dict[str, Any]) -> Span:
        """`start_date` and `end_date`: by default the year to this day.

        Raises EndBeforeStart, RangeTooLong.
        """
        return span_of(query.get("start_date"), query.get("end_date"), self.today)

    def customer(self, query: dict[str, Any]) -> Customer | None:
        """The customer that `customer_id` names, if it is there. Raises UnknownReference."""
        if "customer_id" not in query:
            return None
        rows = Customer.objects.of(self.actor.organization_id)
        return refer(rows, query["customer_id"], "customer", "customer_id")

    def report(
        self,
        query: dict[str, Any],
        shown: Callable[[], dict[str, Any]],
        table: Callable[[], Table],
    ) -> HttpResponse:
        """The report in the format that was asked for; only that one is built."""
        media_type = self._media_type(query)
        if media_type == _CSV:
            found = table()
            response: Any = StreamingHttpResponse(csv_chunks(found), content_type=_CSV)
            self._name(response, found.file_name("csv"))
        elif media_type == _PDF:
            found = table()
            response = HttpResponse(report_pdf(found, self.organization), content_type=_PDF)
            self._name(response, found.file_name("pdf"))
        else:
            response = self.answer(shown())
        patch_vary_headers(response, ["Accept"])
        return response

    def _media_type(self, query: dict[str, Any]) -> str:
        if "format" in query:
            return _FORMATS[query["format"]]
        # Whoever accepts none of them gets JSON: better an answer than a refusal.
        return self.request.get_preferred_type(list(_FORMATS.values())) or _JSON

    def _name(self, response: HttpResponse, file_name: str) -> None:
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'


def by_currency(
    sections: Sequence[Section], shown: Callable[[Section], dict[str, Any]]
) -> dict[str, Any]:
    """The first currency in the document's shape, and every other one in the same."""
    first, *others = sections
    return {**shown(first), "other_currencies": [shown(section) for section in others]}
