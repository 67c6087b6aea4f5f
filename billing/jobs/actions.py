"""What can be done to many rows at once: one table, asked by preview, order and worker alike."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.actors import Actor
from billing.imports.bringing import CHANGED, NEW, SKIPPED, bring_in, take_back
from billing.imports.cells import Style
from billing.imports.columns import SCOPES
from billing.imports.rows import values_in
from billing.jobs.files import FileKind, invoice_list, invoice_pdfs
from billing.models import Customer, Invoice, InvoiceStatus, Payment, Product
from billing.operations import customers, invoices, issuing, payments, products, sending
from billing.operations.payables import payable_minor
from billing.operations.reminders import remind
from core.errors import DomainError, Kind

Text = str | Promise
Given = Mapping[str, Any]


class UnknownAction(DomainError):
    kind, code = Kind.INVALID, "unknown_bulk_action"
    message = "Choose what is to be done."
    default_param = "action"


@dataclass(frozen=True, slots=True)
class Step:
    """One row's turn: `given` is what undoing needs of the first time, else the options.

    An action that makes its rows has none yet, and is given its own cells beside the options.
    """

    actor: Actor
    at: datetime.datetime
    today: datetime.date
    row: Any
    given: Given


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the row in words, and what undoing it needs to know."""

    note: str = ""
    outcome: Given | None = None
    # The row that an action made.
    row: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`hindrance` says why a row is left out; empty words let it in.

    Either `perform` works on a row, or `file` makes one file of all of them. `options` are
    the fields that the preview asks for.
    """

    name: str
    label: Text
    sentence: Text
    icon: str
    scopes: tuple[str, ...]
    hindrance: Callable[[Any, datetime.date], str] = lambda row, today: ""
    perform: Callable[[Step], Done] | None = None
    file: FileKind | None = None
    undo: Callable[[Step], Done] | None = None
    undo_label: Text = ""
    options: tuple[str, ...] = ()
    makes_rows: bool = False


def action_of(noun: str, name: str) -> Action:
    """Raises UnknownAction."""
    if noun in IMPORTS and name == IMPORTS[noun].name:
        return IMPORTS[noun]
    return chosen_action(noun, name)


def chosen_action(noun: str, name: str) -> Action:
    """One that can be done to rows that are there. Raises UnknownAction."""
    for action in ACTIONS.get(noun, ()):
        if action.name == name:
            return action
    raise UnknownAction()


def label_of(row: Any) -> str:
    """What a row is called in lists of many."""
    if isinstance(row, Invoice):
        return f"{row.number or _('Draft')} · {row.customer.name}"[:200]
    return str(row.name)[:200]


# Why an invoice is left out.


def _not_draft(invoice: Invoice, today: datetime.date) -> str:
    return "" if invoice.is_draft else _("It is issued already.")


def _not_sendable(invoice: Invoice, today: datetime.date) -> str:
    if invoice.status == InvoiceStatus.VOID:
        return _("It is void.")
    if not _has_address(invoice):
        return _("The customer has no e-mail address.")
    return ""


def _not_payable(invoice: Invoice, today: datetime.date) -> str:
    if invoice.status == InvoiceStatus.VOID:
        return _("It is void.")
    return "" if payable_minor(invoice) > 0 else _("Nothing is due.")


def _not_remindable(invoice: Invoice, today: datetime.date) -> str:
    if invoice.status != InvoiceStatus.ISSUED or invoice.amount_due == 0:
        return _("Nothing is due.")
    if not _has_address(invoice):
        return _("The customer has no e-mail address.")
    return ""


def _not_voidable(invoice: Invoice, today: datetime.date) -> str:
    if invoice.is_draft:
        return _("A draft is deleted instead.")
    if invoice.status == InvoiceStatus.VOID:
        return _("It is void.")
    if invoice.amount_paid or invoice.amount_credited or invoice.amount_written_off:
        return _("It has payments or credits: a credit note takes it back.")
    return ""


def _not_deletable(invoice: Invoice, today: datetime.date) -> str:
    return "" if invoice.is_draft else _("Only drafts can be deleted.")


def _has_address(invoice: Invoice) -> bool:
    customer = invoice.customer
    if customer.email:
        return True
    return any(each.receives_invoices and each.email for each in customer.contacts.all())


# What is done.


def _issue(step: Step) -> Done:
    issued = issuing.issue_invoice(actor=step.actor, at=step.at, invoice_id=step.row.pk)
    return Done(_("Issued as {number}.").format(number=issued.number))


def _send(step: Step) -> Done:
    sent = sending.request_send(
        actor=step.actor,
        at=step.at,
        invoice_id=step.row.pk,
        message=step.given.get("message", ""),
    )
    return Done(_("On its way to {to}.").format(to=", ".join(sent.sent_to)))


def _pay(step: Step) -> Done:
    day = step.given.get("day")
    payment = payments.mark_paid(
        actor=step.actor,
        at=step.at,
        invoice_id=step.row.pk,
        payment_date=datetime.date.fromisoformat(day) if day else step.today,
    )
    note = _("Payment {number} is recorded.").format(number=payment.number)
    return Done(note, {"payment": str(payment.uuid)})


def _unpay(step: Step) -> Done:
    rows = Payment.objects.of(step.actor.organization_id)
    payment = rows.filter(uuid=step.given["payment"]).first()
    if payment is None:
        return Done(_("The payment was taken back already."))
    payments.delete_payment(actor=step.actor, at=step.at, payment_id=payment.pk, on=step.today)
    return Done(_("Payment {number} is taken back.").format(number=payment.number))


def _remind(step: Step) -> Done:
    sent = remind(
        actor=step.actor,
        at=step.at,
        invoice_id=step.row.pk,
        message=step.given.get("message", ""),
    )
    return Done(_("A reminder is on its way to {to}.").format(to=", ".join(sent.sent_to)))


def _void(step: Step) -> Done:
    issuing.void_invoice(
        actor=step.actor,
        at=step.at,
        invoice_id=step.row.pk,
        reason=step.given.get("reason", ""),
    )
    return Done(_("Void."))


def _duplicate(step: Step) -> Done:
    copy = invoices.duplicate_invoice(actor=step.actor, at=step.at, invoice_id=step.row.pk)
    return Done(_("A draft like it is made."), {"copy": str(copy.uuid)})


def _delete_copy(step: Step) -> Done:
    rows = Invoice.objects.of(step.actor.organization_id)
    copy = rows.filter(uuid=step.given["copy"]).first()
    if copy is not None:
        invoices.delete_invoice(actor=step.actor, at=step.at, invoice_id=copy.pk)
    return Done(_("The draft is deleted."))


def _delete(step: Step) -> Done:
    invoices.delete_invoice(actor=step.actor, at=step.at, invoice_id=step.row.pk)
    return Done(_("Deleted."))


def _customer_becomes(status: str) -> Callable[[Step], Done]:
    def perform(step: Step) -> Done:
        customers.update_customer(
            actor=step.actor, at=step.at, customer_id=step.row.pk, status=status
        )
        return Done(_("Saved."))

    return perform


def _product_becomes(is_active: bool) -> Callable[[Step], Done]:
    def perform(step: Step) -> Done:
        products.update_product(
            actor=step.actor, at=step.at, product_id=step.row.pk, is_active=is_active
        )
        return Done(_("Saved."))

    return perform


def _already_archived(customer: Customer, today: datetime.date) -> str:
    is_archived = customer.status == Customer.Status.ARCHIVED
    return _("It is archived already.") if is_archived else ""


def _out_already(product: Product, today: datetime.date) -> str:
    return "" if product.is_active else _("It is out of the catalogue already.")


def _bring(step: Step) -> Done:
    style = Style(step.given["decimal_mark"], step.given["is_day_first"])
    noun, cells = step.given["noun"], step.given["cells"]
    brought = bring_in(
        noun,
        actor=step.actor,
        at=step.at,
        values=values_in(noun, cells, style),
        existing=step.given["existing"],
    )
    words = {NEW: _("Added."), CHANGED: _("Brought up to date."), SKIPPED: _("It was there.")}
    is_new = brought.how == NEW
    return Done(words[brought.how], {"noun": noun, "is_new": is_new}, row=brought.row)


def _unbring(step: Step) -> Done:
    if not step.given.get("is_new"):
        return Done(_("It was there before, and stays."))
    take_back(step.given["noun"], actor=step.actor, at=step.at, row=step.row)
    return Done(_("Taken out again."))


def _import(noun: str) -> Action:
    return Action(
        name="import",
        label=lazy("Import"),
        icon="download",
        scopes=(SCOPES[noun],),
        sentence=lazy("is brought in"),
        perform=_bring,
        undo=_unbring,
        undo_label=lazy("Take the new ones out again"),
        makes_rows=True,
    )


# What is ordered from a file and not from a list.
IMPORTS = {noun: _import(noun) for noun in SCOPES}
ACTIONS: dict[str, tuple[Action, ...]] = {
    "invoices": (
        Action(name="issue", label=lazy("Issue"), icon="check", scopes=("invoices:write",),
               sentence=lazy("is issued, and final from then on"),
               hindrance=_not_draft, perform=_issue),
        Action(name="send", label=lazy("Send"), icon="send",
               scopes=("invoices:write", "invoices:send"), options=("message",),
               sentence=lazy("goes out by mail; a draft is issued first"),
               hindrance=_not_sendable, perform=_send),
        Action(name="remind", label=lazy("Remind"), icon="mail", scopes=("invoices:send",),
               options=("message",), sentence=lazy("gets a reminder by mail"),
               hindrance=_not_remindable, perform=_remind),
        Action(name="mark-paid", label=lazy("Mark as paid"), icon="coins", options=("day",),
               scopes=("payments:write",),
               sentence=lazy("is paid in full; a draft is issued first"),
               hindrance=_not_payable, perform=_pay, undo=_unpay,
               undo_label=lazy("Take the payments back")),
        Action(name="void", label=lazy("Void"), icon="void", scopes=("invoices:write",),
               options=("reason",), sentence=lazy("is void for good; its number stays used"),
               hindrance=_not_voidable, perform=_void),
        Action(name="duplicate", label=lazy("Duplicate"), icon="copy", scopes=("invoices:write",),
               sentence=lazy("is copied to a new draft"), perform=_duplicate, undo=_delete_copy,
               undo_label=lazy("Delete the copies")),
        Action(name="delete", label=lazy("Delete drafts"), icon="trash",
               scopes=("invoices:write",), sentence=lazy("is deleted for good"),
               hindrance=_not_deletable, perform=_delete),
        Action(name="pdf", label=lazy("Download the PDFs"), icon="download",
               scopes=("invoices:read",), sentence=lazy("goes into one ZIP file as PDF"),
               file=invoice_pdfs),
        Action(name="csv", label=lazy("Export as CSV"), icon="download",
               scopes=("invoices:read",), sentence=lazy("becomes a row of a CSV file"),
               file=invoice_list),
    ),
    "customers": (
        Action(name="archive", label=lazy("Archive"), icon="box", scopes=("customers:write",),
               sentence=lazy("is put out of the way"), hindrance=_already_archived,
               perform=_customer_becomes(Customer.Status.ARCHIVED),
               undo=_customer_becomes(Customer.Status.ACTIVE),
               undo_label=lazy("Bring them back")),
    ),
    "products": (
        Action(name="archive", label=lazy("Take out of the catalogue"), icon="box",
               scopes=("products:write",), sentence=lazy("is no longer offered"),
               hindrance=_out_already, perform=_product_becomes(False),
               undo=_product_becomes(True), undo_label=lazy("Put them back")),
    ),
}  # fmt: skip
MODELS: dict[str, type[Any]] = {"invoices": Invoice, "customers": Customer, "products": Product}
