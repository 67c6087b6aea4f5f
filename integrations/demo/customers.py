"""Whom the demo organization bills."""

import csv
from dataclasses import dataclass
from pathlib import Path

# Members of the EU in the table, but for the seller's own country.
EU = {"AT", "BE", "CZ", "DE", "DK", "ES", "FI", "FR", "GR", "HU", "IE", "IT", "PL", "PT", "SE"}
_TABLE = Path(__file__).with_name("customers.csv")


@dataclass(frozen=True, slots=True)
class Buyer:
    """One line of customers.csv; `terms` in days, empty means the organization's."""

    name: str
    country: str
    city: str
    street: str
    postal_code: str
    currency: str
    domain: str
    contact: str
    vat_id: str
    subdivision: str
    terms: str
    locale: str

    @property
    def email(self) -> str:
        return f"billing@{self.domain}.example"


def read_buyers() -> list[Buyer]:
    """Every buyer. The first is what `manage.py demo` prints for scripts to bill."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return [Buyer(**row) for row in csv.DictReader(table)]
