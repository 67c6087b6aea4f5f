"""/v1/account/number-series, and the register of every number that was ever given out."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Count
from django.http import HttpRequest, HttpResponse

from billing.models import CreditNote, Invoice, NumberRegister, NumberSeries, Payment, Quote, Refund
from billing.numbering import NumberAlreadyUsed, new_series, period_of
from billing.operations.number_series import update_number_series
from billing.queries.number_register import number_span
from core.errors import NotFound
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.fields import Choice, Pattern, Text, Whole
from integrations.dialects.base.pagination import (
    MAX_LIMIT,
    PageRequest,
    SortKey,
    read_page,
    read_whole,
)
from integrations.dialects.base.query import Query
from integrations.dialects.enterprise.bodies.account import NUMBER_SERIES as SERIES_BODY
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.presenters.account import (
    present_number,
    present_number_series,
)
from integrations.dialects.enterprise.shapes.account import (
    NUMBER_SERIES,
    NUMBER_SERIES_LIST,
    NUMBERS,
)
from integrations.dialects.enterprise.views.base import EnterpriseView
from integrations.dialects.enterprise.words import NUMBERED_DOCUMENTS

_SETTINGS = ("settings:write",)
_MODELS: dict[str, tuple[type[Any], str]] = {
    NumberSeries.Document.INVOICE: (Invoice, "invoice"),
    NumberSeries.Document.CREDIT_NOTE: (CreditNote, "credit note"),
    NumberSeries.Document.QUOTE: (Quote, "quote"),
    NumberSeries.Document.PAYMENT: (Payment, "payment"),
    NumberSeries.Document.REFUND: (Refund, "refund"),
}
_BY_NUMBER = {"n": (SortKey("n", read_whole),)}
REGISTER = Query(
    {
        "document": Choice(table=NUMBERED_DOCUMENTS),
        "period": Pattern(pattern=r"\d{4}(-\d{2})?", example="2025", most=7),
        "series": Text(most=50),
        "limit": Whole(least=1, most=MAX_LIMIT),
        "cursor": Text(most=1000),
    }
)


class NumberSeriesList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List number series",
            scopes=_SETTINGS,
            answer=NUMBER_SERIES_LIST,
            description="One of each kind of document, and whatever further ones there are.",
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        organization_id = self.actor.organization_id
        kept = list(NumberSeries.objects.of(organization_id).order_by("document", "name"))
        # A series is made when its first number is taken; until then it is shown as it will be.
        missing = NUMBERED_DOCUMENTS.ours - {series.document for series in kept}
        every = [*kept, *(_planned(organization_id, document, self.at) for document in missing)]
        every.sort(key=lambda series: NumberSeries.Document.values.index(series.document))
        shown = [present_number_series(series, self.today) for series in every]
        return self.answer({"object": "list", "data": shown, "has_more": False})


class NumberSeriesDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve a number series", scopes=_SETTINGS, answer=NUMBER_SERIES),
        **partial_update(
            Endpoint(
                summary="Change a number series",
                scopes=_SETTINGS,
                body=SERIES_BODY,
                answer=NUMBER_SERIES,
                description=(
                    "`next_number` continues a series that was begun elsewhere, in the period of"
                    " today. A change that would come to a used number again is refused."
                ),
                errors=(NumberAlreadyUsed,),
                example={"pattern": "INV-{YYYY}-{n:05}", "next_number": 10332},
            )
        ),
    }

    def get(self, request: HttpRequest, document: str) -> HttpResponse:
        kind = _document(document)
        organization_id = self.actor.organization_id
        found = NumberSeries.objects.of(organization_id).filter(document=kind, name="default")
        series = found.first() or _planned(organization_id, kind, self.at)
        return self.answer(present_number_series(series, self.today))

    def put(self, request: HttpRequest, document: str) -> HttpResponse:
        series = update_number_series(
            actor=self.actor,
            at=self.at,
            on=self.today,
            document=_document(document),
            **self.body(),
        )
        return self.answer(present_number_series(series, self.today))

    patch = put


class NumberRegisterReport(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Report the number register",
            scopes=("reports:read",),
            query=REGISTER,
            answer=NUMBERS,
            description=(
                "Every number of one series and period from the first to the last, with its"
                " fate. `document` is invoice unless given, `period` that of today."
            ),
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        document = query.pop("document", NumberSeries.Document.INVOICE)
        name = query.pop("series", "default")
        organization_id = self.actor.organization_id
        series = (
            NumberSeries.objects.of(organization_id).filter(document=document, name=name).first()
        )
        today = self.today
        planned = series or _planned(organization_id, document, self.at, name)
        period = query.pop("period", period_of(planned, today))
        series_id = series.pk if series else 0
        rows = NumberRegister.objects.of(organization_id).filter(series_id=series_id, period=period)
        span = number_span(organization_id, document, period, name)
        found = read_page(rows, PageRequest.taken_from(query), sorts=_BY_NUMBER, default_sort="n")
        counts = dict(rows.order_by().values_list("fate").annotate(count=Count("pk")))
        ids = _document_ids(organization_id, document, found.rows)
        return self.answer(
            {
                "object": "number_register",
                "document": document,
                "series": name,
                "period": period,
                "first": span.first,
                "last": span.last,
                "missing": span.missing,
                "counts": {fate: counts.get(fate, 0) for fate in NumberRegister.Fate.values},
                "data": [present_number(row, ids.get(row.document_id)) for row in found.rows],
                "has_more": found.has_more,
                "next_cursor": found.next_cursor,
                "total_count": found.total_count,
            }
        )


def _document(text: str) -> str:
    """The kind of document in a path, spelled with dashes or underscores. Raises NotFound."""
    kind = text.replace("-", "_")
    if kind not in NUMBERED_DOCUMENTS.ours:
        raise NotFound(noun="number series", id=text)
    return kind


def _planned(organization_id: int, document: str, at: Any, name: str = "default") -> NumberSeries:
    """The series as it will be made when its first number is taken."""
    return new_series(organization_id=organization_id, document=document, at=at, name=name)


def _document_ids(
    organization_id: int, document: str, entries: Iterable[NumberRegister]
) -> dict[int | None, str]:
    model, noun = _MODELS[document]
    pks = [entry.document_id for entry in entries if entry.document_id]
    rows = model.objects.of(organization_id).filter(pk__in=pks).values_list("pk", "uuid")
    return {pk: wire_id(noun, value) for pk, value in rows}
