"""What a column of the file may mean, and guessing it from the heading."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from billing.imports import headings

Text = str | Promise


class Kind(Enum):
    """How a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    DAY = "day"
    FLAG = "flag"
    COUNTRY = "country"
    CURRENCY = "currency"
    TAGS = "tags"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a row. `words` say what a cell of the kind WORD may hold, for our values."""

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    is_required: bool = False
    is_of_line: bool = False
    words: str = ""


def folded(heading: str) -> str:
    """Small letters and digits only, so that 'E-Mail' is 'email' and 'Straße' is 'strasse'."""
    plain = unicodedata.normalize("NFKD", heading.casefold().replace("%", "percent"))
    return re.sub(r"[^a-z0-9]", "", plain)


def guess(noun: str, headings: Sequence[str]) -> list[str]:
    """For each heading the field it seems to mean, or empty; no field twice."""
    names = _names(noun)
    # As our own example files head them, in the reader's language.
    labels = {folded(str(column.label)): [column.name] for column in COLUMNS[noun]}
    found: list[str] = []
    for heading in headings:
        word = folded(heading)
        meant = labels.get(word) or names.get(word, []) if word else []
        found.append(next((name for name in meant if name not in found), ""))
    return found


@lru_cache(maxsize=8)
def _names(noun: str) -> dict[str, list[str]]:
    """For each folded heading the fields it may mean, the likeliest first."""
    found: dict[str, list[str]] = {}
    text = HEADINGS[noun].replace("\n    ", " ")
    for line in text.strip().splitlines():
        field, _, names = line.partition(": ")
        for name in (field, *names.split(", ")):
            found.setdefault(folded(name), []).append(field)
    return found


_KINDS = (
    "business=business|company|firma|unternehmen|entreprise|societe|empresa|b2b;"
    "individual=individual|person|private|privat|privatperson|particulier|particular|b2c"
)
_PRODUCT_KINDS = (
    "service=service|dienstleistung|leistung|prestation|servicio;"
    "product=product|good|goods|produkt|ware|artikel|produit|article|producto|articulo"
)

CUSTOMERS = (
    Column("external_reference", lazy("Customer number")),
    Column("name", lazy("Name"), is_required=True),
    Column("first_name", lazy("First name")),
    Column("last_name", lazy("Last name")),
    Column("kind", lazy("Business or person"), Kind.WORD, words=_KINDS),
    Column("email", lazy("E-mail")),
    Column("phone", lazy("Phone")),
    Column("legal_name", lazy("Legal name")),
    Column("address_line1", lazy("Street")),
    Column("address_line2", lazy("Address, second line")),
    Column("postal_code", lazy("Postal code")),
    Column("city", lazy("City")),
    Column("subdivision", lazy("State or province")),
    Column("country", lazy("Country"), Kind.COUNTRY),
    Column("vat_id", lazy("VAT id")),
    Column("tax_registration_id", lazy("Tax number")),
    Column("currency", lazy("Currency"), Kind.CURRENCY),
    Column("payment_terms_days", lazy("Days to pay"), Kind.WHOLE),
    Column("credit_limit", lazy("Credit limit"), Kind.NUMBER),
    Column("is_tax_exempt", lazy("Tax exempt"), Kind.FLAG),
    Column("buyer_reference", lazy("Buyer reference")),
    Column("tags", lazy("Tags"), Kind.TAGS),
    Column("notes", lazy("Notes")),
)
PRODUCTS = (
    Column("sku", lazy("SKU")),
    Column("name", lazy("Name"), is_required=True),
    Column("description", lazy("Description")),
    Column("unit_price", lazy("Price"), Kind.NUMBER, is_required=True),
    Column("currency", lazy("Currency"), Kind.CURRENCY),
    Column("unit", lazy("Unit")),
    Column("tax", lazy("Tax")),
    Column("kind", lazy("Kind"), Kind.WORD, words=_PRODUCT_KINDS),
    Column("category", lazy("Category")),
    Column("cost_price", lazy("Cost price"), Kind.NUMBER),
    Column("stock_quantity", lazy("Stock"), Kind.NUMBER),
    Column("is_active", lazy("Offered"), Kind.FLAG),
)
INVOICES = (
    Column("number", lazy("Invoice number in the file")),
    Column("customer_number", lazy("Customer number")),
    Column("customer_email", lazy("Customer's e-mail")),
    Column("customer_name", lazy("Customer's name")),
    Column("issue_date", lazy("Invoice date"), Kind.DAY),
    Column("due_date", lazy("Due date"), Kind.DAY),
    Column("currency", lazy("Currency"), Kind.CURRENCY),
    Column("purchase_order", lazy("Purchase order")),
    Column("notes", lazy("Notes")),
    Column("sku", lazy("SKU"), is_of_line=True),
    Column("name", lazy("Item"), is_of_line=True),
    Column("description", lazy("Details"), is_of_line=True),
    Column("quantity", lazy("Quantity"), Kind.NUMBER, is_of_line=True),
    Column("unit", lazy("Unit"), is_of_line=True),
    Column("unit_price", lazy("Price"), Kind.NUMBER, is_of_line=True),
    Column("discount_percent", lazy("Discount in percent"), Kind.NUMBER, is_of_line=True),
    Column("tax", lazy("Tax"), is_of_line=True),
)
COLUMNS: dict[str, tuple[Column, ...]] = {
    "customers": CUSTOMERS,
    "products": PRODUCTS,
    "invoices": INVOICES,
}
HEADINGS = {
    "customers": headings.CUSTOMERS,
    "products": headings.PRODUCTS,
    "invoices": headings.INVOICES,
}
SCOPES = {
    "customers": "customers:write",
    "products": "products:write",
    "invoices": "invoices:write",
}


def column_of(noun: str, name: str) -> Column:
    """The column of that name; one there is."""
    return next(column for column in COLUMNS[noun] if column.name == name)
