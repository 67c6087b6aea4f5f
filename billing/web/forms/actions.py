"""What is asked before an invoice is sent, paid, credited, voided or amended."""

import datetime
import re
from typing import Any

from django import forms

from billing.models import PaymentMethod
from billing.recurrence import instant
from billing.web.forms.base import DayField, LocalDecimalField, StaffForm

_SEPARATORS = re.compile(r"[,;\s]+")
# What a bookkeeper records by hand most, first; gateways report their own payments.
METHOD_CHOICES = [
    (PaymentMethod(value).value, PaymentMethod(value).label)
    for value in dict.fromkeys(["bank_transfer", "card", "cash", "direct_debit", *PaymentMethod])
]


class AddressesField(forms.CharField):
    """Mail addresses separated by commas, semicolons or spaces; the operation judges them."""

    def to_python(self, value: Any) -> Any:
        return [part for part in _SEPARATORS.split(super().to_python(value) or "") if part]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class SendForm(StaffForm):
    to = AddressesField(label="To", help_text="Several addresses: separate them by commas.")
    cc = AddressesField(label="Cc", required=False)
    bcc = AddressesField(label="Bcc", required=False, help_text="Nobody else sees these.")
    subject = forms.CharField(
        required=False, max_length=300, help_text="Empty: the document's own subject."
    )
    message = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="Empty: the standard words. The amount, the date and the link are added.",
    )
    attach_pdf = forms.BooleanField(label="Attach the PDF", required=False, initial=True)
    send_copy_to_self = forms.BooleanField(label="Copy to ourselves", required=False)

    def _place(self, param: str | None, sentence: str) -> None:
        # `to.0` is the first address of the field.
        super()._place((param or "").partition(".")[0], sentence)


class InvoiceSendForm(SendForm):
    """Now, or on a day to come."""

    params = {"send_at": "send_on"}

    send_on = DayField(label="Send on", required=False, help_text="Empty: now.")
    send_time = forms.TimeField(
        label="At",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text="Your local time; empty: 09:00.",
    )

    def mail(self) -> dict[str, Any]:
        """What the operation is given besides the invoice and the moment."""
        return self.values(*SendForm.base_fields)

    def moment(self, zone: str) -> datetime.datetime | None:
        """When it is to go out; None means now."""
        day = self.cleaned_data["send_on"]
        if day is None:
            return None
        time = self.cleaned_data["send_time"] or datetime.time.fromisoformat("09:00")
        return instant(day, time, zone)


class PaymentForm(StaffForm):
    amount = LocalDecimalField()
    payment_date = DayField(label="Received on")
    method = forms.ChoiceField(choices=METHOD_CHOICES)
    reference = forms.CharField(
        required=False, max_length=200, help_text="What the bank statement says."
    )
    transaction_id = forms.CharField(label="Transaction id", required=False, max_length=200)
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    allow_overpayment = forms.BooleanField(
        label="Keep more than is due as customer credit", required=False
    )


class RefundForm(StaffForm):
    amount = LocalDecimalField()
    refund_date = DayField(label="Paid back on")
    reason = forms.CharField(required=False, max_length=500)


class CreditForm(StaffForm):
    """A credit note over the whole invoice, or over the quantities given per line."""

    params = {"lines": "reason"}

    reason = forms.CharField(max_length=500)
    issue_date = DayField(label="Date")
    refund_amount = LocalDecimalField(label="Paid back", required=False)
    credit_amount = LocalDecimalField(label="Kept as customer credit", required=False)
    out_of_band_amount = LocalDecimalField(label="Settled elsewhere", required=False)


class QuantityForm(StaffForm):
    """How much of one invoice line is taken back."""

    quantity = LocalDecimalField(required=False)


class AllocationForm(StaffForm):
    """How much of a customer's credit goes to one invoice."""

    amount = LocalDecimalField(required=False)


class PayOutForm(StaffForm):
    """Credit that goes back to the customer."""

    amount = LocalDecimalField(required=False, help_text="Empty: all that is left of it.")
    method = forms.ChoiceField(choices=METHOD_CHOICES)
    refund_date = DayField(label="Paid back on")
    reason = forms.CharField(required=False, max_length=500)


class VoidForm(StaffForm):
    reason = forms.CharField(max_length=500, help_text="Kept in the number register.")


class AmendForm(StaffForm):
    """What may still change on an issued invoice (B7)."""

    due_date = DayField()
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
