"""Many rows in one request: /v1/{invoices,customers,products}/bulk and …/import."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from billing.operations import bulk
from billing.operations.customers import create_customer
from billing.operations.products import create_product
from billing.snapshots import customer_snapshot, invoice_snapshot, product_snapshot
from core.errors import DomainError, InvalidFields
from integrations.dialects.base.bodies import check_media_type, read_bytes
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.faults import fault_from
from integrations.dialects.base.query import FlagText, Query
from integrations.dialects.enterprise import csv_rows
from integrations.dialects.enterprise.bodies import bulk as bodies
from integrations.dialects.enterprise.bodies.invoices import EXAMPLE as INVOICE_EXAMPLE
from integrations.dialects.enterprise.bodies.invoices import operation_values
from integrations.dialects.enterprise.bodies.others import customer_values
from integrations.dialects.enterprise.errors import spell_fault
from integrations.dialects.enterprise.ids import shown_id, wire_id
from integrations.dialects.enterprise.presenters.catalogue import present_product
from integrations.dialects.enterprise.presenters.customers import present_customer
from integrations.dialects.enterprise.presenters.invoices import present_invoice
from integrations.dialects.enterprise.shapes import bulk as SHAPES
from integrations.dialects.enterprise.views.base import EnterpriseView

_MEGABYTE = 1_048_576
_ABOUT = (
    "Up to 1,000 rows. Each is created or refused by itself, and the results stand in the order"
    " of the rows; with `all_or_nothing` one refusal refuses all with 422. Send an idempotency"
    " key: a repetition answers the same results."
)
_ABOUT_IMPORT = (
    "A CSV file in UTF-8 with a heading line, up to 1,000 objects and 5 MB. `dry_run=true` tells"
    " what would happen and keeps nothing; `all_or_nothing=true` keeps nothing if a row fails."
)


class _Bulk(EnterpriseView):
    """Decoded rows in, a result for each out."""

    max_body_bytes = 5 * _MEGABYTE
    noun: ClassVar[str]

    def create(self, rows: Sequence[bulk.Row], **options: bool) -> list[Any]:
        """An object or a refusal for each row."""
        raise TypeError("a bulk view says what it creates")

    def present(self, made: Any) -> dict[str, Any]:
        """The object as its own endpoint shows it."""
        raise TypeError("a bulk view says what it shows")

    def values(self, decoded: dict[str, Any]) -> dict[str, Any]:
        """A decoded row as its operation takes it."""
        return decoded

    def refusal(self, error: DomainError) -> dict[str, Any]:
        """Why a row was refused, as the row's own request would have been told."""
        fault = fault_from(error)
        if not isinstance(error, InvalidFields) and {"noun", "id"} <= error.details.keys():
            shown = {**error.details, "id": shown_id(error.details["noun"], error.details["id"])}
            fault = fault_from(type(error)(param=error.param, **shown))
        spelled: dict[str, Any] = spell_fault(fault, "")["error"]
        return spelled

    def rows(self, decoded: Sequence[bulk.Row]) -> list[bulk.Row]:
        """The rows as the operations take them."""
        return [
            each if isinstance(each, DomainError) else self.values(dict(each)) for each in decoded
        ]


class _BulkCreate(_Bulk):
    def post(self, request: HttpRequest) -> HttpResponse:
        values = self.body()
        try:
            results = self.create(
                self.rows(values["rows"]), all_or_nothing=values.get("all_or_nothing", False)
            )
        except InvalidFields as refused:
            # The operation calls them rows; the request does not.
            raise InvalidFields(
                [
                    (re.sub("^rows", f"{self.noun}s", param), code, message)
                    for param, code, message in refused.errors
                ]
            ) from None
        shown = []
        for index, result in enumerate(results):
            if isinstance(result, DomainError):
                shown.append({"index": index, "status": "failed", "error": self.refusal(result)})
            else:
                data = {**self.present(result), "livemode": self.organization.livemode}
                shown.append({"index": index, "status": "created", "data": data})
        return self.answer({"object": "bulk_result", **_counts(results), "results": shown})


class _Import(_Bulk):
    def found(self, text: str) -> list[csv_rows.CsvRow]:
        """The objects in the file. Raises InvalidCsv."""
        raise TypeError("an import says how it reads its file")

    def read(self, request: HttpRequest) -> dict[str, Any]:
        raw = read_bytes(request, self.max_body_bytes)
        if raw:
            check_media_type(request, csv_rows.MEDIA_TYPE)
        return {"csv": csv_rows.decoded(raw)}

    def post(self, request: HttpRequest) -> HttpResponse:
        options = self.query()
        found = self.found(self.payload["csv"])
        try:
            results = self.create(self.rows([each.row for each in found]), **options)
        except InvalidFields as refused:
            raise InvalidFields([_on_its_line(found, *error) for error in refused.errors]) from None
        is_dry = options.get("dry_run", False)
        shown = []
        for each, result in zip(found, results, strict=True):
            said: dict[str, Any]
            if isinstance(result, DomainError):
                said = {"status": "failed", "error": self.refusal(result)}
            else:
                said = {"status": "created", "id": None if is_dry else self._id(result)}
                if hasattr(result, "number"):
                    said["number"] = None if is_dry else result.number
            shown.append({"line": each.line, **said})
        return self.answer(
            {
                "object": "import_result",
                "type": f"{self.noun}s",
                "dry_run": is_dry,
                **_counts(results),
                "results": shown,
            }
        )

    def _id(self, made: Any) -> str:
        return wire_id(self.noun, made.uuid)


class _Invoices(_Bulk):
    noun = "invoice"

    def values(self, decoded: dict[str, Any]) -> dict[str, Any]:
        return operation_values(decoded)

    def create(self, rows: Sequence[bulk.Row], **options: bool) -> list[Any]:
        return bulk.create_invoices(
            actor=self.actor, at=self.at, rows=rows, source="enterprise", **options
        )

    def present(self, made: Any) -> dict[str, Any]:
        return present_invoice(invoice_snapshot(made), self.today)


class _Customers(_Bulk):
    noun = "customer"

    def values(self, decoded: dict[str, Any]) -> dict[str, Any]:
        return customer_values(decoded)

    def create(self, rows: Sequence[bulk.Row], **options: bool) -> list[Any]:
        return bulk.create_each(create_customer, actor=self.actor, at=self.at, rows=rows, **options)

    def present(self, made: Any) -> dict[str, Any]:
        return present_customer(customer_snapshot(made), balances=())


class _Products(_Bulk):
    noun = "product"

    def create(self, rows: Sequence[bulk.Row], **options: bool) -> list[Any]:
        return bulk.create_each(create_product, actor=self.actor, at=self.at, rows=rows, **options)

    def present(self, made: Any) -> dict[str, Any]:
        return present_product(product_snapshot(made))


def _bulk_endpoint(plural: str, scope: str, **more: Any) -> Mapping[str, Endpoint]:
    return {
        "POST": Endpoint(
            summary=f"Create many {plural}", scopes=(scope,), description=_ABOUT, **more
        )
    }


class InvoiceBulk(_Invoices, _BulkCreate):
    endpoints: ClassVar[Endpoints] = _bulk_endpoint(
        "invoices",
        "invoices:write",
        body=bodies.INVOICES,
        answer=SHAPES.INVOICES,
        example={
            "invoices": [
                {name: value for name, value in INVOICE_EXAMPLE.items() if name != "auto_send"}
            ]
        },
    )


class CustomerBulk(_Customers, _BulkCreate):
    endpoints: ClassVar[Endpoints] = _bulk_endpoint(
        "customers",
        "customers:write",
        body=bodies.CUSTOMERS,
        answer=SHAPES.CUSTOMERS,
        example={"customers": [{"name": "ACME Corporation"}, {"name": "Globex"}]},
    )


class ProductBulk(_Products, _BulkCreate):
    endpoints: ClassVar[Endpoints] = _bulk_endpoint(
        "products",
        "products:write",
        body=bodies.PRODUCTS,
        answer=SHAPES.PRODUCTS,
        example={"products": [{"name": "Consulting", "unit_price": 150}], "all_or_nothing": True},
    )


def _import_endpoint(plural: str, scope: str, columns: Sequence[str]) -> Mapping[str, Endpoint]:
    return {
        "POST": Endpoint(
            summary=f"Import {plural} from CSV",
            scopes=(scope,),
            query=Query({"dry_run": FlagText(), "all_or_nothing": FlagText()}),
            body_schemas={csv_rows.MEDIA_TYPE: {"type": "string", "format": "binary"}},
            answer=SHAPES.IMPORT,
            errors=(csv_rows.InvalidCsv,),
            description=f"{_ABOUT_IMPORT} Columns: {', '.join(f'`{name}`' for name in columns)}.",
        )
    }


class InvoiceImport(_Invoices, _Import):
    endpoints: ClassVar[Endpoints] = _import_endpoint(
        "invoices", "invoices:write", csv_rows.INVOICE_COLUMNS
    )

    def found(self, text: str) -> list[csv_rows.CsvRow]:
        return csv_rows.read_invoices(self.actor.organization_id, text)


class CustomerImport(_Customers, _Import):
    endpoints: ClassVar[Endpoints] = _import_endpoint(
        "customers", "customers:write", csv_rows.CUSTOMER_COLUMNS
    )

    def found(self, text: str) -> list[csv_rows.CsvRow]:
        return csv_rows.read_customers(self.actor.organization_id, text)


class ProductImport(_Products, _Import):
    endpoints: ClassVar[Endpoints] = _import_endpoint(
        "products", "products:write", csv_rows.PRODUCT_COLUMNS
    )

    def found(self, text: str) -> list[csv_rows.CsvRow]:
        return csv_rows.read_products(self.actor.organization_id, text)


def _on_its_line(
    found: Sequence[csv_rows.CsvRow], param: str, code: str, message: str
) -> tuple[str, str, str]:
    _, index, field = [*param.split(".", 2), ""][:3]
    line = found[int(index)].line
    return f"lines.{line}.{field}".rstrip("."), code, f"Line {line}: {message}"


def _counts(results: Sequence[Any]) -> dict[str, int]:
    failed = sum(isinstance(result, DomainError) for result in results)
    return {"created": len(results) - failed, "failed": failed}
