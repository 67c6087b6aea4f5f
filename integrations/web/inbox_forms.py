"""The draft of an expense, as it was read and as staff correct it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Transaction
from billing.queries.bookkeeping import list_money_accounts
from billing.web.forms.base import DayField, LocalDecimalField, StaffForm, currency_choices
from billing.web.forms.bookkeeping import category_choices
from core.money import from_minor
from integrations.collectors.inbox import kind_of
from integrations.models import SupplierInvoice

_DRAFT = ("supplier_name", "number", "issue_date", "due_date", "currency", "total", "category_id")


class DraftForm(StaffForm):
    """Everything may be left open while it is a draft; approving says what is missing."""

    supplier_name = forms.CharField(label=_("Supplier"), required=False, max_length=300)
    number = forms.CharField(label=_("Invoice number"), required=False, max_length=100)
    issue_date = DayField(label=_("Issue date"), required=False)
    due_date = DayField(label=_("Due date"), required=False)
    total = LocalDecimalField(label=_("Amount"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    category_id = forms.ChoiceField(label=_("Category"), required=False)
    account_id = forms.ChoiceField(label=_("Account"), required=False)
    description = forms.CharField(label=_("Description"), required=False, max_length=500)

    def __init__(self, *args: Any, row: SupplierInvoice, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": _initial(row, currency)})
        accounts = list_money_accounts(row.organization_id)
        named = [(str(one.pk), one.name) for one in accounts]
        first = [code for code in (row.currency, currency) if code]
        choices: dict[str, list[tuple[str, Any]]] = {
            "currency": currency_choices(self.reader_locale, first),
            "category_id": category_choices(row.organization_id, kind_of(row)),
            "account_id": [("", _("The bank account")), *named],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def draft(self) -> dict[str, Any]:
        """What `correct` takes."""
        values = self.values(*_DRAFT)
        return {**values, "category_id": _chosen(values["category_id"])}

    def booking(self) -> dict[str, Any]:
        """What `approve` takes besides."""
        values = self.values("account_id", "description")
        return {**values, "account_id": _chosen(values["account_id"])}


class RejectForm(StaffForm):
    reason = forms.CharField(label=_("Why it is rejected"), required=False, max_length=500)


def _chosen(value: str) -> int | None:
    return int(value) if value else None


def _initial(row: SupplierInvoice, currency: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(row, name) for name in _DRAFT if name != "total"}
    if row.total is not None and row.currency:
        values["total"] = from_minor(row.total, row.currency)
    values["currency"] = row.currency or currency
    return values


def kind_word(row: SupplierInvoice) -> str:
    """How the books call what comes of it."""
    return str(Transaction.Kind(kind_of(row)).label)
