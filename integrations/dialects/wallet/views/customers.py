"""/api/v0/customers."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from billing.models import Customer, Payment
from billing.operations import customers
from billing.queries.customers import get_customer, list_customers
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.fields import Text
from integrations.dialects.wallet import bodies, shapes
from integrations.dialects.wallet.presenters import present_customer
from integrations.dialects.wallet.refusals import CustomerEmailTaken
from integrations.dialects.wallet.views.base import (
    WalletView,
    changing,
    creating,
    deleting,
    reading,
)
from integrations.dialects.wallet.words import BLACKLISTED, CUSTOMER_STATUSES

EXAMPLE = {
    "first_name": "John",
    "last_name": "Doe",
    "email": "john@example.com",
    "phone_number": "+1-555-123-4567",
    "customer_type": "Startup",
}


class CustomerView(WalletView):
    def shown(self, rows: Sequence[Customer]) -> list[dict[str, Any]]:
        """The customers with what each paid last."""
        payments = Payment.objects.of(self.actor.organization_id).filter(
            customer__in=rows, status=Payment.Status.SUCCEEDED
        )
        last = {each.customer_id: each for each in payments.order_by("payment_date", "pk")}
        return [present_customer(row, last.get(row.pk), self.app) for row in rows]

    def row(self, id: str) -> Customer:
        return get_customer(self.actor.organization_id, self.path_uuid("customer", id))


class CustomerList(CustomerView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List customers",
            scopes=("customers:read",),
            query=bodies.listed(
                status=bodies.Word(words=(*CUSTOMER_STATUSES.words, BLACKLISTED)),
                name=Text(most=200, description="A part of the name."),
                email=Text(most=254, description="A part of the e-mail address."),
            ),
            answer=shapes.CUSTOMERS,
        ),
        "POST": creating(
            "a customer",
            "customers:write",
            bodies.CUSTOMER,
            shapes.CUSTOMER,
            errors=(CustomerEmailTaken,),
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        skip, take = query.get("skip", 0), query.get("take", bodies.DEFAULT_TAKE)
        rows = list_customers(self.actor.organization_id)
        if word := query.get("status"):
            rows = _with_status(rows, word)
        if name := query.get("name"):
            rows = rows.filter(name__icontains=name)
        if email := query.get("email"):
            rows = rows.filter(email__icontains=email)
        found, total = self.slice(rows, query)
        page = {"data": self.shown(found), "total": total, "skip": skip, "take": take}
        response = self.answer(page)
        response.headers["X-Total-Count"] = str(total)
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        values = self.body()
        with transaction.atomic():
            _refuse_twin(self.actor.organization_id, values.get("email", ""))
            made = customers.create_customer(**self.who, **_fields(values, {}))
        return self.answer(self.shown([made])[0], 201, location=f"/api/v0/customers/{made.uuid}")


class CustomerDetail(CustomerView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a customer", "customers:read", shapes.CUSTOMER),
        **partial_update(
            changing(
                "a customer",
                "customers:write",
                bodies.CUSTOMER.optional(),
                shapes.CUSTOMER,
                errors=(CustomerEmailTaken,),
                example={"status": "DEACTIVATED"},
            )
        ),
        "DELETE": deleting(
            "a customer", "customers:write", errors=(customers.CustomerHasInvoices,)
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(self.shown([self.row(id)])[0])

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        values, row = self.body(), self.row(id)
        with transaction.atomic():
            email = values.get("email", "")
            if email.lower() != row.email.lower():
                _refuse_twin(self.actor.organization_id, email)
            named = {"first_name": row.first_name, "last_name": row.last_name, **values}
            fields = _fields(values, row.metadata)
            if {"first_name", "last_name"} & values.keys():
                fields["name"] = _name(named)
            changed = customers.update_customer(**self.who, customer_id=row.pk, **fields)
        return self.answer(self.shown([changed])[0])

    def patch(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.put(request, id)

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        customers.delete_customer(**self.who, customer_id=self.row(id).pk)
        return self.done("Customer deleted")


def _fields(values: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    """The body as the operations take it; what only this API knows is kept as metadata."""
    fields = {name: values[name] for name in values if name not in ("customer_type", "status")}
    kept = dict(metadata)
    if "first_name" in values and "last_name" in values:
        fields["name"] = _name(values)
    if kind := values.get("customer_type"):
        kept["customer_type"] = kind
        is_person = kind == "Individual"
        fields["kind"] = Customer.Kind.INDIVIDUAL if is_person else Customer.Kind.BUSINESS
    if status := values.get("status"):
        kept.pop("blacklisted", None)
        if status == BLACKLISTED:
            kept["blacklisted"] = True
        ours = CUSTOMER_STATUSES.to_ours(status)
        fields["status"] = ours or Customer.Status.INACTIVE
    return {**fields, "metadata": kept} if kept != metadata else fields


def _name(values: dict[str, Any]) -> str:
    return f"{values['first_name']} {values['last_name']}".strip()


def _with_status(rows: Any, word: str) -> Any:
    ours = CUSTOMER_STATUSES.to_ours(word)
    if ours is None:
        return rows.filter(status=Customer.Status.INACTIVE, metadata__blacklisted=True)
    found = rows.filter(status=ours)
    if ours != Customer.Status.INACTIVE:
        return found
    # Not exclude() on the key: a comparison with what is absent is neither true nor false.
    return found.exclude(pk__in=found.filter(metadata__blacklisted=True).values("pk"))


def _refuse_twin(organization_id: int, email: str) -> None:
    twins = list_customers(organization_id).exclude(status=Customer.Status.ARCHIVED)
    if email and twins.filter(email__iexact=email).exists():
        raise CustomerEmailTaken(email=email)
