"""Income and expenses that are no invoice."""

from typing import Any

from django import forms

from billing.models import LedgerAccount, Transaction
from billing.queries.bookkeeping import list_categories, list_money_accounts
from billing.web.forms.base import DayField, LocalDecimalField, StaffForm, currency_choices


class TransactionForm(StaffForm):
    """Money that came in or went out. Its account and category may be left to the product."""

    amount = LocalDecimalField()
    currency = forms.ChoiceField()
    date = DayField()
    category_id = forms.ChoiceField(label="Category", required=False)
    account_id = forms.ChoiceField(label="Account", required=False)
    description = forms.CharField(required=False, max_length=500)
    reference = forms.CharField(
        required=False, max_length=100, help_text="Such as the number of the receipt."
    )

    def __init__(
        self, *args: Any, organization_id: int, kind: str, currency: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        accounts = list_money_accounts(organization_id)
        choices: dict[str, list[tuple[str, str]]] = {
            "currency": currency_choices(self.reader_locale, [currency]),
            "category_id": category_choices(organization_id, kind),
            "account_id": [("", "The bank account"), *_named(accounts)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def fields_for_operation(self) -> dict[str, Any]:
        values = self.values()
        for name in ("category_id", "account_id"):
            values[name] = int(values[name]) if values[name] else None
        return values


class DescriptionForm(StaffForm):
    """What may still be said of money that has moved."""

    category_id = forms.ChoiceField(label="Category")
    description = forms.CharField(required=False, max_length=500)
    reference = forms.CharField(required=False, max_length=100)

    def __init__(self, *args: Any, organization_id: int, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = category_choices(organization_id, kind)[1:]
        self.fields["category_id"].choices = offered  # type: ignore[attr-defined]

    def fields_for_operation(self) -> dict[str, Any]:
        return {**self.values(), "category_id": int(self.cleaned_data["category_id"])}


def category_choices(organization_id: int, kind: str) -> list[tuple[str, str]]:
    """The categories of that kind, after the one that is taken unless another is chosen."""
    default = "Other income" if kind == Transaction.Kind.INCOME else "General expenses"
    rows = list_categories(organization_id).filter(type=kind)
    return [("", default), *_named(rows)]


def _named(accounts: Any) -> list[tuple[str, str]]:
    found: list[LedgerAccount] = list(accounts)
    return [(str(account.pk), account.name) for account in found]
