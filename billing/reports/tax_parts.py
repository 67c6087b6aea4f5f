"""Whose tax it is: the subtotals of documents, divided over the tax profiles in them.

EN 16931 allows one subtotal per category and rate (A22), so a document on which two
profiles agree in both shows them as one, under the first. A return may owe the two to
different offices: here such a subtotal is divided by what each profile's lines put into
it, by largest remainder, so that the parts are the subtotal to the minor unit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Model

from billing.models import (
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Invoice,
    InvoiceLine,
    InvoiceTax,
)
from billing.totals.arithmetic import share_out
from billing.totals.inputs import FIXED

Signature = tuple[str, str, Decimal]
Record = Mapping[str, Any]


# Documents named in one statement.
_CHUNK = 5000


class TaxKey(NamedTuple):
    """What makes one row of the report. `name` only tells taxes without a profile apart."""

    profile_id: int | None
    name: str
    kind: str
    category: str
    rate: Decimal

    @property
    def signature(self) -> Signature:
        return self.kind, self.category, self.rate


@dataclass(slots=True)
class TaxSums:
    """Minor units: what was taxed, the tax, and the tax in the books' currency (BT-111)."""

    base: int = 0
    tax: int = 0
    accounting: int = 0

    def add(self, other: "TaxSums", sign: int = 1) -> None:
        self.base += sign * other.base
        self.tax += sign * other.tax
        self.accounting += sign * other.accounting


@dataclass(frozen=True, slots=True)
class Documents:
    """Which tables one kind of document lies in."""

    model: type[Model]
    taxes: type[Model]
    lines: type[Model]
    field: str


INVOICES = Documents(Invoice, InvoiceTax, InvoiceLine, "invoice")
CREDIT_NOTES = Documents(CreditNote, CreditNoteTax, CreditNoteLine, "credit_note")

Subtotals = dict[int, dict[TaxKey, TaxSums]]


def key_of(profile_id: int | None, name: str, kind: str, category: str, rate: Decimal) -> TaxKey:
    return TaxKey(profile_id, "" if profile_id else name, kind, category, rate)


def subtotals(
    documents: Documents, organization_id: int, ids: Sequence[int]
) -> tuple[Subtotals, Subtotals]:
    """The tax of these documents, twice: as they show it, and per profile.

    Both have the same sums per document. Without shared subtotals they are one.
    """
    merged: set[int] = set()
    shown: Subtotals = defaultdict(dict)
    places: dict[int, dict[int, TaxKey]] = defaultdict(dict)
    rows = documents.taxes.objects.of(organization_id).filter(  # type: ignore[attr-defined]
        **{f"{documents.field}__in": ids}
    )
    columns = "position is_shared tax_profile_id name kind category rate"
    amounts = "base_amount tax_amount accounting_amount"
    for pk, place, is_shared, *what, base, tax, accounting in rows.order_by().values_list(
        f"{documents.field}_id", *columns.split(), *amounts.split()
    ):
        if is_shared:
            merged.add(pk)
        key = key_of(*what)
        shown[pk].setdefault(key, TaxSums()).add(TaxSums(base, tax, accounting))
        places[pk][place - 1] = key
    if not merged:
        return shown, shown
    apart = dict(shown)
    known = {pk: {(key.profile_id, *key.signature) for key in shown[pk]} for pk in merged}
    for pk, bearers in _bearers(documents, organization_id, known).items():
        apart[pk] = _divided(shown[pk], places[pk], bearers)
    return shown, apart


class _Bearer(NamedTuple):
    """A line or charge: its tax rules, and (place, base, tax) of each, before the discount."""

    rules: Sequence[Record]
    taxes: Sequence[Sequence[int]]
    discount: int


def _divided(
    shown: Mapping[TaxKey, TaxSums], places: Mapping[int, TaxKey], bearers: Iterable[_Bearer]
) -> dict[TaxKey, TaxSums]:
    weights: dict[TaxKey, dict[TaxKey, list[int]]] = {key: {} for key in shown}
    for bearer in bearers:
        for rule, (place, base, tax) in zip(bearer.rules, bearer.taxes, strict=True):
            whole = places[place]
            part = key_of(rule.get("tax_profile_id"), rule["name"], *whole.signature)
            weight = weights[whole].setdefault(part, [0, 0])
            weight[0] += base - bearer.discount
            # A fixed tax follows units, not prices.
            weight[1] += tax if whole.kind == FIXED else base - bearer.discount
    divided: dict[TaxKey, TaxSums] = {}
    for whole, sums in shown.items():
        parts = list(weights[whole]) or [whole]
        bases = spread(sums.base, [weights[whole].get(part, [1, 1])[0] for part in parts])
        by_tax = [weights[whole].get(part, [1, 1])[1] for part in parts]
        taxes, accounting = spread(sums.tax, by_tax), spread(sums.accounting, by_tax)
        for part, *amounts in zip(parts, bases, taxes, accounting, strict=True):
            divided.setdefault(part, TaxSums()).add(TaxSums(*amounts))
    return divided


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Divide minor units in proportion, by largest remainder; weights may be negative."""
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    sign = -1 if whole < 0 else 1
    return share_out(total, [sign * total * weight for weight in weights], sign * whole)


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids, a few at a time: as many as one statement takes."""
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def _bearers(
    documents: Documents, organization_id: int, known: Mapping[int, set[tuple[Any, ...]]]
) -> dict[int, list[_Bearer]]:
    """The lines and charges of documents that bear a tax which no subtotal of theirs names.

    `known` are the documents to look at, with the profile, kind, category and rate of the
    subtotals that they show. Of documents without such a tax only the rules are read.
    """
    rules = _rules_of_lines(documents, organization_id, list(known))
    heads = documents.model.objects.of(organization_id)  # type: ignore[attr-defined]
    heads = heads.filter(pk__in=list(known))
    charges = dict(heads.exclude(charges=[]).values_list("pk", "charges"))
    wanted = []
    for pk, shown in known.items():
        taxes = [*rules[pk].values(), *(charge["taxes"] for charge in charges.get(pk, ()))]
        if {_identity(rule) for rules_of_one in taxes for rule in rules_of_one} - shown:
            wanted.append(pk)
    bearers: dict[int, list[_Bearer]] = {}
    for pk, record in heads.filter(pk__in=wanted).values_list("pk", "calculation"):
        # A credit note's record has a place for every line of its invoice.
        bearers[pk] = [
            _Bearer(rules[pk][place], line["taxes"], line.get("allocated_discount", 0))
            for place, line in enumerate(record["lines"])
            if line.get("taxes") and place in rules[pk]
        ]
        charged = [charge for charge in record.get("charges", ()) if charge.get("amount")]
        bearers[pk] += [
            _Bearer(given["taxes"], charge["taxes"], 0)
            for given, charge in zip(charges.get(pk, ()), charged, strict=True)
        ]
    return bearers


def _rules_of_lines(
    documents: Documents, organization_id: int, ids: Sequence[int]
) -> dict[int, dict[int, Any]]:
    """The tax rules of every line, by its place in the calculation of its document."""
    field = documents.field
    lines = documents.lines.objects.of(organization_id)  # type: ignore[attr-defined]
    column = "invoice_line__position" if documents is CREDIT_NOTES else "position"
    rules: dict[int, dict[int, Any]] = defaultdict(dict)
    rows = lines.filter(**{f"{field}__in": ids})
    for pk, position, own, taxes in rows.values_list(f"{field}_id", column, "position", "taxes"):
        rules[pk][(own if position is None else position) - 1] = taxes
    return rules


def _identity(rule: Record) -> tuple[Any, ...]:
    kind, category, rate = rule["kind"], rule["category"], rule["rate"]
    return rule.get("tax_profile_id"), kind, category, Decimal(rate)
