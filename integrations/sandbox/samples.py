"""Sample data: a small business to look around in, in the sandbox and nowhere else.

An issued invoice is final: its number, its postings and its events stay for ever. So a
sample must never stand among real ones. The sandbox has numbers, books and events of its
own and is emptied as a whole, which takes nothing from the live organization.
"""

import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organization
from billing.country_facts import facts_of
from billing.models import Customer, Invoice, TaxProfile
from billing.operations.customers import create_customer
from billing.operations.invoices import create_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.payments import record_payment
from billing.operations.products import create_product
from billing.operations.quote_answers import open_quote
from billing.operations.quotes import create_quote
from billing.operations.tax_profiles import create_tax_profile
from billing.queries.organizations import today
from core.currencies import get_currency
from core.errors import DomainError, Kind
from core.models import Event
from core.money import from_minor
from integrations.sandbox.wiping import TestModeOnly

_DAY = datetime.timedelta(days=1)
# Name, unit, price in dollars or euros; other currencies take the same digits.
_PRODUCTS = (
    ("Consulting", "hour", "120.00"),
    ("Design of a website", "", "2400.00"),
    ("Care plan", "month", "89.00"),
    ("Workshop, one day", "", "1450.00"),
    ("Printed catalogue", "copy", "9.50"),
)
# Without e-mail addresses: nothing of this can go out.
_CUSTOMERS = (
    ("Lindgren & Partners", "Harbour Street 4", "Northport"),
    ("Café Miramar", "Sea Road 18", "Westbay"),
    ("Orchard Primary School", "Orchard Lane 2", "Fairfield"),
    ("Nova Robotics", "Science Park 7", "Eastbrook"),
    ("Marta Novak", "Mill Street 31", "Fairfield"),
    ("Blue Door Books", "Market Square 9", "Northport"),
)
# Customer, products with their quantities, age in days, and the share paid (None: a draft).
_INVOICES: tuple[tuple[int, tuple[tuple[int, str], ...], int, str | None], ...] = (
    (0, ((1, "1"), (2, "3")), 128, "1"),
    (1, ((0, "6"),), 112, "1"),
    (2, ((3, "1"),), 97, "1"),
    (3, ((0, "22.5"),), 84, "1"),
    (5, ((4, "250"),), 71, "1"),
    (0, ((2, "3"),), 62, "0"),
    (4, ((0, "3"),), 48, "0.5"),
    (1, ((4, "120"), (0, "1.5")), 39, "1"),
    (3, ((1, "1"), (0, "8")), 26, "0.5"),
    (2, ((0, "4"),), 17, "0"),
    (5, ((2, "6"),), 9, "1"),
    (0, ((0, "10"), (3, "1")), 4, "0"),
    (4, ((0, "2"),), 1, None),
)
_QUOTES = ((3, ((3, "2"),), 6), (1, ((1, "1"),), 2))


class SandboxNotEmpty(DomainError):
    kind, code = Kind.CONFLICT, "sandbox_not_empty"
    message = "The test mode holds something already: empty it first."


def holds_something(organization_id: int) -> bool:
    """Whether there is anything that samples would mix with."""
    return any(
        model.objects.of(organization_id).exists() for model in (Customer, Invoice, TaxProfile)
    )


@transaction.atomic
def fill_sandbox(*, actor: Actor, at: datetime.datetime) -> int:
    """Put customers, products, quotes and invoices of four months there; how many invoices.

    Raises Forbidden, TestModeOnly, SandboxNotEmpty.
    """
    actor.require("settings:write")
    organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
    if organization.livemode:
        raise TestModeOnly()
    if holds_something(organization.pk):
        raise SandboxNotEmpty()
    last = Event.objects.filter(organization_id=organization.pk).order_by("-pk").first()
    maker = _Maker(organization, actor, at)
    for customer, lines, age, share in _INVOICES:
        maker.bill(customer, lines, at - age * _DAY, share)
    for customer, lines, age in _QUOTES:
        maker.offer(customer, lines, at - age * _DAY)
    # It lies in the past and is made up: no webhook and no mail tells of it.
    told = Event.objects.filter(organization_id=organization.pk, relayed_at=None)
    told.filter(pk__gt=last.pk if last else 0).update(relayed_at=at)
    return len(_INVOICES)


class _Maker:
    """The catalogue and the customers, and documents between them."""

    def __init__(self, organization: Organization, actor: Actor, now: datetime.datetime) -> None:
        self.organization, self.actor, self.now = organization, actor, now
        begins = now - 130 * _DAY
        rates = facts_of(organization.country).rates
        taxes = [
            create_tax_profile(
                actor=actor,
                at=begins,
                name=rate.name,
                rate=rate.percent,
                type=rate.type,
                category=rate.category,
                exemption_reason=rate.reason,
            )
            for rate in rates
            if rate.category == "S"
        ]
        self.tax = taxes[0].pk if taxes else None
        places = get_currency(organization.currency).exponent
        self.products = [
            create_product(
                actor=actor,
                at=begins,
                name=name,
                unit=unit,
                unit_price=Decimal(price) if places else Decimal(price).to_integral_value(),
                currency=organization.currency,
                tax_profile_id=self.tax,
            )
            for name, unit, price in _PRODUCTS
        ]
        self.customers = [
            create_customer(
                actor=actor,
                at=begins,
                name=name,
                address_line1=street,
                city=city,
                country=organization.country,
                currency=organization.currency,
            )
            for name, street, city in _CUSTOMERS
        ]

    def bill(
        self,
        customer: int,
        lines: tuple[tuple[int, str], ...],
        at: datetime.datetime,
        share: str | None,
    ) -> None:
        invoice = create_invoice(
            actor=self.actor,
            at=at,
            customer_id=self.customers[customer].pk,
            lines=self._lines(lines),
        )
        if share is None:
            return
        invoice = issue_invoice(actor=self.actor, at=at, invoice_id=invoice.pk)
        paid = int(invoice.total * Decimal(share))
        if paid:
            # Nothing of it lies in the future.
            paid_at = min(at + 12 * _DAY, self.now)
            record_payment(
                actor=self.actor,
                at=paid_at,
                amount=from_minor(paid, invoice.currency),
                currency=invoice.currency,
                method="bank_transfer",
                payment_date=today(self.organization, paid_at),
                invoice_id=invoice.pk,
            )

    def offer(
        self, customer: int, lines: tuple[tuple[int, str], ...], at: datetime.datetime
    ) -> None:
        quote = create_quote(
            actor=self.actor,
            at=at,
            customer_id=self.customers[customer].pk,
            lines=self._lines(lines),
        )
        open_quote(actor=self.actor, at=at, quote_id=quote.pk)

    def _lines(self, lines: tuple[tuple[int, str], ...]) -> list[dict[str, object]]:
        return [
            {"product_id": self.products[index].pk, "quantity": Decimal(quantity)}
            for index, quantity in lines
        ]
