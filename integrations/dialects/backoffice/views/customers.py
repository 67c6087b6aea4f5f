"""/api/v2/customers and /api/v2/batch/customers."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from billing.operations import bulk, customers
from billing.queries.customers import get_customer, list_customers
from billing.queries.search import matching, words_of
from billing.queries.searchables import CUSTOMERS
from core.errors import InvalidFields
from integrations.dialects.backoffice import bodies, shapes
from integrations.dialects.backoffice.presenters import present_customer
from integrations.dialects.backoffice.views.base import (
    BackofficeView,
    changing,
    creating,
    deleting,
    listing,
    reading,
)
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Text
from integrations.dialects.base.query import InvalidParameter

EXAMPLE = {
    "account": "Jane Smith",
    "email": "jane@example.com",
    "phone": "1234567890",
    "address": "123 Business St",
    "city": "New York",
    "state": "NY",
    "zip": "10001",
    "country": "US",
}


class CustomerList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("customers", "customers:read", shapes.CUSTOMER, search=Text(most=200)),
        "POST": creating(
            "a customer", "customers:write", bodies.CUSTOMER, shapes.CUSTOMER, example=EXAMPLE
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = list_customers(self.actor.organization_id)
        if words := query.pop("search", ""):
            wanted = _words(words)
            rows = matching(rows, CUSTOMERS, self.actor.organization_id, wanted)
        return self.page(rows, query, present_customer)

    def post(self, request: HttpRequest) -> HttpResponse:
        made = customers.create_customer(**self.who, **self.body())
        return self.one(present_customer(made), 201)


class CustomerDetail(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a customer", "customers:read", shapes.CUSTOMER),
        "PUT": changing(
            "a customer", "customers:write", bodies.CUSTOMER.optional(), shapes.CUSTOMER
        ),
        "DELETE": deleting(
            "a customer", "customers:write", errors=(customers.CustomerHasInvoices,)
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("customer", id)
        return self.one(present_customer(get_customer(self.actor.organization_id, number)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("customer", id)
        changed = customers.update_customer(**self.who, customer_id=number, **self.body())
        return self.one(present_customer(changed))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        customers.delete_customer(**self.who, customer_id=self.path_number("customer", id))
        return self.done("Customer deleted")


class CustomerBatch(BackofficeView):
    """All of them or none: the document shows no result per row."""

    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Create many customers",
            scopes=("customers:write",),
            body=bodies.BATCH,
            answer=shapes.BATCH,
            status=201,
            description="All of them or none; errors are keyed `customers.1.email`.",
            example={
                "customers": [
                    {"account": "Customer 1", "email": "customer1@example.com"},
                    {"account": "Customer 2", "email": "customer2@example.com"},
                ]
            },
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        rows: list[dict[str, Any]] = self.body()["customers"]
        try:
            made = bulk.create_each(
                customers.create_customer, **self.who, rows=rows, all_or_nothing=True
            )
        except InvalidFields as refused:
            raise InvalidFields(
                [
                    (f"customers.{param.removeprefix('rows.')}", code, message)
                    for param, code, message in refused.errors
                ]
            ) from None
        shown: list[Any] = made
        return self.one([present_customer(each) for each in shown], 201)


def _words(text: str) -> list[str]:
    try:
        return words_of(text)
    except ValueError as error:
        raise InvalidParameter(name="search", reason=str(error), param="search") from None
