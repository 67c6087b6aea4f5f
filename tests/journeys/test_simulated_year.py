"""A year by the test clock, twice: the same script makes the same documents and events."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from accounts.actors import Actor, actor_for_api_key
from accounts.models import ApiKey, Organization
from accounts.operations.organizations import create_organization
from billing.models import CreditNote, Invoice, JournalEntry, Payment
from billing.operations.credit_notes import create_credit_note
from billing.operations.customers import create_customer, update_customer
from billing.operations.payments import record_payment
from billing.operations.products import create_product, update_product
from billing.operations.quote_answers import open_quote
from billing.operations.quotes import create_quote
from billing.operations.recurring import create_recurring, pause_recurring, resume_recurring
from billing.operations.reminder_policies import set_reminder_policy
from billing.snapshots import invoice_snapshot
from core import exactjson
from core.models import Event
from integrations.sandbox.clock import advance_clock, set_clock
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
START = datetime.datetime(2025, 1, 31, 10, tzinfo=datetime.UTC)
MONTH = datetime.timedelta(days=30)
# What is random by nature: ids, tokens of public links and Message-IDs.
_RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r'|"(?:public_token|key)": ?"[0-9A-Za-z-]+"'
)


class Year:
    """One organization's year in its sandbox, told by the operations alone."""

    def __init__(self, slug: str) -> None:
        live = create_organization(
            at=START,
            name="Meridian Hosting",
            slug=slug,
            timezone="America/New_York",
            currency="USD",
            email="billing@meridian.test",
        )
        self.sandbox = Organization.objects.get(sandbox_of=live)
        key_for(self.sandbox)
        key = ApiKey.objects.of(self.sandbox.pk).select_related("organization").get()
        self.actor: Actor = actor_for_api_key(key)
        set_clock(actor=self.actor, to=START)

    @property
    def now(self) -> datetime.datetime:
        clock = Organization.objects.get(pk=self.sandbox.pk).test_clock
        assert clock is not None
        return clock

    def pass_to(self, to: datetime.datetime) -> None:
        advance_clock(actor=self.actor, now=START, to=to, budget_seconds=600)

    def buyer(self, name: str, **fields: Any) -> int:
        return create_customer(
            actor=self.actor,
            at=self.now,
            name=name,
            email=f"{name.lower()}@buyers.test",
            **{"payment_terms_days": 14, **fields},
        ).pk

    def live(self) -> None:
        """The whole year."""
        set_reminder_policy(actor=self.actor, at=self.now, is_enabled=True, attach_pdf=False)
        hosting = create_product(
            actor=self.actor, at=self.now, name="Hosting", unit_price=Decimal("20.00")
        )
        prompt, late, never = self.buyer("Prompt"), self.buyer("Late"), self.buyer("Never")
        german = self.buyer("Bremen", locale="de_DE", currency="EUR")
        self._agree(prompt, "monthly", [{"product_id": hosting.pk, "quantity": Decimal(3)}])
        self._agree(late, "quarterly", [_line("99.90", "Care {period}")], month_rule="last_weekday")
        weekly = self._agree(german, "fortnightly", [_line("12.34", "Woche {period_start}")])
        self._agree(never, "monthly", [_line("7.77", "Domain {month} {year}")], occurrences=4)
        broken = self.buyer("Gone")
        self._agree(broken, "semiannually", [_line("500.00", "Audit")])
        quote = create_quote(
            actor=self.actor, at=self.now, customer_id=late, lines=[_line("1200.00", "Offer")]
        )
        open_quote(actor=self.actor, at=self.now, quote_id=quote.pk)
        for month in range(1, 13):
            self.pass_to(START + month * MONTH + datetime.timedelta(days=6 if month == 12 else 0))
            self._pay(prompt, every=1)
            if month % 2 == 0:
                self._pay(late, every=2)
            if month == 3:
                pause_recurring(actor=self.actor, at=self.now, recurring_id=weekly)
                update_product(
                    actor=self.actor,
                    at=self.now,
                    product_id=hosting.pk,
                    unit_price=Decimal("22.00"),
                )
            if month == 5:
                resume_recurring(
                    actor=self.actor, at=self.now, recurring_id=weekly, make_missed=True
                )
                update_customer(
                    actor=self.actor, at=self.now, customer_id=broken, status="archived"
                )
            if month == 7:
                first = Invoice.objects.of(self.sandbox.pk).filter(customer_id=never).earliest("pk")
                create_credit_note(
                    actor=self.actor, at=self.now, invoice_id=first.pk, reason="Never used"
                )

    def told(self) -> list[str]:
        """Documents and events in order, without what is random by nature."""
        rows = Invoice.objects.of(self.sandbox.pk).select_related("customer", "organization")
        documents = [invoice_snapshot(row) for row in rows.order_by("pk")]
        events = [
            (event.occurred_at.isoformat(), event.type, event.sequence, event.data, event.previous)
            for event in Event.objects.filter(organization_id=self.sandbox.pk).order_by("pk")
            if event.subject_type != "apikey"
        ]
        lines = [exactjson.dumps(each) for each in documents]
        return [_RANDOM.sub("*", line) for line in [*lines, *map(str, events)]]

    def _agree(self, buyer: int, frequency: str, lines: list[Any], **fields: Any) -> int:
        return create_recurring(
            actor=self.actor,
            at=self.now,
            customer_id=buyer,
            frequency=frequency,
            lines=lines,
            action="send",
            **fields,
        ).pk

    def _pay(self, buyer: int, every: int) -> None:
        rows = Invoice.objects.of(self.sandbox.pk).open().filter(customer_id=buyer)
        for n, invoice in enumerate(rows.order_by("pk")):
            if n % every == 0:
                record_payment(
                    actor=self.actor,
                    at=self.now,
                    invoice_id=invoice.pk,
                    amount=Decimal(invoice.amount_due) / 100,
                    currency=invoice.currency,
                    payment_date=self.now.date(),
                    method="bank_transfer",
                )


def _line(price: str, name: str) -> dict[str, Any]:
    return {"name": name, "quantity": Decimal(1), "unit_price": Decimal(price)}


@pytest.mark.once
def test_two_identical_years_give_identical_documents_and_events() -> None:
    first, second = Year("meridian-one"), Year("meridian-two")
    first.live()
    letters = len(mail.outbox)
    second.live()

    assert first.told() == second.told()
    assert len(mail.outbox) == 2 * letters
    # The year was no quiet one.
    kinds = set(Event.objects.filter(organization_id=first.sandbox.pk).values_list("type"))
    assert {
        ("recurring_invoice.run",),
        ("recurring_invoice.failed",),
        ("recurring_invoice.ended",),
        ("invoice.sent",),
        ("invoice.overdue",),
        ("invoice.reminder_sent",),
        ("invoice.paid",),
        ("quote.expired",),
        ("credit_note.created",),
    } <= kinds
    for model, least in ((Invoice, 45), (Payment, 12), (CreditNote, 1), (JournalEntry, 60)):
        assert model.objects.filter(organization_id=first.sandbox.pk).count() >= least  # type: ignore[attr-defined]
    _check_dates(first)


def _check_dates(year: Year) -> None:
    """Anchors kept, prices of the day, and the pause made up for."""
    prompt = Invoice.objects.of(year.sandbox.pk).filter(customer__name="Prompt")
    assert [str(day) for day in prompt.order_by("pk").values_list("issue_date", flat=True)] == [
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
        "2025-04-30",
        "2025-05-31",
        "2025-06-30",
        "2025-07-31",
        "2025-08-31",
        "2025-09-30",
        "2025-10-31",
        "2025-11-30",
        "2025-12-31",
        "2026-01-31",
    ]
    # Three at 20.00 until the end of April, three at 22.00 from then on.
    totals = list(prompt.order_by("pk").values_list("total", flat=True))
    assert totals == [6000] * 4 + [6600] * 9
    german = Invoice.objects.of(year.sandbox.pk).filter(customer__name="Bremen")
    days = list(german.order_by("pk").values_list("issue_date", flat=True))
    assert {(b - a).days for a, b in zip(days, days[1:], strict=False)} == {14}


def test_over_the_api_the_same(
    acme: Organization, sandbox: Organization, drain: Callable[[], int]
) -> None:
    v1 = V1(key_for(sandbox))
    v1.post("/test-clock", {"frozen_time": "2025-01-31T00:00:00Z"})
    buyer = v1.made("/customers", {"name": "Globex", "email": "ap@globex.test"})
    v1.put("/account/reminders", {"enabled": True})
    made = v1.made(
        "/recurring-invoices",
        {
            "customer_id": buyer["id"],
            "frequency": "monthly",
            "action": "send",
            "line_items": [{"description": "Hosting {month}", "quantity": 1, "unit_price": 20}],
        },
    )
    moved = v1.post("/test-clock/advance", {"frozen_time": "2025-05-01T00:00:00Z"})
    # A slow machine leaves the rest of the way to the workers.
    drain()
    assert (moved.status, v1.get("/test-clock").json["status"]) == (200, "ready")
    rows = v1.get(f"/recurring-invoices/{made['id']}/invoices?sort=issue_date").json["data"]
    assert [(row["issue_date"], row["status"]) for row in rows] == [
        ("2025-01-31", "overdue"),
        ("2025-02-28", "overdue"),
        ("2025-03-31", "overdue"),
        ("2025-04-30", "sent"),
    ]
    assert rows[0]["sent_at"] == "2025-01-31T05:00:00Z"
    told = v1.get(f"/invoices/{rows[0]['id']}/reminders?sort=created_at").json["data"]
    assert [(each["days"], each["planned_date"]) for each in told] == [
        (-7, "2025-02-23"),
        (0, "2025-03-02"),
        (3, "2025-03-05"),
        (7, "2025-03-09"),
        (14, "2025-03-16"),
        (30, "2025-04-01"),
    ]
