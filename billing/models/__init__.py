"""One module per noun; this is the one place that lists them all."""

from billing.models.attachments import Attachment
from billing.models.base import DiscountType
from billing.models.bookkeeping import Transaction
from billing.models.catalogue import Product, TaxProfile
from billing.models.credit_notes import CreditNote, CreditNoteLine, CreditNoteTax
from billing.models.customers import Customer, CustomerAddress, CustomerBalance, CustomerContact
from billing.models.disputes import Dispute
from billing.models.exports import Export
from billing.models.imports import Import
from billing.models.invoices import (
    Instalment,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    InvoiceTax,
    Settlement,
)
from billing.models.jobs import Job, JobItem
from billing.models.late_fees import LateFee, LateFeePolicy
from billing.models.ledger import ExchangeRate, JournalEntry, LedgerAccount, Posting
from billing.models.numbers import NumberCounter, NumberRegister, NumberSeries
from billing.models.payment_links import PaymentLink
from billing.models.payment_requests import PaymentRequest
from billing.models.payments import Allocation, Payment, PaymentMethod, Refund
from billing.models.portal import PortalLink, PortalSession
from billing.models.quotes import Quote, QuoteLine
from billing.models.recurring import RecurringInvoice, RecurringLine, RecurringRun
from billing.models.reminders import Reminder, ReminderPolicy, ReminderStep
from billing.models.remittances import Remittance, RemittanceLine
from billing.models.saved_filters import SavedFilter
from billing.models.scheduled_sends import ScheduledSend
from billing.models.support import Department, Lead, Ticket, TicketReply
from billing.models.suppressions import MailSuppression
from billing.models.wallets import Wallet

__all__ = [
    "Allocation",
    "Attachment",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteTax",
    "Customer",
    "CustomerAddress",
    "CustomerBalance",
    "CustomerContact",
    "Department",
    "DiscountType",
    "Dispute",
    "ExchangeRate",
    "Export",
    "Import",
    "Instalment",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "InvoiceTax",
    "Job",
    "JobItem",
    "JournalEntry",
    "LateFee",
    "LateFeePolicy",
    "Lead",
    "LedgerAccount",
    "MailSuppression",
    "NumberCounter",
    "NumberRegister",
    "NumberSeries",
    "Payment",
    "PaymentLink",
    "PaymentMethod",
    "PaymentRequest",
    "PortalLink",
    "PortalSession",
    "Posting",
    "Product",
    "Quote",
    "QuoteLine",
    "RecurringInvoice",
    "RecurringLine",
    "RecurringRun",
    "Refund",
    "Reminder",
    "ReminderPolicy",
    "ReminderStep",
    "Remittance",
    "RemittanceLine",
    "SavedFilter",
    "ScheduledSend",
    "Settlement",
    "TaxProfile",
    "Ticket",
    "TicketReply",
    "Transaction",
    "Wallet",
]
