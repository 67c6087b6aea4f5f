"""Proving the number register: each number once, none missing, each with its document's fate."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Max, Min

from billing.models import (
    CreditNote,
    Invoice,
    NumberCounter,
    NumberRegister,
    NumberSeries,
    Payment,
    Quote,
    Refund,
)
from billing.queries.problems import Problem

Fate = NumberRegister.Fate
_REGISTER = "billing_numberregister"
_MODELS: dict[str, Any] = {
    NumberSeries.Document.INVOICE: Invoice,
    NumberSeries.Document.CREDIT_NOTE: CreditNote,
    NumberSeries.Document.QUOTE: Quote,
    NumberSeries.Document.PAYMENT: Payment,
    NumberSeries.Document.REFUND: Refund,
}
# The fate that goes with a document's state; every other state has an issued number.
_FATES: dict[tuple[str, str], str] = {
    (NumberSeries.Document.INVOICE, "draft"): Fate.RESERVED,
    (NumberSeries.Document.INVOICE, "void"): Fate.VOID,
    (NumberSeries.Document.CREDIT_NOTE, "void"): Fate.VOID,
    (NumberSeries.Document.QUOTE, "draft"): Fate.RESERVED,
    (NumberSeries.Document.PAYMENT, "cancelled"): Fate.VOID,
}
_SHOWN = 10


def check_registers(organization_id: int) -> Iterator[Problem]:
    """No unexplained gap in any series, and the register agrees with the documents."""
    yield from _check_gaps(organization_id)
    for document, model in _MODELS.items():
        yield from _check_documents(organization_id, document, model)


def _check_gaps(organization_id: int) -> Iterator[Problem]:
    rows = NumberRegister.objects.of(organization_id)
    registered = {
        (series_id, period): (count, low, high)
        for series_id, period, count, low, high in rows.values_list("series_id", "period").annotate(
            count=Count("pk"), low=Min("n"), high=Max("n")
        )
    }
    counters = NumberCounter.objects.of(organization_id).select_related("series")
    for counter in counters.order_by("pk"):
        key = (counter.series_id, counter.period)
        first, last = counter.started_after + 1, counter.last
        wanted = max(0, last - first + 1)
        count, low, high = registered.pop(key, (0, first, last))
        if count == wanted and (not count or (low, high) == (first, last)):
            continue
        label = f"{counter.series.document} {counter.period}".strip()
        known = set(rows.filter(series_id=key[0], period=key[1]).values_list("n", flat=True))
        missing = [n for n in range(first, last + 1) if n not in known]
        if missing:
            shown = ", ".join(str(n) for n in missing[:_SHOWN])
            more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
            yield Problem(
                "billing_numbercounter",
                counter.pk,
                label,
                f"numbers {first} to {last} were taken, but the register lacks {shown}{more}.",
            )
        for n in sorted(known - set(range(first, last + 1)))[:_SHOWN]:
            yield Problem(
                "billing_numbercounter",
                counter.pk,
                label,
                f"the register holds number {n}, but the counter stands at {last}.",
            )
    for (series_id, period), (count, *_range) in registered.items():
        finding = f"{count} numbers of {period or 'all time'} have no counter."
        yield Problem("billing_numberseries", series_id, "", finding)


def _check_documents(organization_id: int, document: str, model: Any) -> Iterator[Problem]:
    columns = ("pk", "document_id", "number", "fate")
    rows = NumberRegister.objects.of(organization_id).filter(series__document=document)
    held: dict[int, tuple[int, str, str]] = {}
    for pk, document_id, number, fate in rows.values_list(*columns).order_by("pk"):
        if document_id is None:
            if fate != Fate.CANCELLED:
                yield Problem(_REGISTER, pk, number, f"it is {fate}, but names no {document}.")
        elif document_id in held:
            also = held[document_id][1]
            yield Problem(
                _REGISTER, pk, number, f"{document} {document_id} also holds the number {also}."
            )
        else:
            held[document_id] = (pk, number, fate)
    table = model._meta.db_table
    state = "pk" if model is Refund else "status"
    documents = model.objects.of(organization_id).exclude(number=None).order_by("pk")
    for pk, number, status in documents.values_list("pk", "number", state).iterator():
        row_id, registered, fate = held.pop(pk, (0, "", ""))
        if not row_id:
            yield Problem(table, pk, number, "its number has no row in the number register.")
            continue
        expected = _FATES.get((document, status), Fate.ISSUED)
        if registered != number:
            finding = f"its number is {number}, but the register says {registered}."
            yield Problem(table, pk, number, finding)
        elif fate != expected:
            finding = f"its fate is {fate}, but the {document} is {status}: expected {expected}."
            yield Problem(_REGISTER, row_id, number, finding)
    for document_id, (row_id, number, _fate) in held.items():
        yield Problem(_REGISTER, row_id, number, f"its {document} {document_id} does not exist.")
