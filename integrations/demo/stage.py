"""What stands before the story begins: settings, people, catalogue, customers, rates."""

import datetime
import random
from dataclasses import dataclass
from decimal import Decimal

from accounts.actors import Actor
from accounts.operations.bank_accounts import create_bank_account
from billing.models import Customer, Product, TaxProfile
from billing.operations.contacts import add_address, add_contact
from billing.operations.customers import create_customer
from billing.operations.exchange_rates import set_exchange_rate
from billing.operations.products import create_product
from billing.operations.tax_profiles import create_tax_profile
from core.money import round_half_up
from integrations.demo.catalogue import (
    ARTICLES,
    BANK_ACCOUNTS,
    EXCHANGE_RATES,
    PRICE_LEVELS,
    TAXES,
    Article,
)
from integrations.demo.customers import EU, Buyer, read_buyers

_KIT = ("Studio", "Accounts payable", "Warehouse")


@dataclass(frozen=True, slots=True)
class Shelf:
    """An article and the product it became."""

    article: Article
    product: Product

    def price_in(self, currency: str) -> Decimal:
        """The price list of that currency, major units."""
        level, step = PRICE_LEVELS[currency]
        return max(Decimal(step), round_half_up(self.article.price * level / step, 0) * step)


@dataclass(frozen=True, slots=True)
class Account:
    """A buyer, the customer they became, and the taxes on what they buy."""

    buyer: Buyer
    customer: Customer
    tax_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    taxes: dict[str, TaxProfile]
    shelves: list[Shelf]
    accounts: list[Account]


def set_stage(
    *, actor: Actor, begins: datetime.datetime, ends: datetime.datetime, buyers: int, seed: int
) -> Stage:
    """Make the master data of one organization at `begins`; rates for every month to `ends`."""
    rng = random.Random(seed)  # noqa: S311 (a story, not a secret)
    taxes = {
        key: create_tax_profile(actor=actor, at=begins, **fields) for key, fields in TAXES.items()
    }
    shelves = [_shelve(actor, begins, article, taxes) for article in ARTICLES]
    accounts = [
        _open(actor, begins + datetime.timedelta(minutes=3 * n), buyer, taxes, rng)
        for n, buyer in enumerate(read_buyers()[:buyers], 1)
    ]
    for bank in BANK_ACCOUNTS:
        create_bank_account(actor=actor, at=begins, name="Juniper & Slate B.V.", **bank)
    _set_rates(actor, begins, ends, rng)
    return Stage(taxes, shelves, accounts)


def _shelve(
    actor: Actor, at: datetime.datetime, article: Article, taxes: dict[str, TaxProfile]
) -> Shelf:
    product = create_product(
        actor=actor,
        at=at,
        name=article.name,
        description=article.description,
        sku=article.sku,
        unit_price=Decimal(article.price),
        currency="USD",
        kind=article.kind,
        unit=article.unit,
        unit_code=article.unit_code,
        tax_profile_id=taxes["gst"].pk if article is ARTICLES[0] else None,
        stock_quantity=Decimal(1200) if article.kind == "product" else None,
    )
    return Shelf(article, product)


def _open(
    actor: Actor,
    at: datetime.datetime,
    buyer: Buyer,
    taxes: dict[str, TaxProfile],
    rng: random.Random,
) -> Account:
    is_person = not buyer.vat_id and buyer.name == buyer.contact
    customer = create_customer(
        actor=actor,
        at=at,
        name=buyer.name,
        kind="individual" if is_person else "business",
        legal_name=buyer.name,
        vat_id=buyer.vat_id,
        address_line1=buyer.street,
        city=buyer.city,
        subdivision=buyer.subdivision,
        postal_code=buyer.postal_code,
        country=buyer.country,
        contact_name=buyer.contact,
        email=buyer.email,
        currency=buyer.currency,
        locale=buyer.locale,
        payment_terms_days=int(buyer.terms) if buyer.terms else None,
        tags=rng.sample(["hosting", "retainer", "print", "referral"], k=rng.randint(0, 2)),
    )
    add_contact(
        actor=actor,
        at=at,
        customer_id=customer.pk,
        name=buyer.contact,
        email=buyer.email,
        position="Owner" if is_person else "Head of office",
        is_primary=True,
    )
    if rng.random() < 0.3:
        place = rng.choice(_KIT)
        add_address(
            actor=actor,
            at=at,
            customer_id=customer.pk,
            name=f"{buyer.name}, {place}"[:200],
            line1=buyer.street,
            city=buyer.city,
            postal_code=buyer.postal_code,
            country=buyer.country,
        )
    return Account(buyer, customer, tuple(taxes[key].pk for key in _tax_keys(buyer)))


def _tax_keys(buyer: Buyer) -> tuple[str, ...]:
    """Taxes by where the buyer is and whether they have a VAT number."""
    if buyer.country == "AU":
        return ("gst",)
    if buyer.country == "GB":
        return ("vat_gb",)
    if buyer.subdivision == "QC":
        return ("gst_ca", "qst")
    if buyer.country == "NL":
        return ("vat",)
    if buyer.country in EU:
        return ("reverse",) if buyer.vat_id else ("vat",)
    return ("export",)


def _set_rates(
    actor: Actor, begins: datetime.datetime, ends: datetime.datetime, rng: random.Random
) -> None:
    first = begins.date().replace(day=1)
    months = (ends.year - first.year) * 12 + ends.month - first.month
    for currency, middle in EXCHANGE_RATES.items():
        drift = Decimal(0)
        for month in range(months + 1):
            years, index = divmod(first.month - 1 + month, 12)
            # A walk of at most one percent a month that is drawn back to the middle.
            drift = drift * Decimal("0.8") + Decimal(rng.randint(-100, 100)) / 10_000
            set_exchange_rate(
                actor=actor,
                at=begins,
                currency=currency,
                rate=round_half_up(middle * (1 + drift), 6),
                valid_from=datetime.date(first.year + years, index + 1, 1),
            )
