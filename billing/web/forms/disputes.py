"""What is asked when a dispute is recorded or closed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Dispute, Invoice, Payment
from billing.operations.locks import payments_on
from billing.web import wording
from billing.web.forms.base import DayField, LocalDecimalField, StaffForm


class DisputeForm(StaffForm):
    """A chargeback of a payment, or the customer's objection to the invoice or a line."""

    params = {"date": "on"}

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (Dispute.Kind.OBJECTION, _("The customer objects")),
            (Dispute.Kind.CHARGEBACK, _("The bank took a payment back")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    line_id = forms.ChoiceField(label=_("Line objected to"), required=False)
    payment_id = forms.ChoiceField(label=_("Payment taken back"), required=False)
    amount = LocalDecimalField(
        label=_("Amount taken back"), required=False, help_text=_("Empty: all of the payment.")
    )
    reference = forms.CharField(label=_("Reference of the bank"), required=False, max_length=200)
    on = DayField(label=_("On"), required=False, help_text=_("Empty: today."))

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_choices("line_id", _("The whole invoice"), _lines(invoice))
        self.set_choices("payment_id", _("The latest"), _payments(invoice, self.reader_locale))

    def set_choices(self, name: str, empty: Any, rows: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", empty), *rows]  # type: ignore[attr-defined]

    def for_operation(self) -> dict[str, Any]:
        """Only what belongs to the kind that was chosen."""
        values = self.values("kind", "reason", "on")
        if values["kind"] == Dispute.Kind.OBJECTION:
            return {**values, "line_id": self.cleaned_data["line_id"] or None}
        values |= self.values("amount", "reference")
        return {**values, "payment_id": self.cleaned_data["payment_id"] or None}


class DisputeEndForm(StaffForm):
    """Who was right, and what becomes of the claim."""

    params = {"date": "on"}

    ending = forms.ChoiceField(label=_("How it ended"))
    fee = LocalDecimalField(
        label=_("Fee of the chargeback"),
        required=False,
        help_text=_("If it was lost: demanded from the customer by an invoice of its own."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    on = DayField(label=_("On"), required=False, help_text=_("Empty: today."))

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_chargeback = dispute.kind == Dispute.Kind.CHARGEBACK
        won = _("Won: the money came back") if is_chargeback else _("Won: the invoice stands")
        choices = [
            ("won", won),
            (Dispute.Outcome.OWED, _("Lost: it stays due")),
            (Dispute.Outcome.WRITTEN_OFF, _("Lost: write it off")),
        ]
        if is_chargeback:
            # The money stays with the customer; there is nothing to credit them.
            self.fields["ending"].choices = choices  # type: ignore[attr-defined]
            return
        choices.append((Dispute.Outcome.CREDITED, _("Lost: credit it")))
        self.fields["ending"].choices = choices  # type: ignore[attr-defined]
        del self.fields["fee"]

    def is_won(self) -> bool:
        return bool(self.cleaned_data["ending"] == "won")

    def for_operation(self) -> dict[str, Any]:
        values = self.values("note", "on")
        if self.is_won():
            return values
        fee = self.cleaned_data.get("fee")
        return {**values, "fee": fee, "outcome": self.cleaned_data["ending"]}


def _lines(invoice: Invoice) -> list[tuple[str, str]]:
    return [(str(line.uuid), f"{line.position}. {line.name}") for line in invoice.lines.all()]


def _payments(invoice: Invoice, locale: str) -> list[tuple[str, str]]:
    settling = dict(payments_on(invoice))
    rows = Payment.objects.of(invoice.organization_id).filter(pk__in=settling).order_by("-pk")
    return [
        (str(row.uuid), f"{row.number}: {wording.money(settling[row.pk], row.currency, locale)}")
        for row in rows
    ]
