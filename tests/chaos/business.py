"""A business for the simulated year: its customers, what they are billed, and what came of it."""

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from accounts.operations.organizations import create_organization
from billing.operations.customers import create_customer
from billing.operations.products import create_product
from billing.operations.recurring import create_recurring
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.tax_profiles import create_tax_profile
from integrations.sandbox.clock import advance_clock, clock_state, set_clock

START = datetime.datetime(2025, 1, 1, 5, tzinfo=datetime.UTC)
# What is random by nature, or counts on from one organization to the next.
_RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r'|"public_token": ?"[0-9A-Za-z]+"|"tax_profile_id": ?"?[0-9]+"?'
)
# Each table with what two equal years have in common of it; the rows come in any order.
_TOLD = {
    "invoices": """
        SELECT i.number, c.name, i.status, i.issue_date, i.due_date, i.currency, i.subtotal,
               i.discount_total, i.tax_total, i.total, i.amount_paid, i.payment_reference,
               i.issued_at, i.sent_at, i.created_at, i.updated_at, i.seller, i.buyer,
               i.calculation, i.version
        FROM billing_invoice i JOIN billing_customer c ON c.id = i.customer_id
        WHERE i.organization_id = %s""",
    "lines": """
        SELECT i.number, l.position, l.name, l.quantity, l.unit_price, l.net_amount,
               l.tax_amount, l.total, l.taxes
        FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id
        WHERE l.organization_id = %s""",
    "taxes": """
        SELECT i.number, t.position, t.name, t.rate, t.base_amount, t.tax_amount,
               t.accounting_amount, t.issued_on
        FROM billing_invoicetax t JOIN billing_invoice i ON i.id = t.invoice_id
        WHERE t.organization_id = %s""",
    "numbers": """
        SELECT n.period, n.n, n.number, n.fate, i.number, n.updated_at
        FROM billing_numberregister n JOIN billing_invoice i ON i.id = n.document_id
        WHERE n.organization_id = %s""",
    "postings": """
        SELECT e.kind, e.entry_date, e.memo, e.created_at, a.code, p.amount, p.base_amount,
               p.currency
        FROM billing_posting p JOIN billing_journalentry e ON e.uuid = p.entry_uuid
        JOIN billing_ledgeraccount a ON a.id = p.account_id
        WHERE p.organization_id = %s""",
    "runs": """
        SELECT c.name, r.intended_date, r.issue_date, r.status, i.number, r.error_code, r.attempts
        FROM billing_recurringrun r JOIN billing_recurringinvoice x ON x.id = r.recurring_id
        JOIN billing_customer c ON c.id = x.customer_id
        LEFT JOIN billing_invoice i ON i.id = r.invoice_id
        WHERE r.organization_id = %s""",
    "reminders": """
        SELECT i.number, r.days, r.planned_date, r.status, r.sent_to, r.sent_at, r.reason,
               r.created_at, r.updated_at
        FROM billing_reminder r JOIN billing_invoice i ON i.id = r.invoice_id
        WHERE r.organization_id = %s""",
    "mails": """
        SELECT m.kind, COALESCE(i.number, j.number), r.days, m.status, m.attach_pdf, m.subject,
               m.body, m.requested_by, m.created_at, t.role, t.address, t.status
        FROM integrations_message m
        JOIN integrations_messagerecipient t ON t.message_id = m.id
        LEFT JOIN billing_invoice i ON m.kind = 'invoice' AND i.id = m.subject_id
        LEFT JOIN billing_reminder r ON m.kind = 'reminder' AND r.id = m.subject_id
        LEFT JOIN billing_invoice j ON j.id = r.invoice_id
        WHERE m.organization_id = %s""",
    "balances": """
        SELECT c.name, b.currency, b.receivable, b.credit
        FROM billing_customerbalance b JOIN billing_customer c ON c.id = b.customer_id
        WHERE b.organization_id = %s""",
    "events": """
        SELECT e.type, e.subject_type, e.sequence, e.occurred_at, e.actor_kind, e.actor_label,
               e.data, e.previous
        FROM core_event e
        WHERE e.organization_id = %s AND e.subject_type NOT IN ('apikey', 'organization')""",
}


class Business:
    """An organization whose sandbox bills `customers` of its own every month.

    They are billed on the first `days` days of it, in turn. Nobody ever pays, so each invoice
    is reminded of at every one of the `steps`, so many days after it was due.
    """

    def __init__(
        self, slug: str, *, customers: int, days: int = 1, steps: Sequence[int] = (3, 14)
    ) -> None:
        live = create_organization(
            at=START,
            name="Meridian Hosting",
            slug=slug,
            timezone="America/New_York",
            currency="USD",
            email="billing@meridian.test",
        )
        self.sandbox = Organization.objects.get(sandbox_of=live)
        self.actor: Actor = system_actor(self.sandbox.pk, livemode=False, label="the year")
        set_clock(actor=self.actor, to=START)
        self._open(customers, days, steps)

    def live_until(self, to: datetime.datetime, budget_seconds: int = 3600) -> None:
        """Advance the clock; what the budget does not suffice for is left to the workers."""
        advance_clock(actor=self.actor, now=START, to=to, budget_seconds=budget_seconds)

    def now(self) -> datetime.datetime:
        clock = Organization.objects.get(pk=self.sandbox.pk).test_clock
        assert clock is not None
        return clock

    def has_arrived(self) -> bool:
        return clock_state(actor=self.actor).target is None

    def _open(self, customers: int, days: int, steps: Sequence[int]) -> None:
        given: dict[str, Any] = {"actor": self.actor, "at": START}
        set_reminder_policy(
            **given,
            is_enabled=True,
            attach_pdf=False,
            steps=[{"days": days_late} for days_late in steps],
        )
        tax = create_tax_profile(**given, name="Sales tax 8.875 %", rate=Decimal("8.875"))
        hosting = create_product(
            **given, name="Hosting", unit_price=Decimal("20.00"), tax_profile_id=tax.pk
        )
        for n in range(customers):
            buyer = create_customer(
                **given,
                name=f"Buyer {n:05}",
                email=f"ap{n}@buyers.test",
                payment_terms_days=14,
            )
            create_recurring(
                **given,
                customer_id=buyer.pk,
                frequency="monthly",
                start_date=START.date() + datetime.timedelta(days=n % days),
                action="send",
                lines=[
                    {"product_id": hosting.pk, "quantity": Decimal(1 + n % 3)},
                    {
                        "name": "Support {month}",
                        "quantity": Decimal("1.5"),
                        "unit_price": Decimal("40.00"),
                    },
                ],
            )

    def rows(self) -> dict[str, list[str]]:
        """All that is told of each kind, sorted: what a small year compares."""
        return {name: sorted(_rows(sql, self.sandbox.pk)) for name, sql in _TOLD.items()}

    def told(self) -> dict[str, tuple[int, str]]:
        """How many rows of each kind there are, and a digest of them without what is random."""
        return {name: _digest(_rows(sql, self.sandbox.pk)) for name, sql in _TOLD.items()}


def _rows(sql: str, organization_id: int) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [organization_id])
        while rows := cursor.fetchmany(2_000):
            for row in rows:
                yield _RANDOM.sub("*", repr([_plain(value) for value in row]))


def _plain(value: Any) -> Any:
    """JSON in one spelling: neither the order of its keys nor a trailing zero says anything."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        return json.dumps(json.loads(value, parse_float=_number, parse_int=_number), sort_keys=True)
    return value


def _number(digits: str) -> str:
    return format(Decimal(digits).normalize(), "f")


def _digest(rows: Iterator[str]) -> tuple[int, str]:
    """Whatever order the rows come in: the sum of what each of them comes to."""
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(row.encode()).digest()[:16])
    return count, f"{total % (1 << 128):032x}"
