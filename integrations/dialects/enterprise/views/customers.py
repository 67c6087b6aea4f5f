"""/v1/customers."""

from typing import Any, ClassVar

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from billing.models import Customer
from billing.operations import customers
from billing.queries.customers import get_customer, list_customers
from billing.queries.invoices import list_invoices
from billing.snapshots import customer_snapshot
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.fields import Choice, CurrencyCode, Email
from integrations.dialects.base.pagination import PageRequest, SortKey, read_text
from integrations.dialects.base.query import AmountRange, InstantRange, filtered
from integrations.dialects.enterprise.bodies.others import CUSTOMER as CUSTOMER_BODY
from integrations.dialects.enterprise.bodies.others import customer_values
from integrations.dialects.enterprise.presenters.customers import present_customer
from integrations.dialects.enterprise.shapes.customers import CUSTOMER, CUSTOMERS
from integrations.dialects.enterprise.shapes.invoices import INVOICES
from integrations.dialects.enterprise.views.base import (
    BY_CREATION,
    BY_UPDATE,
    EnterpriseView,
    list_query,
)
from integrations.dialects.enterprise.views.invoice_lists import LIST_OF_CUSTOMER, invoice_page
from integrations.dialects.enterprise.words import CUSTOMER_STATUSES, CUSTOMER_TYPES

LIST = list_query(
    "customer",
    status=Choice(table=CUSTOMER_STATUSES),
    type=Choice(name="kind", table=CUSTOMER_TYPES),
    email=Email(),
    currency=CurrencyCode(),
    credit_limit=AmountRange(),
    created_at=InstantRange(),
    updated_at=InstantRange(),
)
SORTS = {
    **BY_CREATION,
    **BY_UPDATE,
    "name": (SortKey("name", read_text),),
    "email": (SortKey("email", read_text),),
}
EXAMPLE = {
    "name": "ACME Corporation",
    "company_name": "ACME Corporation",
    "email": "billing@acme.example",
    "phone": "+1-555-0100",
    "billing_address": {
        "street": "123 Main Street",
        "city": "San Francisco",
        "state": "CA",
        "postal_code": "94105",
        "country": "US",
    },
    "payment_terms": 30,
    "currency": "USD",
    "tax_number": "12-3456789",
}


class CustomerList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List customers", scopes=("customers:read",), query=LIST, answer=CUSTOMERS
        ),
        "POST": Endpoint(
            summary="Create a customer",
            scopes=("customers:write",),
            body=CUSTOMER_BODY,
            answer=CUSTOMER,
            status=201,
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        return self.list_answer(
            filtered(list_customers(self.actor.organization_id), query),
            page,
            _shown,
            sorts=SORTS,
            prepare=lambda rows: prefetch_related_objects(rows, "balances", "addresses"),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        customer = customers.create_customer(
            actor=self.actor, at=self.at, **customer_values(self.body())
        )
        shown = present_customer(customer_snapshot(customer), balances=())
        return self.answer(shown, 201, location=f"/v1/customers/{shown['id']}")


class CustomerDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve a customer", scopes=("customers:read",), answer=CUSTOMER),
        **partial_update(
            Endpoint(
                summary="Update a customer",
                scopes=("customers:write",),
                body=CUSTOMER_BODY.optional(),
                answer=CUSTOMER,
                example={"email": "accounts@acme.example", "payment_terms": 14},
            )
        ),
        "DELETE": Endpoint(
            summary="Delete a customer",
            scopes=("customers:write",),
            status=204,
            description="Refused while there are documents of the customer.",
            errors=(customers.CustomerHasInvoices,),
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        return self.answer(_shown(customer))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        customer = customers.update_customer(
            actor=self.actor,
            at=self.at,
            customer_id=self.uuid_of("customer", id),
            **customer_values(self.body()),
        )
        return self.answer(_shown(customer))

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        customers.delete_customer(
            actor=self.actor, at=self.at, customer_id=self.uuid_of("customer", id)
        )
        return self.no_content()


class CustomerInvoices(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List a customer's invoices",
            scopes=("customers:read", "invoices:read"),
            query=LIST_OF_CUSTOMER,
            answer=INVOICES,
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        rows = list_invoices(self.actor.organization_id).filter(customer=customer)
        return invoice_page(self, rows, self.query())


def _shown(customer: Customer) -> dict[str, Any]:
    return present_customer(customer_snapshot(customer), customer.balances.all())
