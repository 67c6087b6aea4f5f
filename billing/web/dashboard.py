"""The first page of the morning: real figures, and what needs attention today."""

import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import ApiKey
from accounts.operations.setup import DONE
from billing.models import Customer, Payment, Quote
from billing.queries import dashboard as queries
from billing.queries.ageing import Buckets
from billing.queries.dashboard import SOON
from billing.web import setup, timeline, wording
from billing.web.access import StaffRequest, staff_view
from billing.web.charts import bar_chart, stacked_bar
from billing.web.language import say
from core.money import Money

AGE_LABELS = ("Not yet due", "1–30 days late", "31–60 days late", "61–90 days late", "Over 90 days")
KEY_NOTICE = datetime.timedelta(days=14)


def age_labels() -> list[str]:
    """The columns of an ageing, in the reader's language."""
    return [say(label) for label in AGE_LABELS]


@staff_view()
def dashboard(request: StaffRequest) -> HttpResponse:
    organization_id = request.actor.organization_id
    if not request.actor.may("invoices:read"):
        return render(request, "app/welcome.html")
    figures = queries.figures(organization_id, request.today)
    main = _main_currency(figures.currencies, request.GET.get("currency", ""))
    context = {
        "figures": figures,
        "main": main,
        "others": [entry for entry in figures.currencies if entry is not main],
        "chart": _revenue(main, request.display_locale) if main else None,
        "ages": _ages(main.ages) if main else None,
        "forecast": _forecast(request, main) if main and main.ages else None,
        "attention": _attention(request, figures),
        "recent": timeline.entries(
            timeline.recent(organization_id), request.display_locale, request.actor.label
        ),
        **_guide(request, is_empty=not figures.currencies and not figures.draft_count),
    }
    return render(request, "app/dashboard.html", context)


def _main_currency(
    currencies: list[queries.CurrencyFigures], wanted: str
) -> queries.CurrencyFigures | None:
    """The wanted currency if it has figures, else the busiest."""
    for entry in currencies:
        if entry.currency == wanted:
            return entry
    return currencies[0] if currencies else None


def _revenue(entry: queries.CurrencyFigures, locale: str) -> dict[str, Any]:
    months = [month for month, _ in entry.revenue_by_month]
    amounts: list[Money] = [amount for _, amount in entry.revenue_by_month]
    figures = [wording.money(amount.minor, amount.currency, locale) for amount in amounts]
    labels = [wording.month(month, locale) for month in months]
    total = sum(amount.minor for amount in amounts)
    return {
        "shape": bar_chart([amount.minor for amount in amounts], labels, figures),
        "rows": [
            (wording.month(month, locale, "LLLL y"), figure)
            for month, figure in zip(months, figures, strict=True)
        ],
        "total": wording.money(total, entry.currency, locale),
    }


def _ages(buckets: Buckets | None) -> dict[str, Any] | None:
    if buckets is None or not buckets.total:
        return None
    return {
        "slices": stacked_bar(buckets.amounts, age_labels()),
        "rows": list(zip(range(len(AGE_LABELS)), age_labels(), buckets.amounts, strict=True)),
        "total": buckets.total,
        "currency": buckets.currency,
    }


def _forecast(request: StaffRequest, entry: queries.CurrencyFigures) -> dict[str, Any]:
    """What open invoices bring in, by when it is due; adds up to what is outstanding."""
    currency = entry.currency
    locale = request.display_locale
    days = [request.today + datetime.timedelta(days=7 * week) for week in range(queries.WEEKS)]
    labels = [gettext("late"), *(wording.short_day(day, locale) for day in days), gettext("later")]
    names = [
        gettext("Already late"),
        *(gettext("Week from {day}").format(day=wording.day(day, locale)) for day in days),
        gettext("Later"),
    ]
    amounts = [entry.overdue.minor, *entry.upcoming]
    figures = [wording.money(amount, currency, locale) for amount in amounts]
    return {
        "shape": bar_chart(amounts, labels, figures),
        "rows": list(zip(names, figures, strict=True)),
        "total": wording.money(sum(amounts), currency, locale),
    }


def _attention(request: StaffRequest, figures: queries.Figures) -> list[dict[str, Any]]:
    """What somebody should look at today, worst first; nothing that is in order."""
    organization_id = request.actor.organization_id
    invoices = reverse("billing:invoices")
    late = sum(entry.overdue_count for entry in figures.currencies)
    soon = sum(entry.due_soon_count for entry in figures.currencies)
    pending = Payment.objects.of(organization_id).filter(status=Payment.Status.PENDING).count()
    payments = reverse("billing:payments")
    found = [
        (late, "alert", "tone-bad", gettext("overdue"), f"{invoices}?status=overdue"),
        (
            soon,
            "clock",
            "tone-warn",
            gettext("due within seven days"),
            f"{invoices}?status=due_soon",
        ),
        (figures.draft_count, "pencil", "", gettext("still a draft"), f"{invoices}?status=draft"),
        *_ending(request),
        (
            pending,
            "coins",
            "",
            gettext("payment pending"),
            f"{payments}?status=pending",
        ),
    ]
    return [
        {"count": count, "icon": icon, "tone": tone, "words": words, "href": href}
        for count, icon, tone, words, href in found
        if count
    ]


def _ending(request: StaffRequest) -> list[tuple[int, str, str, str, str]]:
    """Quotes and API keys whose end is near."""
    organization_id = request.actor.organization_id
    quotes = Quote.objects.of(organization_id).filter(
        status=Quote.Status.OPEN,
        valid_until__gte=request.today,
        valid_until__lte=request.today + SOON,
    )
    keys = ApiKey.objects.filter(
        organization_id=organization_id,
        revoked_at__isnull=True,
        expires_at__gt=request.at,
        expires_at__lte=request.at + KEY_NOTICE,
    )
    key_count = keys.count() if request.actor.may("settings:write") else 0
    return [
        (
            quotes.count(),
            "quote",
            "tone-warn",
            gettext("quote expires within seven days"),
            reverse("billing:quotes") + "?status=open",
        ),
        (
            key_count,
            "key",
            "tone-warn",
            gettext("API key ends within two weeks"),
            reverse("billing:api-keys"),
        ),
    ]


def _guide(request: StaffRequest, *, is_empty: bool) -> dict[str, Any]:
    """The set-up for who may finish it, else what the person can do to begin."""
    organization = request.organization
    may_set_up = request.actor.livemode and request.actor.may("settings:write")
    if may_set_up and organization.setup_ended_at is None:
        steps = setup.progress(request)
        if any(each["state"] != DONE for each in steps):
            return {"setup_steps": steps}
    return {"steps": _first_steps(request) if is_empty else []}


def _first_steps(request: StaffRequest) -> list[dict[str, Any]]:
    """For an empty organization: what the person may do, in order, and what is done already."""
    has_customer = Customer.objects.of(request.organization.pk).exists()
    steps = [
        (
            "customers:write",
            gettext("Add your first customer"),
            has_customer,
            "billing:customer-create",
        ),
        ("invoices:write", gettext("Write your first invoice"), False, "billing:invoice-create"),
    ]
    return [
        {"words": words, "is_done": is_done, "href": reverse(route)}
        for scope, words, is_done, route in steps
        if request.actor.may(scope)
    ]
