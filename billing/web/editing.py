"""What the editors of invoices and quotes share: reading the page, and what it adds up to."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from billing.models import Customer, Invoice, Quote
from billing.models.base import DocumentLine
from billing.operations import drafting
from billing.web.access import StaffRequest
from billing.web.forms.base import are_valid
from billing.web.forms.customers import NewcomerForm
from billing.web.forms.invoices import InvoiceForm, LineForm, ProductsByName
from billing.web.language import refusal
from billing.web.pickers import chosen_customer
from core.errors import DomainError, Kind
from core.models import as_uuid


class NameTaken(DomainError):
    kind, code = Kind.CONFLICT, "customer_name_taken"
    message = "There is a customer called {name} already: take the tick away to bill them."
    default_param = "customer"


@dataclass(slots=True)
class Editor:
    """The page while it is being filled in: head, lines, and what they add up to."""

    head: InvoiceForm
    lines: list[LineForm]
    document: Invoice | Quote | None = None
    sums: Invoice | Quote | None = None
    taxes: list[tuple[str, int]] = field(default_factory=list)
    nets: dict[str, int] = field(default_factory=dict)
    trouble: str = ""
    newcomer: NewcomerForm | None = None

    @property
    def has_newcomer(self) -> bool:
        return self.newcomer is not None and self.newcomer.is_wanted


def given(
    request: StaffRequest, editor: Editor
) -> tuple[Customer, list[dict[str, Any]], list[LineForm]] | None:
    """Customer, line specs and the forms they came from; None when the typing is at fault."""
    is_head_valid = editor.head.is_valid()
    are_lines_valid = are_valid(line for line in editor.lines if line.is_bound)
    customer = None
    if is_head_valid:
        text = editor.head.cleaned_data["customer"]
        found = newcomer if editor.has_newcomer else chosen_customer
        customer = editor.head.run(lambda: found(request.actor.organization_id, text))
        if editor.has_newcomer and customer is not None:
            customer = _like(request, customer)
    if customer is None or not are_lines_valid:
        return None
    kept = [line for line in editor.lines if not line.is_blank]
    names = [line.cleaned_data["name"] for line in kept if line.is_unpriced]
    products = ProductsByName.of(request.actor.organization_id, names)
    specs = [line.spec(products, customer.is_tax_exempt) for line in kept]
    return customer, specs, kept


def newcomer(organization_id: int, text: str) -> Customer:
    """Somebody of that name who is not there yet, unsaved. Raises NameTaken."""
    name = text.strip()
    rows = Customer.objects.of(organization_id).exclude(status=Customer.Status.ARCHIVED)
    if rows.filter(name__iexact=name).exists():
        raise NameTaken(name=name)
    return Customer(organization_id=organization_id, name=name)


def _like(request: StaffRequest, customer: Customer) -> Customer:
    """With what sums depend on, as if the customer were saved."""
    customer.organization, customer.currency = request.organization, request.organization.currency
    return customer


def add_up(
    request: StaffRequest, editor: Editor, draft: Invoice | Quote, line_class: type[DocumentLine]
) -> None:
    """Fill in sums and line amounts, or say in a word why there are none yet."""
    found = given(request, editor)
    if found is None:
        editor.trouble = gettext(
            "The sum appears as soon as the customer and the lines can be read."
        )
        return
    customer, specs, kept = found
    if not specs:
        editor.trouble = gettext("Nothing to add up yet.")
        return
    head = editor.head.head()
    try:
        drafting.start(
            draft,
            organization=request.organization,
            customer=customer,
            at=request.at,
            issue_date=head["issue_date"],
            currency=head["currency"],
            exchange_rate=None,
            prices_include_tax=editor.document.prices_include_tax if editor.document else None,
        )
        if editor.document:
            draft.rounding = editor.document.rounding
            draft.inclusive_order = editor.document.inclusive_order
            draft.cash_rounding_minor = editor.document.cash_rounding_minor
        lines, groups = drafting.price(
            draft,
            line_class,
            specs=specs,
            charges=_charges(editor.document),
            discount_type=head["discount_type"],
            discount_value=head["discount_value"],
        )
    except DomainError as error:
        editor.trouble = refusal(error)
        return
    editor.sums = draft
    editor.taxes = [(group.name, group.tax) for group in groups]
    editor.nets = {form.key: line.net_amount for form, line in zip(kept, lines, strict=True)}


def _charges(document: Invoice | Quote | None) -> list[dict[str, Any]]:
    """Charges that came by another way in; the page keeps them as they are."""
    return [
        {
            "name": charge["name"],
            "amount": Decimal(charge["amount"]),
            "is_charge": charge["is_charge"],
            "tax_profile_ids": [rule["key"] for rule in charge["taxes"] if as_uuid(rule["key"])],
        }
        for charge in (document.charges if document else [])
    ]
