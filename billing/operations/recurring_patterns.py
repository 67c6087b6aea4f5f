"""The pattern of a recurring invoice and its schedule: checked, kept, and turned into an invoice.

Nothing here saves or tells: billing.operations.recurring does.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from billing.models import Customer, InvoiceLine, RecurringInvoice, RecurringLine
from billing.models.base import TEMPLATES
from billing.operations.composing import Draft, compose
from billing.operations.fields import clean_date, cleaned
from billing.operations.lines import Spec, clean_discount
from billing.placeholders import ONE_DAY, fill, period_values
from billing.queries.recurring import Occurrence, schedule_of
from core.currencies import get_currency
from core.errors import DomainError, InvalidValue, Kind

Unit = RecurringInvoice.Unit
FREQUENCIES: dict[str, tuple[str, int]] = {
    "daily": (Unit.DAY, 1),
    "weekly": (Unit.WEEK, 1),
    "fortnightly": (Unit.WEEK, 2),
    "monthly": (Unit.MONTH, 1),
    "quarterly": (Unit.MONTH, 3),
    "semiannually": (Unit.MONTH, 6),
    "annually": (Unit.YEAR, 1),
}
# What a new invoice is given from the pattern as it stands, and where placeholders work.
TEXTS = ("purchase_order", "reference", "notes", "terms", "footer")
_PLAIN = frozenset(
    {*TEXTS, "name", "metadata", "action", "prices", "billing", "issue_roll", "due_roll"}
)
SCHEDULE = frozenset(
    {
        "frequency",
        "interval_unit",
        "interval_count",
        "start_date",
        "end_date",
        "occurrences",
        "month_rule",
        "day_of_month",
        "week_of_month",
        "weekday",
    }
)
MONEY = frozenset(
    {
        "currency",
        "prices_include_tax",
        "discount_type",
        "discount_value",
        "payment_terms_days",
        "template",
    }
)
EDITABLE = _PLAIN | SCHEDULE | MONEY | {"holidays", "run_time"}
MOST_HOLIDAYS = 400
MOST_OCCURRENCES = 10_000
LONGEST_INTERVAL = 1_000
LONGEST_TERMS = 3_650
# Reference and order number are columns of an invoice, a line's name too.
_LENGTHS = {"purchase_order": 100, "reference": 100, "name": 200}


class CustomerArchived(DomainError):
    kind, code = Kind.INVALID, "customer_archived"
    message = "Customer {name} is archived and is not billed any more."
    default_param = "customer_id"


def write_fields(recurring: RecurringInvoice, values: Mapping[str, Any]) -> None:
    """Set what is given of EDITABLE. Raises InvalidValue, UnknownCurrency, naming the field."""
    unknown = set(values) - EDITABLE
    if unknown:
        raise TypeError(f"a recurring invoice takes no {', '.join(sorted(unknown))}")
    plain = {name: values[name] for name in values if name in _PLAIN}
    for name, value in cleaned(RecurringInvoice, plain, _PLAIN).items():
        setattr(recurring, name, value)
    _write_money(recurring, values)
    if SCHEDULE & values.keys():
        _write_schedule(recurring, values)
    if "holidays" in values:
        recurring.holidays = _clean_holidays(values["holidays"] or [])
    if values.get("run_time") is not None:
        recurring.run_time = _clean_time(values["run_time"])


def check_pattern(
    recurring: RecurringInvoice, specs: Sequence[Spec], at: datetime.datetime
) -> Draft:
    """The invoice it would make now, with its names in braces. Raises what create_invoice raises.

    Also CustomerArchived.
    """
    texts: dict[str, Any] = {name: getattr(recurring, name) or None for name in TEXTS}
    return compose(billable(recurring.customer), at, lines=specs, **_common(recurring), **texts)


def write_lines(
    recurring: RecurringInvoice, draft: Draft, specs: Sequence[Spec]
) -> list[RecurringLine]:
    """Unsaved lines of the pattern from what was given and what check_pattern made of it."""
    is_frozen = recurring.prices == RecurringInvoice.Prices.FROZEN
    lines = []
    for spec, line in zip(specs, draft.lines, strict=True):
        is_own = line.product is None or is_frozen
        taxes_given = spec.get("tax_profile_ids") is not None or spec.get("tax_profile_id")
        lines.append(
            RecurringLine(
                organization_id=recurring.organization_id,
                recurring=recurring,
                position=line.position,
                product=line.product,
                name=line.name if is_own or spec.get("name") else "",
                description=line.description if is_own or spec.get("description") else "",
                quantity=line.quantity,
                unit=spec.get("unit") or "",
                unit_code=spec.get("unit_code") or "",
                unit_price=line.unit_price
                if is_own or spec.get("unit_price") is not None
                else None,
                tax_profile_ids=[tax["key"] for tax in line.taxes] if taxes_given else None,
                discount_type=line.discount_type,
                discount_value=line.discount_value,
            )
        )
    return lines


def specs_of(lines: Iterable[RecurringLine]) -> list[dict[str, Any]]:
    """The lines of the pattern as the operations on invoices take them."""
    return [
        {
            "product_id": line.product and line.product.pk,
            "name": line.name or None,
            "description": line.description or None,
            "quantity": line.quantity,
            "unit": line.unit or None,
            "unit_code": line.unit_code or None,
            "unit_price": line.unit_price,
            "tax_profile_ids": line.tax_profile_ids,
            "discount_type": line.discount_type,
            "discount_value": line.discount_value,
        }
        for line in lines
    ]


def specs_after(lines: Iterable[InvoiceLine]) -> list[dict[str, Any]]:
    """The lines of an invoice as a pattern: prices as written, taxes by their profiles."""
    return [
        {
            "product_id": line.product_id,
            "name": line.name,
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_code": line.unit_code,
            "unit_price": line.unit_price,
            "tax_profile_ids": [tax["key"] for tax in line.taxes if tax.get("tax_profile_id")],
            "discount_type": line.discount_type,
            "discount_value": line.discount_value,
        }
        for line in lines
    ]


def invoice_values(
    recurring: RecurringInvoice, when: Occurrence, issue_date: datetime.date
) -> dict[str, Any]:
    """What create_invoice takes for that date of the schedule, names in braces replaced."""
    locale = recurring.customer.locale or recurring.organization.locale
    words = period_values(when.period, issue_date, locale)
    period: dict[str, Any] = {}
    if recurring.billing != RecurringInvoice.Billing.NONE:
        # BT-134 and BT-135 name the first and the last day; ours ends before its end.
        period = {"period_start": when.period[0], "period_end": when.period[1] - ONE_DAY}
    specs = specs_of(recurring.lines.all())
    for spec in specs:
        for name in ("name", "description"):
            if spec[name]:
                spec[name] = fill(spec[name], words)[: _LENGTHS.get(name)]
        spec.update(period)
    texts = {
        name: fill(getattr(recurring, name), words)[: _LENGTHS.get(name)] or None for name in TEXTS
    }
    return {
        "lines": specs,
        "issue_date": issue_date,
        "due_date": max(issue_date, when.due_date),
        "source": "recurring",
        **period,
        **_common(recurring),
        **texts,
    }


def billable(customer: Customer) -> Customer:
    """The customer, who is still billed. Raises CustomerArchived."""
    if customer.status == Customer.Status.ARCHIVED:
        raise CustomerArchived(name=customer.name)
    return customer


def _common(recurring: RecurringInvoice) -> dict[str, Any]:
    return {
        "currency": recurring.currency or None,
        "prices_include_tax": recurring.prices_include_tax,
        "discount_type": recurring.discount_type,
        "discount_value": recurring.discount_value,
        "template": recurring.template or None,
        "metadata": recurring.metadata or None,
    }


def _write_money(recurring: RecurringInvoice, values: Mapping[str, Any]) -> None:
    if "currency" in values:
        code = values["currency"]
        recurring.currency = get_currency(code).code if code else ""
    if "prices_include_tax" in values:
        recurring.prices_include_tax = values["prices_include_tax"]
    if "template" in values:
        recurring.template = values["template"] or ""
        if recurring.template and recurring.template not in TEMPLATES:
            raise InvalidValue(f"This must be one of {', '.join(TEMPLATES)}.", param="template")
    if "payment_terms_days" in values:
        recurring.payment_terms_days = _clean_whole(
            values["payment_terms_days"], "payment_terms_days", 0, LONGEST_TERMS
        )
    if {"discount_type", "discount_value", "currency"} & values.keys():
        kind = values.get("discount_type", recurring.discount_type)
        value = values.get("discount_value", recurring.discount_value)
        currency = recurring.currency or recurring.customer.currency
        recurring.discount_type, recurring.discount_value = clean_discount(
            kind, value if kind or "discount_value" in values else 0, currency
        )


def _write_schedule(recurring: RecurringInvoice, values: Mapping[str, Any]) -> None:
    frequency = values.get("frequency", recurring.frequency)
    if frequency not in RecurringInvoice.Frequency.values:
        words = ", ".join(RecurringInvoice.Frequency.values)
        raise InvalidValue(f"This must be one of {words}.", param="frequency")
    recurring.frequency = frequency
    if frequency == RecurringInvoice.Frequency.CUSTOM:
        _write_interval(recurring, values)
    else:
        recurring.interval_unit, recurring.interval_count = FREQUENCIES[frequency]
        for name in ("interval_unit", "interval_count"):
            if values.get(name) not in (None, getattr(recurring, name)):
                raise InvalidValue("Only a custom schedule has an interval.", param=name)
    if values.get("start_date") is not None:
        recurring.start_date = clean_date(values["start_date"], param="start_date")
    if "end_date" in values:
        end = values["end_date"]
        recurring.end_date = None if end is None else clean_date(end, param="end_date")
    if "occurrences" in values:
        recurring.occurrences = _clean_whole(
            values["occurrences"], "occurrences", 1, MOST_OCCURRENCES
        )
    _write_month_rule(recurring, values)
    if not schedule_of(recurring).contains(0):
        raise InvalidValue("The schedule ends before its first date.", param="end_date")


def _write_interval(recurring: RecurringInvoice, values: Mapping[str, Any]) -> None:
    unit = values.get("interval_unit") or recurring.interval_unit
    if unit not in Unit.values:
        raise InvalidValue(f"This must be one of {', '.join(Unit.values)}.", param="interval_unit")
    recurring.interval_unit = unit
    count = _clean_whole(values.get("interval_count"), "interval_count", 1, LONGEST_INTERVAL)
    recurring.interval_count = count or recurring.interval_count


def _write_month_rule(recurring: RecurringInvoice, values: Mapping[str, Any]) -> None:
    rules = RecurringInvoice.MonthRule
    rule = values.get("month_rule") or recurring.month_rule
    if rule not in rules.values:
        raise InvalidValue(f"This must be one of {', '.join(rules.values)}.", param="month_rule")
    recurring.month_rule = rule
    given = {
        "day_of_month": (1, 31, rules.DAY),
        "week_of_month": (-1, 4, rules.NTH_WEEKDAY),
        "weekday": (0, 6, rules.NTH_WEEKDAY),
    }
    in_months = recurring.interval_unit in (Unit.MONTH, Unit.YEAR)
    if rule != rules.DAY and not in_months:
        raise InvalidValue("Only months and years have a rule for the day.", param="month_rule")
    for name, (least, most, needed) in given.items():
        value = _clean_whole(values.get(name, getattr(recurring, name)), name, least, most)
        if rule != needed or not in_months:
            if values.get(name) is not None:
                raise InvalidValue("This does not go with the schedule.", param=name)
            value = None
        setattr(recurring, name, value)
    if rule == rules.NTH_WEEKDAY:
        for name in ("week_of_month", "weekday"):
            if getattr(recurring, name) is None or (name, getattr(recurring, name)) == (
                "week_of_month",
                0,
            ):
                raise InvalidValue("Say which weekday of the month, such as 2 and 1.", param=name)


def _clean_whole(value: Any, param: str, least: int, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidValue(f"This must be a whole number from {least} to {most}.", param=param)
    return value


def _clean_holidays(values: Sequence[Any]) -> list[str]:
    if len(values) > MOST_HOLIDAYS:
        raise InvalidValue(f"At most {MOST_HOLIDAYS} days.", param="holidays")
    days = {clean_date(day, param=f"holidays.{n}") for n, day in enumerate(values)}
    return [day.isoformat() for day in sorted(days)]


def _clean_time(value: Any) -> datetime.time:
    if not isinstance(value, datetime.time):
        raise InvalidValue("This must be a time of the day such as 06:00.", param="run_time")
    return value.replace(second=0, microsecond=0, tzinfo=None, fold=0)
