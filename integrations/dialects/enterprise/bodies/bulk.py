"""Bodies of many rows, of which each may be refused alone."""

from dataclasses import dataclass
from typing import Any

from core.errors import DomainError, InvalidFields
from integrations.dialects.base.fields import Flag, ListOf, Object, Refusal
from integrations.dialects.enterprise.bodies import invoices
from integrations.dialects.enterprise.bodies.others import CUSTOMER, PRODUCT

MOST_ROWS = 1_000


@dataclass(frozen=True, kw_only=True)
class RowsOf(ListOf):
    """A list whose broken rows come as their refusal, in their places."""

    item: Object

    def decode(self, value: Any) -> list[dict[str, Any] | DomainError]:
        if not isinstance(value, list):
            raise Refusal("invalid_type", "must be a list")
        if not 1 <= len(value) <= self.most:
            raise Refusal("too_many_items", f"must have 1 to {self.most} rows")
        return [self.row(each) for each in value]

    def row(self, sent: Any) -> dict[str, Any] | DomainError:
        """One row decoded, or why it cannot be."""
        try:
            return self.item.decode(sent)
        except Refusal as refusal:
            return InvalidFields([("", refusal.code, f"A row {refusal.message}")])
        except InvalidFields as error:
            return error


def _many(name: str, item: Object) -> Object:
    return Object(
        fields={
            name: RowsOf(name="rows", item=item, most=MOST_ROWS, required=True),
            "all_or_nothing": Flag(),
        }
    )


# Mail is not sent by the thousand: auto_send is no field of a row.
INVOICE_ROW = Object(
    fields={name: each for name, each in invoices.CREATE.fields.items() if name != "auto_send"},
    computed=invoices.COMPUTED,
)
INVOICES = _many("invoices", INVOICE_ROW)
CUSTOMERS = _many("customers", CUSTOMER)
PRODUCTS = _many("products", PRODUCT)
