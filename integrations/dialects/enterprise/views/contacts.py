"""People and further addresses of a customer."""

from dataclasses import replace
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.operations import contacts
from billing.queries.customers import get_customer
from billing.queries.lookup import find
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.faults import Fault
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.enterprise.bodies.contacts import ADDRESS as ADDRESS_BODY
from integrations.dialects.enterprise.bodies.contacts import CONTACT as CONTACT_BODY
from integrations.dialects.enterprise.errors import spell_param
from integrations.dialects.enterprise.presenters.contacts import present_address, present_contact
from integrations.dialects.enterprise.shapes.contacts import ADDRESS, ADDRESSES, CONTACT, CONTACTS
from integrations.dialects.enterprise.views.base import EnterpriseView, list_query

_READ, _WRITE = ("customers:read",), ("customers:write",)


class ContactList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List a customer's contacts",
            scopes=_READ,
            query=list_query("contact"),
            answer=CONTACTS,
        ),
        "POST": Endpoint(
            summary="Add a contact",
            scopes=_WRITE,
            body=CONTACT_BODY,
            answer=CONTACT,
            status=201,
            description="Raises `customer.updated`, as every change of a contact does.",
            errors=(contacts.TooManyContacts,),
            example={
                "name": "Ann Archer",
                "email": "ann@acme.example",
                "position": "Accounts payable",
                "is_primary": True,
                "receives_invoices": True,
            },
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        page = PageRequest.taken_from(self.query())
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        rows = customer.contacts.all()
        return self.list_answer(rows, page, lambda row: present_contact(row, customer))

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        contact = contacts.add_contact(
            actor=self.actor, at=self.at, customer_id=customer.pk, **self.body()
        )
        shown = present_contact(contact, contact.customer)
        return self.answer(shown, 201, location=f"/v1/customers/{id}/contacts/{shown['id']}")


class ContactDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve a contact", scopes=_READ, answer=CONTACT),
        **partial_update(
            Endpoint(
                summary="Update a contact",
                scopes=_WRITE,
                body=CONTACT_BODY.optional(),
                answer=CONTACT,
                example={"receives_invoices": False},
            )
        ),
        "DELETE": Endpoint(summary="Delete a contact", scopes=_WRITE, status=204),
    }

    def get(self, request: HttpRequest, id: str, contact_id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        reference = self.uuid_of("contact", contact_id)
        return self.answer(
            present_contact(find(customer.contacts.all(), reference, "contact"), customer)
        )

    def put(self, request: HttpRequest, id: str, contact_id: str) -> HttpResponse:
        contact = contacts.update_contact(
            actor=self.actor,
            at=self.at,
            customer_id=self.uuid_of("customer", id),
            contact_id=self.uuid_of("contact", contact_id),
            **self.body(),
        )
        return self.answer(present_contact(contact, contact.customer))

    patch = put

    def delete(self, request: HttpRequest, id: str, contact_id: str) -> HttpResponse:
        contacts.remove_contact(
            actor=self.actor,
            at=self.at,
            customer_id=self.uuid_of("customer", id),
            contact_id=self.uuid_of("contact", contact_id),
        )
        return self.no_content()


class _AddressView(EnterpriseView):
    """Its body is an address: `city` is not the customer's `billing_address.city`."""

    def _spell_reference(self, fault: Fault) -> Fault:
        errors = tuple((_own(name), code, text) for name, code, text in fault.errors)
        param = fault.param and _own(fault.param)
        return super()._spell_reference(replace(fault, param=param, errors=errors))


class AddressList(_AddressView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List a customer's further addresses",
            scopes=_READ,
            query=list_query("address"),
            answer=ADDRESSES,
        ),
        "POST": Endpoint(
            summary="Add an address",
            scopes=_WRITE,
            body=ADDRESS_BODY,
            answer=ADDRESS,
            status=201,
            description=(
                "The oldest of type `shipping` is where invoices are delivered to unless they"
                " say otherwise. The billing address is on the customer itself."
            ),
            errors=(contacts.TooManyAddresses,),
            example={"street": "Dock 4", "city": "Springfield", "country": "US"},
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        page = PageRequest.taken_from(self.query())
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        rows = customer.addresses.all()
        return self.list_answer(rows, page, lambda row: present_address(row, customer))

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        address = contacts.add_address(
            actor=self.actor, at=self.at, customer_id=customer.pk, **self.body()
        )
        shown = present_address(address, address.customer)
        return self.answer(shown, 201, location=f"/v1/customers/{id}/addresses/{shown['id']}")


class AddressDetail(_AddressView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve an address", scopes=_READ, answer=ADDRESS),
        **partial_update(
            Endpoint(
                summary="Update an address",
                scopes=_WRITE,
                body=ADDRESS_BODY.optional(),
                answer=ADDRESS,
                example={"street": "Dock 5"},
            )
        ),
        "DELETE": Endpoint(summary="Delete an address", scopes=_WRITE, status=204),
    }

    def get(self, request: HttpRequest, id: str, address_id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        reference = self.uuid_of("address", address_id)
        return self.answer(
            present_address(find(customer.addresses.all(), reference, "address"), customer)
        )

    def put(self, request: HttpRequest, id: str, address_id: str) -> HttpResponse:
        address = contacts.update_address(
            actor=self.actor,
            at=self.at,
            customer_id=self.uuid_of("customer", id),
            address_id=self.uuid_of("address", address_id),
            **self.body(),
        )
        return self.answer(present_address(address, address.customer))

    patch = put

    def delete(self, request: HttpRequest, id: str, address_id: str) -> HttpResponse:
        contacts.remove_address(
            actor=self.actor,
            at=self.at,
            customer_id=self.uuid_of("customer", id),
            address_id=self.uuid_of("address", address_id),
        )
        return self.no_content()


def _own(param: str) -> str:
    return f".{spell_param(f'_.{param}')[2:]}"
