"""Where one can go: the same table drawn as a side bar, a sheet and a bottom bar."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse

from billing.web import settings_places
from billing.web.language import say

register = template.Library()


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation. `prefix` decides when it is the current one."""

    label: str
    route: str
    icon: str
    scope: str = ""
    group: str = ""


PLACES = (
    Place("Dashboard", "billing:dashboard", "home"),
    Place("Invoices", "billing:invoices", "invoice", "invoices:read"),
    Place("Recurring", "billing:recurring", "swap", "invoices:read"),
    Place("Quotes", "billing:quotes", "quote", "invoices:read"),
    Place("Payments", "billing:payments", "coins", "payments:read"),
    Place("Inbox", "integrations:inbox", "download", "payments:read"),
    Place("Transactions", "billing:transactions", "half", "payments:read"),
    Place("Customers", "billing:customers", "people", "customers:read"),
    Place("Leads", "billing:leads", "person", "customers:read"),
    Place("Tickets", "billing:tickets", "info", "customers:read"),
    Place("Products", "billing:products", "box", "products:read"),
    Place("Taxes", "billing:taxes", "percent", "products:read"),
    Place("Failed mail", "integrations:mail-failed", "mail", "invoices:read"),
    Place("Reports", "billing:reports", "chart", "reports:read"),
    Place("Settings", "billing:settings", "settings", "webhooks:manage"),
)
BOTTOM = ("billing:dashboard", "billing:invoices", "billing:customers")
THEMES = (("auto", "Auto", "settings"), ("day", "Light", "sun"), ("night", "Dark", "moon"))


@register.inclusion_tag("app/_navigation.html", takes_context=True)
def navigation(context: RequestContext) -> dict[str, Any]:
    """The full list, grouped, without what the person may not open."""
    places = _places(context)
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in places:
        groups.setdefault(entry["group"], []).append(entry)
    return {"groups": list(groups.items())}


@register.inclusion_tag("app/_bottom_navigation.html", takes_context=True)
def bottom_navigation(context: RequestContext) -> dict[str, Any]:
    """Five places for the thumb: three pages, the most common act, and the rest."""
    chosen = [entry for entry in _places(context) if entry["route"] in BOTTOM]
    return {"places": chosen, "can": context.get("can", {})}


@register.inclusion_tag("app/_settings_crumb.html", takes_context=True)
def settings_crumb(context: RequestContext) -> dict[str, Any]:
    """On a page that the index of settings leads to: the way back there."""
    here = getattr(context.get("request"), "path", "")
    for place in settings_places.PLACES:
        if reverse(place.route) == here and here.startswith(reverse("billing:settings")):
            return {"label": say(place.label), "href": reverse("billing:settings")}
    return {}


@register.simple_tag
def theme_choices() -> tuple[tuple[str, str, str], ...]:
    """Follow the device, light, or dark: value, label and icon."""
    return tuple((value, say(label), drawing) for value, label, drawing in THEMES)


def _places(context: RequestContext) -> list[dict[str, Any]]:
    request = context["request"]
    may = getattr(request, "actor", None)
    here = request.path
    entries: list[dict[str, Any]] = []
    for place in PLACES:
        if place.scope and not (may and may.may(place.scope)):
            continue
        address = reverse(place.route)
        entries.append(
            {
                "label": say(place.label),
                "route": place.route,
                "icon": place.icon,
                "group": say(place.group),
                "address": address,
                "is_here": False,
            }
        )
    # /settings/team is below /settings too: the longest address that fits is the place.
    fitting = [entry for entry in entries if _is_at(here, entry["address"])]
    if fitting:
        max(fitting, key=lambda entry: len(entry["address"]))["is_here"] = True
    return entries


def _is_at(here: str, address: str) -> bool:
    return here == address or (address != "/" and here.startswith(address + "/"))
