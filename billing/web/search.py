"""One box for everything: customers, documents, money, pages and what one can begin."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from billing.folding import fold
from billing.models import (
    CreditNote,
    Customer,
    Invoice,
    Lead,
    Payment,
    Product,
    Quote,
    RecurringInvoice,
    Ticket,
    Transaction,
)
from billing.queries import searchables
from billing.queries.search import Known, Searchable, matching_page, words_of
from billing.templatetags.nav import PLACES
from billing.web import settings_places, wording
from billing.web.access import StaffRequest, staff_view
from billing.web.language import say
from billing.web.listing import amount_is, search_text

Text = str | Promise
# Of each noun: a few while typing, more on the page.
FEW, MANY = 4, 20


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found, and where it is."""

    label: str
    detail: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    name: Text
    hits: list[Hit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """Where to look: by the index of words where there is one, else in `columns`.

    `amount` is the field that is compared with a number that was typed.
    """

    name: Text
    icon: str
    scope: str
    model: type[Any]
    route: str
    label: Callable[[Any], str]
    detail: Callable[[Any], str] = lambda row: ""
    searchable: Searchable | None = None
    columns: tuple[str, ...] = ()
    amount: str = ""
    related: tuple[str, ...] = ()
    live: Q = Q()


@dataclass(frozen=True, slots=True)
class Start:
    """Something one can begin from anywhere."""

    label: Text
    route: str
    scope: str
    icon: str = "plus"


STARTS = (
    Start(lazy("New invoice"), "billing:invoice-create", "invoices:write"),
    Start(lazy("New quote"), "billing:quote-create", "invoices:write"),
    Start(lazy("New customer"), "billing:customer-create", "customers:write"),
    Start(lazy("New product"), "billing:product-create", "products:write"),
    Start(lazy("New transaction"), "billing:transaction-create", "payments:write"),
    Start(lazy("New ticket"), "billing:ticket-create", "customers:write"),
    Start(lazy("New lead"), "billing:lead-create", "customers:write"),
    Start(lazy("New tax"), "billing:tax-create", "products:write"),
    Start(lazy("Work on many rows"), "billing:jobs", "", "copy"),
)


def _buyer(row: Any) -> str:
    return str(row.customer.name) if row.customer_id else ""


NOUNS = (
    Noun(name=lazy("Customers"), icon="people", scope="customers:read", model=Customer,
         route="billing:customer-detail", label=lambda row: row.name,
         detail=lambda row: row.email, searchable=searchables.CUSTOMERS),
    Noun(name=lazy("Invoices"), icon="invoice", scope="invoices:read", model=Invoice,
         route="billing:invoice-detail", label=lambda row: row.number or _("Draft"),
         detail=_buyer, searchable=searchables.INVOICES, amount="total", related=("customer",)),
    Noun(name=lazy("Quotes"), icon="quote", scope="invoices:read", model=Quote,
         route="billing:quote-detail", label=lambda row: row.number or _("Draft"),
         detail=_buyer, searchable=searchables.QUOTES, amount="total", related=("customer",)),
    Noun(name=lazy("Credit notes"), icon="credit", scope="invoices:read", model=CreditNote,
         route="billing:credit-note-detail", label=lambda row: row.number or _("Draft"),
         detail=_buyer, searchable=searchables.CREDIT_NOTES, amount="total",
         related=("customer",)),
    Noun(name=lazy("Payments"), icon="coins", scope="payments:read", model=Payment,
         route="billing:payment-detail", label=lambda row: row.number,
         detail=_buyer, searchable=searchables.PAYMENTS, amount="amount", related=("customer",)),
    Noun(name=lazy("Recurring"), icon="swap", scope="invoices:read", model=RecurringInvoice,
         route="billing:recurring-detail", label=lambda row: row.name or row.customer.name,
         detail=_buyer, columns=("name", "reference", "purchase_order", "customer__name"),
         related=("customer",)),
    Noun(name=lazy("Products"), icon="box", scope="products:read", model=Product,
         route="billing:product-edit", label=lambda row: row.name, detail=lambda row: row.sku,
         searchable=searchables.PRODUCTS),
    Noun(name=lazy("Transactions"), icon="half", scope="payments:read", model=Transaction,
         route="billing:transaction-detail", label=lambda row: row.description or row.reference,
         detail=lambda row: row.date.isoformat(), columns=("description", "reference"),
         amount="amount", live=Q(deleted_at__isnull=True)),
    Noun(name=lazy("Tickets"), icon="info", scope="customers:read", model=Ticket,
         route="billing:ticket-detail", label=lambda row: row.subject, columns=("subject",)),
    Noun(name=lazy("Leads"), icon="person", scope="customers:read", model=Lead,
         route="billing:lead-detail",
         label=lambda row: row.company or f"{row.first_name} {row.last_name}".strip(),
         detail=lambda row: row.email,
         columns=("first_name", "last_name", "company", "email", "phone")),
)  # fmt: skip


@staff_view()
def search(request: StaffRequest) -> HttpResponse:
    """?q= as a page, and as a list of options for the command bar."""
    text = search_text(request)
    limit = FEW if request.htmx else MANY
    context = {"q": text, "groups": list(find(request, text, limit))}
    template = "app/search/_options.html" if request.htmx else "app/search/page.html"
    response = render(request, template, context)
    response["Cache-Control"] = "private, no-store"
    return response


def find(request: StaffRequest, text: str, limit: int) -> Iterator[Group]:
    """What fits, by noun; without words what one can begin, and the pages."""
    hits = list(_pages(request, text))
    if hits:
        yield Group(_("Go to"), hits if not text else hits[:limit])
    try:
        words = words_of(text)
    except ValueError:
        return
    if not words:
        return
    known: Known = {}
    for noun in NOUNS:
        if request.actor.may(noun.scope):
            rows = _rows(request, noun, text, words, limit, known)
            found = [_hit(request, noun, row) for row in rows]
            if found:
                yield Group(noun.name, found)


def _pages(request: StaffRequest, text: str) -> Iterator[Hit]:
    wanted = [fold(word) for word in text.split()]
    places: list[Any] = [*STARTS, *PLACES, *settings_places.PLACES]
    for place in places:
        if place.scope and not request.actor.may(place.scope):
            continue
        label = say(place.label)
        if all(word in fold(label) for word in wanted):
            yield Hit(label, "", reverse(place.route), place.icon)


def _rows(
    request: StaffRequest, noun: Noun, text: str, words: list[str], limit: int, known: Known
) -> list[Any]:
    """Those with the words, then those with the amount; newest first, each once."""
    organization_id = request.actor.organization_id
    own: QuerySet[Any] = noun.model.objects.of(organization_id).filter(noun.live)
    own = own.order_by("-created_at", "-id")
    if noun.related:
        own = own.select_related(*noun.related)
    if noun.searchable:
        named = matching_page(own, noun.searchable, organization_id, words, known=known)
    else:
        named = own
        for word in text.split():
            condition = Q(pk__in=[])
            for column in noun.columns:
                condition |= Q(**{f"{column}__icontains": word})
            named = named.filter(condition)
    rows = {row.pk: row for row in named[:limit]}
    if noun.amount and len(rows) < limit:
        rows |= {row.pk: row for row in own.filter(amount_is(noun.amount, text))[:limit]}
    return list(rows.values())[:limit]


def _hit(request: StaffRequest, noun: Noun, row: Any) -> Hit:
    detail = noun.detail(row)
    if noun.amount:
        amount = wording.money(getattr(row, noun.amount), row.currency, request.display_locale)
        detail = " · ".join(filter(None, (detail, amount)))
    return Hit(noun.label(row) or "–", detail, reverse(noun.route, args=[row.uuid]), noun.icon)
