"""Where customers pay to: bank accounts and wallets."""

from typing import Any

from django import forms

from accounts.models import BankAccount
from billing.models import Wallet
from billing.web.forms.base import StaffForm, currency_choices
from core.currencies import PEGGED

_CODE = {"autocomplete": "off", "spellcheck": "false"}
_COINS = ("BTC", "ETH", "SOL", *PEGGED)


class BankAccountForm(StaffForm):
    name = forms.CharField(
        label="Account holder", max_length=100, help_text="As the bank knows it; printed."
    )
    currency = forms.ChoiceField(help_text="Invoices in this currency show the account.")
    iban = forms.CharField(
        label="IBAN",
        required=False,
        max_length=50,
        help_text="Its check digits are checked.",
        widget=forms.TextInput(attrs=_CODE),
    )
    bic = forms.CharField(
        label="BIC", required=False, max_length=15, widget=forms.TextInput(attrs=_CODE)
    )
    account_number = forms.CharField(
        required=False,
        max_length=40,
        help_text="Where there is no IBAN.",
        widget=forms.TextInput(attrs=_CODE),
    )
    routing_number = forms.CharField(
        label="Routing number or sort code",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
    )
    bank_name = forms.CharField(required=False, max_length=100)
    is_default = forms.BooleanField(
        label="Print this one", required=False, help_text="Of several in the same currency."
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = currency_choices(self.reader_locale, [currency])
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]


class WalletForm(StaffForm):
    """An address on a blockchain; accounts at a bank have a page of their own."""

    params = {"token_contract": "currency"}

    name = forms.CharField(max_length=100, help_text="How you call it.")
    currency = forms.ChoiceField(help_text="The public page of invoices in it shows the address.")
    blockchain = forms.ChoiceField(choices=Wallet.Blockchain.choices)
    address = forms.CharField(max_length=100, widget=forms.TextInput(attrs=_CODE))
    is_default = forms.BooleanField(
        label="Show this one", required=False, help_text="Of several in the same currency."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(currency_choices(self.reader_locale))
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            (code, known[code]) for code in _COINS if code in known
        ]


def account_initial(account: BankAccount) -> dict[str, Any]:
    return {name: getattr(account, name) for name in BankAccountForm.base_fields}


def wallet_initial(wallet: Wallet) -> dict[str, Any]:
    return {name: getattr(wallet, name) for name in WalletForm.base_fields}
