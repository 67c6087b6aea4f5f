"""What the sales, tax and payments reports are asked with on their pages."""

from typing import Any

from django import forms

from billing.reports.payments import GROUPS as PAYMENT_GROUPS
from billing.reports.product_sales import PRODUCT
from billing.reports.sales import GROUPS as SALES_GROUPS
from billing.reports.tax import ACCRUAL, CASH
from billing.web.forms.base import currency_choices
from billing.web.forms.reports import SpanForm

_ALL = ("", "All, each apart")


class CurrencySpanForm(SpanForm):
    """Two days and, if wanted, one currency."""

    currency = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["currency"]
        field.choices = [_ALL, *currency_choices(self.reader_locale)]


class SalesForm(CurrencySpanForm):
    group_by = forms.ChoiceField(
        label="By", choices=[(word, word.capitalize()) for word in (*SALES_GROUPS, PRODUCT)]
    )


class PaymentsForm(CurrencySpanForm):
    group_by = forms.ChoiceField(
        label="By", choices=[(word, word.capitalize()) for word in PAYMENT_GROUPS]
    )


class TaxForm(CurrencySpanForm):
    basis = forms.ChoiceField(
        label="By", choices=[(ACCRUAL, "Issue date"), (CASH, "Payment (cash)")]
    )
