"""What lists are worked through with: choosing rows, and what may be done with them."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from billing.jobs.actions import ACTIONS, label_of
from billing.models import Invoice
from billing.operations.saved_filters import KEPT, PAGES
from billing.queries.saved_filters import list_filters

register = template.Library()

# g goes somewhere, n makes something new: keys, words, page and the scope it takes.
KEYS = (
    ("g d", lazy("Dashboard"), "billing:dashboard", ""),
    ("g i", lazy("Invoices"), "billing:invoices", "invoices:read"),
    ("g q", lazy("Quotes"), "billing:quotes", "invoices:read"),
    ("g p", lazy("Payments"), "billing:payments", "payments:read"),
    ("g c", lazy("Customers"), "billing:customers", "customers:read"),
    ("g a", lazy("Products"), "billing:products", "products:read"),
    ("g t", lazy("Transactions"), "billing:transactions", "payments:read"),
    ("g r", lazy("Reports"), "billing:reports", "reports:read"),
    ("g s", lazy("Settings"), "billing:settings", "webhooks:manage"),
    ("g j", lazy("Work on many rows"), "billing:jobs", ""),
    ("n i", lazy("New invoice"), "billing:invoice-create", "invoices:write"),
    ("n q", lazy("New quote"), "billing:quote-create", "invoices:write"),
    ("n c", lazy("New customer"), "billing:customer-create", "customers:write"),
    ("n p", lazy("New product"), "billing:product-create", "products:write"),
    ("n t", lazy("New transaction"), "billing:transaction-create", "payments:write"),
)


@register.simple_tag
def pick(row: Any) -> SafeString:
    """A box that chooses the row for the bar below the list."""
    return format_html(
        '<input type="checkbox" class="pick" name="id" value="{}" form="bulk" aria-label="{}">',
        row.uuid,
        _("Choose {row}").format(row=label_of(row)),
    )


@register.inclusion_tag("app/jobs/_bar.html", takes_context=True)
def bulk_bar(context: RequestContext, noun: str) -> dict[str, Any]:
    """What the person may do with the chosen rows; nothing where there is nothing."""
    request = context["request"]
    may = request.actor.may
    return {
        "noun": noun,
        "actions": [a for a in ACTIONS[noun] if all(may(scope) for scope in a.scopes)],
        "status": request.GET.get("status", ""),
        "q": context.get("q", ""),
    }


@register.inclusion_tag("app/_command_opener.html")
def command_opener() -> dict[str, Any]:
    """A link to the search page, which opens the command bar where scripts run."""
    return {}


@register.inclusion_tag("app/_command.html", takes_context=True)
def command_bar(context: RequestContext) -> dict[str, Any]:
    """The command bar and the list of shortcuts, without what the person may not open."""
    may = getattr(context["request"], "actor", None)
    return {
        "key_links": [
            (key, label, reverse(route))
            for key, label, route, scope in KEYS
            if not scope or (may and may.may(scope))
        ]
    }


@register.inclusion_tag("app/_views.html", takes_context=True)
def saved_views(context: RequestContext) -> dict[str, Any]:
    """The kept lists of this page, and a form to keep what it shows now."""
    request = context["request"]
    page = request.resolver_match.url_name if request.resolver_match else ""
    actor = getattr(request, "actor", None)
    if page not in PAGES or actor is None:
        return {}
    asked = [(key, request.GET.get(key, "")) for key in KEPT]
    return {
        "page": page,
        "views": [
            (view, view.owner_id == actor.user_id)
            for view in list_filters(actor.organization_id, page, actor.user_id)
        ],
        "query": urlencode([pair for pair in asked if pair[1]]),
        "may_share": actor.may("invoices:write"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("app/invoices/_attachments.html", takes_context=True)
def invoice_files(context: RequestContext, invoice: Invoice) -> dict[str, Any]:
    """The invoice's files, and a form for one more."""
    return {
        "invoice": invoice,
        "files": list(invoice.attachments.order_by("pk")),
        "may_write": context["request"].actor.may("invoices:write"),
        "csrf_token": context.get("csrf_token"),
    }
