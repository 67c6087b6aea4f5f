"""What is exported, table by table. A heading that stands here stays: programs read it.

A column is a path of fields; its heading is the path with underscores, with `id` for
`uuid`, unless another follows the colon. Secrets have no column: no keys, no tokens of
public links, no passwords.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import BankAccount, Membership, Organization
from accounts.models.parties import PARTY_FIELDS
from billing.models import (
    Allocation,
    Attachment,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Customer,
    CustomerAddress,
    CustomerBalance,
    CustomerContact,
    Dispute,
    ExchangeRate,
    Instalment,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    JournalEntry,
    LateFee,
    LateFeePolicy,
    Lead,
    LedgerAccount,
    NumberRegister,
    NumberSeries,
    Payment,
    Posting,
    Product,
    Quote,
    QuoteLine,
    RecurringInvoice,
    RecurringLine,
    RecurringRun,
    Refund,
    Reminder,
    ReminderPolicy,
    ReminderStep,
    TaxProfile,
    Ticket,
    TicketReply,
    Transaction,
    Wallet,
)
from core.models import Event

Rows = Callable[[int], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """One file. `currency` is the path to the currency of its amounts; `rows` those of an
    organization, where they are not simply all of the model's. `snapshots` are columns of
    JSON text, from which secrets are taken out.
    """

    name: str
    model: type[Model]
    columns: str
    currency: str = "currency"
    rows: Rows | None = None
    snapshots: tuple[str, ...] = ()

    @property
    def paths(self) -> list[str]:
        return [column.partition(":")[0] for column in self.columns.split()]

    @property
    def headings(self) -> list[str]:
        return [_heading(*column.partition(":")[::2]) for column in self.columns.split()]

    def of(self, organization_id: int) -> QuerySet[Any]:
        if self.rows is not None:
            return self.rows(organization_id)
        return self.model._default_manager.filter(organization_id=organization_id)


def _heading(path: str, name: str) -> str:
    return name or path.replace("uuid", "id").replace("__", "_")


_TIMES = " created_at updated_at"
_PARTY = " ".join(PARTY_FIELDS)
_DOCUMENT = (
    "uuid number status customer__uuid customer__name issue_date currency exchange_rate"
    " accounting_currency subtotal discount_type discount_value discount_total charge_total"
    " tax_total rounding_amount total prices_include_tax purchase_order sales_order contract"
    " project reference buyer_reference period_start period_end notes terms footer locale"
    " template charges seller buyer delivery metadata version"
)
_LINE = (
    " uuid position product__uuid name description quantity unit unit_code unit_price"
    " price_base_quantity discount_type discount_value discount_amount net_amount tax_amount"
    " total taxes period_start period_end seller_item_id buyer_item_id"
)
_TAX = (
    " position name kind category rate exemption_reason base_amount tax_amount"
    " currency accounting_currency issued_on"
)
_OF_INVOICE = "invoice__uuid invoice__number"


def _own_organization(organization_id: int) -> QuerySet[Any]:
    return Organization.objects.filter(pk=organization_id)


def _team(organization_id: int) -> QuerySet[Any]:
    """A sandbox has the team of its live organization."""
    organization = Organization.objects.get(pk=organization_id)
    return Membership.objects.filter(organization_id=organization.sandbox_of_id or organization_id)


def _credit_postings(organization_id: int) -> QuerySet[Any]:
    """What customers have to their credit, and how it came and went."""
    role = LedgerAccount.SystemRole.CUSTOMER_CREDIT
    return Posting.objects.of(organization_id).filter(account__system_role=role)


TABLES = (
    Table(
        "customers",
        Customer,
        "uuid external_reference name kind status first_name last_name email phone"
        " currency locale payment_terms payment_terms_days credit_limit is_tax_exempt"
        f" buyer_reference reminders_enabled {_PARTY} tags notes metadata" + _TIMES,
    ),
    Table(
        "customer_contacts",
        CustomerContact,
        "uuid customer__uuid name email phone position is_primary receives_invoices" + _TIMES,
    ),
    Table(
        "customer_addresses",
        CustomerAddress,
        "uuid customer__uuid kind name line1 line2 line3 city subdivision postal_code"
        " country" + _TIMES,
    ),
    Table("customer_balances", CustomerBalance, "customer__uuid currency receivable credit"),
    Table(
        "products",
        Product,
        "uuid sku name description kind unit_price currency cost_price unit unit_code"
        " tax_profile__uuid category stock_quantity is_active metadata" + _TIMES,
    ),
    Table(
        "taxes",
        TaxProfile,
        "uuid name type kind rate fixed_amount currency is_compound is_inclusive"
        " is_in_tax_base category exemption_reason jurisdiction description is_active" + _TIMES,
    ),
    Table(
        "quotes",
        Quote,
        _DOCUMENT + " valid_until sent_at viewed_at accepted_at accepted_by declined_at"
        " decline_reason" + _TIMES,
    ),
    Table("quote_lines", QuoteLine, "quote__uuid quote__number" + _LINE, "quote__currency"),
    Table(
        "invoices",
        Invoice,
        _DOCUMENT + " kind due_date payment_terms early_discount_percent early_discount_until"
        " early_discount_amount tax_point_date payment_means_code payment_reference"
        " quote__uuid preceding number_series source reminders_enabled amount_paid"
        " amount_credited amount_written_off issued_at sent_at viewed_at paid_at"
        " voided_at void_reason disputed_at" + _TIMES,
    ),
    Table("invoice_lines", InvoiceLine, _OF_INVOICE + _LINE, "invoice__currency"),
    Table("invoice_taxes", InvoiceTax, _OF_INVOICE + _TAX),
    Table(
        "instalments",
        Instalment,
        f"{_OF_INVOICE} position due_date amount",
        "invoice__currency",
    ),
    Table(
        "credit_notes",
        CreditNote,
        f"{_DOCUMENT} {_OF_INVOICE} reason issued_at sent_at voided_at amount_allocated"
        " amount_refunded amount_out_of_band" + _TIMES,
    ),
    Table(
        "credit_note_lines",
        CreditNoteLine,
        "credit_note__uuid credit_note__number" + _LINE,
        "credit_note__currency",
    ),
    Table("credit_note_taxes", CreditNoteTax, "credit_note__uuid credit_note__number" + _TAX),
    Table(
        "payments",
        Payment,
        f"uuid number customer__uuid {_OF_INVOICE} status amount currency exchange_rate"
        " amount_allocated amount_refunded method payment_date transaction_id gateway"
        " reference notes failure_reason metadata" + _TIMES,
    ),
    Table(
        "allocations",
        Allocation,
        f"id {_OF_INVOICE} kind payment__uuid payment__number credit_note__uuid"
        " credit_note__number amount invoice__currency:currency allocated_on reason"
        " created_at",
        "invoice__currency",
    ),
    Table(
        "refunds",
        Refund,
        "uuid number payment__uuid payment__number credit_note__uuid amount currency"
        " reason refund_date status method transaction_id is_out_of_band" + _TIMES,
    ),
    Table(
        "customer_credit",
        Posting,
        f"id customer__uuid customer__name {_OF_INVOICE} entry__uuid entry__kind"
        " entry_date currency amount base_currency base_amount",
        rows=lambda pk: Posting.objects.filter(
            organization_id=pk, account__system_role="customer_credit"
        ),
    ),
    Table(
        "wallets",
        Wallet,
        "uuid name kind currency blockchain address is_default is_active" + _TIMES,
    ),
    Table(
        "recurring_invoices",
        RecurringInvoice,
        "uuid customer__uuid name status action prices billing frequency interval_unit"
        " interval_count start_date end_date occurrences month_rule day_of_month"
        " week_of_month weekday issue_roll due_roll currency discount_type"
        " discount_value payment_terms_days purchase_order reference notes terms footer"
        " next_date runs_made paused_at ended_at" + _TIMES,
    ),
    Table(
        "recurring_lines",
        RecurringLine,
        "recurring__uuid position product__uuid name description quantity unit"
        " unit_code unit_price discount_type discount_value",
    ),
    Table(
        "recurring_runs",
        RecurringRun,
        f"uuid recurring__uuid intended_date status issue_date {_OF_INVOICE} error" + _TIMES,
    ),
    Table(
        "income_and_expenses",
        Transaction,
        "uuid kind account__code account__name category__code category__name"
        " customer__uuid amount currency date description reference deleted_at" + _TIMES,
    ),
    Table("ledger_accounts", LedgerAccount, "uuid code name type system_role is_active" + _TIMES),
    Table("ledger_entries", JournalEntry, "uuid kind entry_date memo source_type created_at"),
    Table(
        "ledger_postings",
        Posting,
        "id entry__uuid entry_date account__code account__name currency amount"
        f" base_currency base_amount customer__uuid {_OF_INVOICE} product__uuid",
    ),
    Table(
        "number_register",
        NumberRegister,
        "series__document series__name period n number fate reason updated_at",
    ),
    Table("exchange_rates", ExchangeRate, "currency base_currency valid_from rate"),
    Table(
        "reminders",
        Reminder,
        f"uuid {_OF_INVOICE} days planned_date status subject body sent_to sent_at reason" + _TIMES,
    ),
    Table(
        "late_fees",
        LateFee,
        f"uuid {_OF_INVOICE} fee_invoice__uuid kind intended_date base_amount amount"
        " period_start period_end waived_at waived_reason" + _TIMES,
        "invoice__currency",
    ),
    Table(
        "disputes",
        Dispute,
        f"uuid {_OF_INVOICE} kind status outcome amount reason reference opened_on"
        " opened_by closed_on closed_by note" + _TIMES,
        "invoice__currency",
    ),
    Table(
        "leads",
        Lead,
        "uuid first_name last_name email company phone source notes status customer__uuid" + _TIMES,
    ),
    Table(
        "tickets",
        Ticket,
        "uuid customer__uuid department__name subject status priority closed_at" + _TIMES,
    ),
    Table("ticket_replies", TicketReply, "uuid ticket__uuid author author_name message created_at"),
    Table(
        "attachments",
        Attachment,
        f"uuid {_OF_INVOICE} quote__uuid credit_note__uuid customer__uuid file_name"
        " media_type size sha256 send_with_invoice uploaded_by created_at",
    ),
    Table(
        "events",
        Event,
        "uuid type subject_type subject_uuid sequence occurred_at actor_kind"
        " actor_label request_id data previous",
        snapshots=("data", "previous"),
    ),
    Table(
        "organization",
        Organization,
        f"uuid name {_PARTY} email phone website legal_text accent_color template"
        " currency accounting_currency timezone locale payment_terms_days payment_terms"
        " default_notes default_terms number_assignment rounding inclusive_order"
        " prices_include_tax date_order copy_mail_to_self tracks_mail portal_enabled"
        " portal_part_payments portal_disputes portal_changes" + _TIMES,
        rows=_own_organization,
    ),
    Table("team", Membership, "user__email:email user__name:name role created_at", rows=_team),
    Table(
        "bank_accounts",
        BankAccount,
        "uuid name bank_name iban bic account_number routing_number currency is_default archived_at"
        + _TIMES,
    ),
    Table("number_series", NumberSeries, "uuid document name pattern reset is_default" + _TIMES),
    Table(
        "reminder_policies",
        ReminderPolicy,
        "uuid customer__uuid language recipient is_enabled send_time business_days_only"
        " quiet_from quiet_until attach_pdf" + _TIMES,
    ),
    Table("reminder_steps", ReminderStep, "uuid policy__uuid days is_active subject body" + _TIMES),
    Table(
        "late_fee_policies",
        LateFeePolicy,
        "uuid customer__uuid is_enabled fee_type fee_value every_days interest_rate"
        " interest_every_days grace_days most_fees is_compounding is_sent" + _TIMES,
    ),
)
