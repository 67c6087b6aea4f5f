"""What a bulk create and an import answer."""

from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    choice,
    flag,
    maybe,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.catalogue import PRODUCT
from integrations.dialects.enterprise.shapes.customers import CUSTOMER
from integrations.dialects.enterprise.shapes.invoices import INVOICE

ROW_ERROR = Shape(
    name="RowError",
    fields={
        "type": text(),
        "code": text(),
        "message": text(),
        "param": text("The field, as in a request for this row alone."),
        "errors": Many(
            Shape(
                name="FieldError",
                fields={"code": text(), "message": text(), "param": text()},
            )
        ),
        "doc_url": text(),
    },
    optional=frozenset({"param", "errors"}),
)
_COUNTS: dict[str, Node] = {"created": whole(), "failed": whole()}


def _result_of(item: Shape) -> Shape:
    row = Shape(
        name=f"Bulk{item.name}Row",
        fields={
            "index": whole("The row's place in the request, from 0."),
            "status": choice("created", "failed"),
            "data": item,
            "error": ROW_ERROR,
        },
        optional=frozenset({"data", "error"}),
    )
    return Shape(
        name=f"Bulk{item.name}Result",
        fields={"object": choice("bulk_result"), **_COUNTS, "results": Many(row)},
    )


INVOICES = _result_of(INVOICE)
CUSTOMERS = _result_of(CUSTOMER)
PRODUCTS = _result_of(PRODUCT)

IMPORT = Shape(
    name="ImportResult",
    fields={
        "object": choice("import_result"),
        "type": choice("customers", "products", "invoices"),
        "dry_run": flag("Nothing was kept: this is what would have happened."),
        **_COUNTS,
        "results": Many(
            Shape(
                name="ImportRow",
                fields={
                    "line": whole("The line of the file on which the row begins, from 1."),
                    "status": choice("created", "failed"),
                    "id": maybe(text("Null in a dry run.")),
                    "number": maybe(text("An invoice's number, null in a dry run.")),
                    "error": ROW_ERROR,
                },
                optional=frozenset({"id", "number", "error"}),
            )
        ),
    },
)
