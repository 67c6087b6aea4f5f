"""Whether an invoice's sums agree, by EN 16931. What is not stated is not judged."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from integrations.collectors.parsing.figures import Finding, ParsedInvoice

_ZERO = Decimal(0)


def checked(invoice: ParsedInvoice) -> ParsedInvoice:
    """The invoice with what was found about its sums and about what it leaves out."""
    found = (*_sums(invoice), *_missing(invoice))
    return replace(invoice, findings=(*invoice.findings, *found))


def _sums(invoice: ParsedInvoice) -> Iterator[Finding]:
    totals = invoice.totals
    nets = [line.net for line in invoice.lines]
    if totals.lines is not None and nets and None not in nets:
        yield from _equal("lines_differ", totals.lines, sum((net for net in nets if net), _ZERO))
    if totals.net is not None and totals.lines is not None:
        expected = totals.lines - (totals.allowances or _ZERO) + (totals.charges or _ZERO)
        yield from _equal("net_differs", totals.net, expected)
    taxes = [group.tax for group in invoice.tax_groups]
    if totals.tax is not None and taxes and None not in taxes:
        yield from _equal("tax_differs", totals.tax, sum((tax for tax in taxes if tax), _ZERO))
    if None not in (totals.net, totals.gross):
        expected = (totals.net or _ZERO) + (totals.tax or _ZERO)
        yield from _equal("gross_differs", totals.gross or _ZERO, expected)
    if None not in (totals.gross, totals.payable):
        less = (totals.gross or _ZERO) - (totals.prepaid or _ZERO)
        expected = less + (totals.rounding or _ZERO) + (totals.for_others or _ZERO)
        yield from _equal("payable_differs", totals.payable or _ZERO, expected)


def _missing(invoice: ParsedInvoice) -> Iterator[Finding]:
    wanted = {
        "supplier": invoice.supplier.name,
        "number": invoice.number,
        "issue_date": invoice.issue_date,
        "currency": invoice.currency,
    }
    for name, value in wanted.items():
        if not value:
            yield Finding(code="not_found", about=name)
    if invoice.totals.payable is None and invoice.totals.gross is None:
        yield Finding(code="not_found", about="gross")


def _equal(code: str, stated: Decimal, expected: Decimal) -> Iterator[Finding]:
    if stated != expected:
        yield Finding(code=code, about=f"{stated} / {expected}")
