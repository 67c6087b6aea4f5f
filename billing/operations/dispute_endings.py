"""What the end of a dispute moves: money that came back, bad debt, a credit, a fee."""

import datetime
from decimal import Decimal

from accounts.actors import Actor
from billing.lifecycle import INVOICE
from billing.models import CreditNote, Customer, Dispute, Invoice, InvoiceStatus, Payment
from billing.operations.amounts import positive_minor
from billing.operations.composing import compose
from billing.operations.credit_notes import create_credit_note
from billing.operations.crediting import left_to_credit
from billing.operations.invoices import insert_draft
from billing.operations.issuing import issue_invoice
from billing.operations.ledger import Role
from billing.operations.movements import Movement
from billing.operations.payables import payable_minor
from billing.operations.payments import record_payment
from core.money import from_minor

SOURCE = "disputes"
_FEE = {
    "en": "Chargeback fee for invoice {number}",
    "de": "Gebühr für die Rücklastschrift zur Rechnung {number}",
    "fr": "Frais de rejet de paiement de la facture {number}",
    "es": "Comisión por devolución del pago de la factura {number}",
}


def give_back(
    actor: Actor,
    at: datetime.datetime,
    dispute: Dispute,
    invoice: Invoice,
    day: datetime.date,
) -> Payment:
    """The charged back money as a payment of that day, at the rate at which it first came."""
    payment = dispute.payment
    if payment is None:
        raise TypeError("an objection took no money")
    wanted = 0 if invoice.status == InvoiceStatus.VOID else payable_minor(invoice)
    part = min(dispute.amount, wanted)
    share = from_minor(part, invoice.currency)
    return record_payment(
        actor=actor,
        at=at,
        amount=from_minor(dispute.amount, payment.currency),
        currency=payment.currency,
        method=payment.method,
        payment_date=day,
        customer_id=payment.customer_id,
        allocations=[(invoice.pk, share)] if part else [],
        gateway=payment.gateway,
        reference=f"Chargeback of {payment.number} won"[:200],
        allow_overpayment=True,
        exchange_rate=payment.exchange_rate,
    )


def write_off(
    actor: Actor,
    at: datetime.datetime,
    dispute: Dispute,
    invoice: Invoice,
    day: datetime.date,
) -> None:
    """Give up what was disputed as bad debt; the whole rest makes the invoice uncollectible."""
    minor = min(dispute.amount, invoice.amount_due)
    if not minor:
        return
    if minor == invoice.amount_due and INVOICE.allows(invoice.status, "mark_uncollectible"):
        invoice.status = INVOICE.next(invoice.status, "mark_uncollectible")
    movement = Movement(actor=actor, at=at, on=day, base_currency=invoice.accounting_currency)
    movement.write_off(invoice, minor, "Dispute lost", Role.BAD_DEBT)
    movement.write("invoice.written_off", invoice, memo=invoice.number or "")
    movement.announce()


def credit(actor: Actor, at: datetime.datetime, dispute: Dispute) -> CreditNote:
    """A credit note over what is left of the line, or of the invoice."""
    lines = None
    if dispute.line is not None:
        left = left_to_credit(dispute.invoice, [dispute.line])[0]
        lines = [{"invoice_line_id": dispute.line.pk, "quantity": left}]
    return create_credit_note(
        actor=actor,
        at=at,
        invoice_id=dispute.invoice_id,
        lines=lines,
        reason=dispute.reason[:500],
        keeps_freed_as_credit=True,
    )


def charge_fee(
    actor: Actor, at: datetime.datetime, disputed: Invoice, fee: Decimal, day: datetime.date
) -> Invoice:
    """An issued invoice never changes, so the fee is one line on an invoice of its own."""
    positive_minor(fee, disputed.currency, param="fee")
    language = disputed.locale[:2] if disputed.locale[:2] in _FEE else "en"
    line = {
        "name": _FEE[language].format(number=disputed.number),
        "quantity": Decimal(1),
        "unit_price": fee,
        "tax_profile_ids": [],
    }
    customer = Customer.objects.of(actor.organization_id).select_related("organization")
    draft = compose(
        customer.get(pk=disputed.customer_id),
        at,
        lines=[line],
        issue_date=day,
        currency=disputed.currency,
        prices_include_tax=False,
        source=SOURCE,
        locale=disputed.locale,
        template=disputed.template,
        buyer_reference=disputed.buyer_reference or None,
        purchase_order=disputed.purchase_order or None,
    )
    issued_on = disputed.issue_date.isoformat()
    draft.invoice.preceding = [{"number": disputed.number, "issue_date": issued_on}]
    made = insert_draft(
        actor=actor, at=at, invoice=draft.invoice, lines=draft.lines, groups=draft.groups
    )
    return issue_invoice(actor=actor, at=at, invoice_id=made.pk)
