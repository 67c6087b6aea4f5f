"""The invoice editor's forms: one for the head, one per line, and both together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as lazy

from billing.models import Invoice, InvoiceLine, Product, QuoteLine, TaxProfile
from billing.models.base import TEMPLATES, DiscountType
from billing.web.forms.base import (
    DayField,
    LocalDecimalField,
    StaffForm,
    currency_choices,
    price_initial,
)
from billing.web.language import refusal, say_sentence
from core.errors import DomainError, InvalidFields
from core.ids import random_text
from core.models import as_uuid

DISCOUNTS = [(DiscountType.PERCENT, "%"), (DiscountType.FIXED, "flat")]
TEMPLATE_CHOICES = [(name, name.removeprefix("tmpl_").capitalize()) for name in TEMPLATES]
# Lines to look up by name in one go; whoever types more of them without scripts gives prices.
_MOST_NAMES = 100
_TEXTS = ("purchase_order", "buyer_reference", "reference", "notes", "terms", "footer", "template")


class InvoiceForm(StaffForm):
    """The head of a draft."""

    params = {
        "customer_id": "customer",
        "total": "discount_value",
        "payment_terms_rule": "payment_terms",
    }

    customer = forms.CharField(
        max_length=460,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "customer-options"}),
    )
    issue_date = DayField()
    due_date = DayField(required=False, help_text="Empty: by the payment terms.")
    payment_terms = forms.CharField(
        label="Terms of payment",
        required=False,
        max_length=60,
        help_text="Empty: the customer's. Such as 2/10 net 30.",
    )
    currency = forms.ChoiceField(required=False)
    discount_value = LocalDecimalField(label="Discount on everything", required=False)
    discount_type = forms.ChoiceField(label="Discount in", choices=DISCOUNTS, required=False)
    purchase_order = forms.CharField(label="Purchase order", required=False, max_length=100)
    buyer_reference = forms.CharField(required=False, max_length=100)
    reference = forms.CharField(label="Your reference", required=False, max_length=100)
    template = forms.ChoiceField(label="Layout", choices=TEMPLATE_CHOICES)
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    terms = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    footer = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", gettext("The customer’s")),
            *currency_choices(self.reader_locale, [currency]),
        ]
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]

    def head(self) -> dict[str, Any]:
        """What create_invoice and update_invoice take, but for customer and lines."""
        data = self.cleaned_data
        has_discount = bool(data["discount_value"])
        return {
            "issue_date": data["issue_date"],
            "due_date": data["due_date"],
            "payment_terms": data["payment_terms"] or None,
            "currency": data["currency"] or None,
            "discount_type": data["discount_type"] if has_discount else "",
            "discount_value": data["discount_value"] or Decimal(0),
            **self.values(*_TEXTS),
        }


class LineForm(StaffForm):
    """One line. `tax` is the uuids of its tax profiles in order, joined by commas."""

    params = {
        "product_id": "name",
        "tax_profile_id": "tax",
        "tax_profile_ids": "tax",
        "discount_value": "discount",
    }

    product = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "product-options"}),
    )
    description = forms.CharField(
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 1, "class": "line-description", "placeholder": lazy("Description")}
        ),
    )
    quantity = LocalDecimalField(required=False)
    unit_price = LocalDecimalField(label="Price", required=False)
    tax = forms.ChoiceField(required=False)
    discount = LocalDecimalField(required=False)
    discount_type = forms.ChoiceField(label="Discount in", choices=DISCOUNTS, required=False)

    def __init__(self, *args: Any, taxes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.get(f"{self.prefix}-tax") if self.is_bound else self.initial.get("tax")
        choices = list(taxes)
        if chosen and chosen not in {value for value, _ in choices}:
            choices += _joined(chosen, taxes)
        self.fields["tax"].choices = choices  # type: ignore[attr-defined]

    @property
    def key(self) -> str:
        return self.prefix or ""

    @property
    def is_blank(self) -> bool:
        """Nothing was typed: such a line is left out rather than refused."""
        if not self.is_bound:
            return True
        data = self.cleaned_data
        return not any(data.get(name) for name in ("product", "name", "description", "unit_price"))

    @property
    def is_unpriced(self) -> bool:
        """A name alone: only the catalogue can tell what it costs."""
        data = self.cleaned_data
        return not data["product"] and data["unit_price"] is None

    def spec(self, products: "ProductsByName", is_exempt: bool) -> dict[str, Any]:
        """The line as billing.operations.lines takes it."""
        data = self.cleaned_data
        product_id = as_uuid(data["product"]) if data["product"] else None
        if self.is_unpriced:
            # Typed in full without a script to fill the line in: the catalogue still knows it.
            found = products.get(data["name"])
            product_id = found.uuid if found else None
        spec: dict[str, Any] = {
            "product_id": product_id,
            "name": data["name"],
            "description": data["description"],
            "quantity": Decimal(1) if data["quantity"] is None else data["quantity"],
            "unit_price": data["unit_price"],
            "discount_type": data["discount_type"] if data["discount"] else "",
            "discount_value": data["discount"],
        }
        if data["tax"]:
            spec["tax_profile_ids"] = data["tax"].split(",")
        elif not is_exempt and (product_id is None or data["product"]):
            spec["tax_profile_ids"] = []
        return spec


@dataclass(slots=True)
class ProductsByName:
    """Active products by the name a person types, in any case."""

    products: dict[str, Product]

    @classmethod
    def of(cls, organization_id: int, names: Iterable[str]) -> "ProductsByName":
        wanted = sorted({name.strip() for name in names if name.strip()})[:_MOST_NAMES]
        if not wanted:
            return cls({})
        named = reduce(or_, (Q(name__iexact=name) for name in wanted))
        rows = Product.objects.of(organization_id).filter(named, is_active=True)
        return cls({row.name.casefold(): row for row in rows.select_related("tax_profile")})

    def get(self, name: str) -> Product | None:
        return self.products.get(name.strip().casefold())


def tax_choices(organization_id: int) -> list[tuple[str, str]]:
    """The active taxes by name, after gettext("No tax")."""
    rows = TaxProfile.objects.of(organization_id).filter(is_active=True).order_by("name")
    return [("", gettext("No tax")), *((str(row.uuid), row.name) for row in rows)]


def bound_lines(data: QueryDict, taxes: Sequence[tuple[str, str]], locale: str) -> list[LineForm]:
    """The lines as they were posted, in the order of the page."""
    keys = [key for key in data.getlist("line") if key.isalnum() and len(key) <= 22][:1000]
    return [LineForm(data, prefix=key, taxes=taxes, locale=locale) for key in keys]


def new_line(
    taxes: Sequence[tuple[str, str]], locale: str, initial: dict[str, Any] | None = None
) -> LineForm:
    """An empty line with a key of its own."""
    values = {"quantity": Decimal(1), "discount_type": DiscountType.PERCENT, **(initial or {})}
    return LineForm(prefix=random_text(8), taxes=taxes, locale=locale, initial=values)


def line_initial(line: InvoiceLine | QuoteLine, currency: str) -> dict[str, Any]:
    """The form's values for a line as it is."""
    keys = [str(rule["key"]) for rule in line.taxes if as_uuid(rule["key"])]
    return {
        "product": str(line.product.uuid) if line.product else "",
        "name": line.name,
        "description": line.description,
        "quantity": line.quantity,
        "unit_price": price_initial(line.unit_price, currency),
        "tax": ",".join(keys),
        "discount": line.discount_value or None,
        "discount_type": line.discount_type or DiscountType.PERCENT,
    }


def invoice_initial(invoice: Invoice) -> dict[str, Any]:
    """The head's values for an invoice as it is."""
    return {
        "customer": invoice.customer.name,
        "issue_date": invoice.issue_date,
        "due_date": invoice.due_date,
        "payment_terms": invoice.payment_terms,
        "currency": invoice.currency,
        "discount_value": invoice.discount_value or None,
        "discount_type": invoice.discount_type or DiscountType.PERCENT,
        "version": invoice.version,
        **{name: getattr(invoice, name) for name in _TEXTS},
    }


def place_refusal(error: DomainError, head: InvoiceForm, lines: Sequence[LineForm]) -> None:
    """Put a refusal of the operation at the field of the line, or of the head, that it names."""
    head.refusal = error
    if isinstance(error, InvalidFields):
        for param, _code, sentence in error.errors:
            _place(param, say_sentence(sentence), head, lines)
    else:
        _place(error.param or "", refusal(error), head, lines)


def _place(param: str, sentence: str, head: InvoiceForm, lines: Sequence[LineForm]) -> None:
    where, _, rest = param.partition(".")
    index, _, name = rest.partition(".")
    if where == "line_items" and index.isdigit() and int(index) < len(lines):
        lines[int(index)]._place(name, sentence)
    else:
        head._place(param, sentence)


def _joined(chosen: str, taxes: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """A choice for a line with several taxes, or with one that was retired."""
    parts = chosen.split(",")
    if not all(as_uuid(part) for part in parts):
        return []
    names = dict(taxes)
    return [(chosen, " + ".join(names.get(part, gettext("as before")) for part in parts))]
