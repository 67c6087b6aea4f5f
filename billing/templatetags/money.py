"""Amounts, numbers and days as the reader's locale writes them."""

import datetime
import re
from decimal import Decimal
from typing import Any

from django import template
from django.template import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.web import wording

register = template.Library()


@register.simple_tag(takes_context=True)
def money(context: RequestContext, minor: int | None, currency: str) -> str:
    """An amount of minor units with its currency: $1,200.00."""
    return "" if minor is None else wording.money(minor, currency, _locale(context))


@register.simple_tag(takes_context=True)
def signed_money(context: RequestContext, minor: int | None, currency: str) -> SafeString | str:
    """The same, negative amounts marked for the style sheet as well as by their sign."""
    text = money(context, minor, currency)
    if minor is not None and minor < 0:
        return format_html('<span class="negative">{}</span>', text)
    return text


@register.simple_tag(takes_context=True)
def unit_price(context: RequestContext, price: Decimal | None, currency: str) -> str:
    """A unit price with as many decimals as it has, at least the currency's."""
    return "" if price is None else wording.unit_price(price, currency, _locale(context))


@register.simple_tag(takes_context=True)
def quantity(context: RequestContext, value: Decimal | int | None) -> str:
    return "" if value is None else wording.number(Decimal(value), _locale(context))


@register.simple_tag(takes_context=True)
def percent(context: RequestContext, rate: Decimal | str | None) -> str:
    """A rate of 19 as 19%."""
    return "" if rate is None else wording.percent(Decimal(rate), _locale(context))


@register.simple_tag(takes_context=True)
def day(context: RequestContext, value: datetime.date | None) -> SafeString | str:
    """A civil date: Jan 15, 2025."""
    if value is None:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), wording.day(value, _locale(context))
    )


@register.simple_tag(takes_context=True)
def moment(context: RequestContext, value: datetime.datetime | None) -> SafeString | str:
    """An instant in the organization's time zone, to the minute."""
    if value is None:
        return ""
    request = context.get("request")
    zone = getattr(getattr(request, "organization", None), "timezone", "UTC")
    text = wording.moment(value, zone, _locale(context))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag(takes_context=True)
def told(context: RequestContext, value: str) -> SafeString | str:
    """A value as the event log has it: dates and instants as people read them."""
    try:
        if _INSTANT.fullmatch(value):
            return moment(context, datetime.datetime.fromisoformat(value))
        if _DATE.fullmatch(value):
            return day(context, datetime.date.fromisoformat(value))
    except ValueError:
        pass  # somebody's text that only looks like a date
    return value


_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){2}")
_INSTANT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z")


def _locale(context: Any) -> str:
    return getattr(context.get("request"), "display_locale", wording.FALLBACK)
