"""Years of business for many organizations, in minutes: a few true stories, copied by SQL.

The stories are told by the operations, so every table agrees with every other. Each copy
moves them to other days and customers and gives their rows other ids; amounts, lines, taxes,
allocations and postings stay as they are, and so the books of every copy balance too.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils import timezone

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import (
    Allocation,
    Customer,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    JournalEntry,
    Payment,
    Posting,
    Product,
)
from billing.operations.customers import create_customer
from billing.operations.invoices import create_invoice
from billing.operations.issuing import issue_invoice, mark_uncollectible, void_invoice
from billing.operations.payments import record_payment
from billing.operations.products import create_product
from billing.operations.tax_profiles import create_tax_profile
from billing.searchtables import search_table

STRIDE = 100_000
DAYS = 1_095
CUSTOMERS = 5_000
# Parents before children.
COPIED: tuple[type[models.Model], ...] = (
    Customer,
    Product,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Payment,
    Allocation,
    JournalEntry,
    Posting,
)
_SYLLABLES = (
    "alba",
    "beron",
    "cordo",
    "delta",
    "evion",
    "feron",
    "galva",
    "hexor",
    "intra",
    "juno",
    "krona",
    "lumen",
)


def tell_stories(organization: Organization, count: int) -> None:
    """`count` invoices of two lines: drafts, open, late, part paid, paid, void, given up."""
    actor = system_actor(organization.pk)
    now = timezone.now()
    tax = create_tax_profile(actor=actor, at=now, name="VAT 10 %", rate=Decimal(10))
    product = create_product(
        actor=actor, at=now, name="Hosting", unit_price=Decimal(1200), tax_profile_id=tax.pk
    )
    customer = create_customer(
        actor=actor, at=now, name="Acme Trading", email="billing@acme.example"
    )
    for number in range(count):
        at = now - datetime.timedelta(days=number % 7, seconds=number)
        lines: list[dict[str, Any]] = [
            {
                "description": "Web development",
                "quantity": Decimal(number % 9 + 1),
                "unit_price": Decimal(f"{37 + 13 * number}.50"),
                "tax_profile_id": tax.pk,
            },
            {"product_id": product.pk, "quantity": Decimal(1)},
        ]
        invoice = create_invoice(
            actor=actor, at=at, customer_id=customer.pk, lines=lines, reference=f"Order {number}"
        )
        if number % 20 != 0:
            invoice = issue_invoice(actor=actor, at=at, invoice_id=invoice.pk)
            _settle(actor, at, invoice, number % 20)


def copy_stories(owners: list[int], copies: int) -> None:
    """Write so many copies of everything these organizations did."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        # Inside a transaction, a check that is still due would keep triggers from sleeping.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in COPIED:
            table = model._meta.db_table
            # What a trigger would do for each row, the end does for all of them.
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(_copying(model), {"owners": owners, "copies": copies})
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        _find_again(cursor)
        _register(cursor, owners, copies)
        _balance(cursor, owners)
        cursor.execute("ANALYZE")


def _settle(actor: Actor, at: datetime.datetime, invoice: Invoice, kind: int) -> None:
    if kind == 1:
        void_invoice(actor=actor, at=at, invoice_id=invoice.pk, reason="Twice")
    elif kind == 2:
        mark_uncollectible(actor=actor, at=at, invoice_id=invoice.pk)
    elif kind >= 6:
        amount = invoice.total if kind > 7 else invoice.total // 2
        record_payment(
            actor=actor,
            at=at,
            invoice_id=invoice.pk,
            amount=Decimal(amount).scaleb(-2),
            currency=invoice.currency,
            payment_date=at.date(),
            method=("bank_transfer", "card", "cash")[kind % 3],
            reference=f"Transfer {kind}",
        )


def _copying(model: type[models.Model]) -> str:
    table = model._meta.db_table
    fields = model._meta.concrete_fields
    columns = ", ".join(str(field.column) for field in fields)
    values = ", ".join(_value(model, field) for field in fields)
    limit = f" AND k < {CUSTOMERS}" if model in (Customer, Product) else ""
    return (
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS t,"  # noqa: S608
        f" generate_series(1, %(copies)s) AS k WHERE t.id < {STRIDE}{limit}"
        " AND t.organization_id = ANY(%(owners)s) ORDER BY k, t.id"
    )


def _value(model: type[models.Model], field: models.Field) -> str:
    column = f"t.{field.column}"
    target = getattr(field, "related_model", None)
    if field.primary_key:
        return f"{column} + k * {STRIDE}"
    if field.column == "entry_uuid" or (model is JournalEntry and field.name == "uuid"):
        return f"md5({column}::text || k)::uuid"
    if field.name == "uuid":
        return "gen_random_uuid()"
    if target in (Customer, Product):
        return f"{column} + (k %% {CUSTOMERS}) * {STRIDE}"
    if target in COPIED or (model is JournalEntry and field.name == "source_id"):
        return f"{column} + k * {STRIDE}"
    if isinstance(field, models.DateTimeField):
        return f"{column} - make_interval(days => k * 37 %% {DAYS}, secs => k)"
    if isinstance(field, models.DateField):
        return f"{column} - k * 37 %% {DAYS}"
    return _text(model, field.name, column)


def _text(model: type[models.Model], name: str, column: str) -> str:
    if model is Customer and name == "name":
        return _called("k")
    if model is Customer and name == "email":
        return "'ap' || k || '@customer.example'"
    if model is Invoice and name == "buyer":
        who = f"(k %% {CUSTOMERS})"
        return (
            f"CASE WHEN {column} = '{{}}' THEN {column} ELSE {column} || jsonb_build_object("
            f"'name', {_called(who)}, 'email', 'ap' || {who} || '@customer.example') END"
        )
    if name in ("number", "sku", "transaction_id"):
        return f"CASE WHEN {column} = '' THEN '' ELSE {column} || '-' || k END"
    if name == "public_token":
        return "md5(random()::text || k || t.id)"
    if name == "reference":
        return f"{column} || ' ref ' || k"
    return column


def _called(number: str) -> str:
    words = "ARRAY['" + "','".join(_SYLLABLES) + "']"
    first, second = f"({words})[{number} %% 12 + 1]", f"({words})[{number} / 12 %% 12 + 1]"
    return f"initcap({first} || {second}) || ' ' || {number}"


def _find_again(cursor: Any) -> None:
    """Fill the search tables, whose triggers slept, from the rows."""
    for model in (Customer, Product, Invoice, Payment):
        table = model._meta.db_table
        beside = search_table(table)
        cursor.execute(f"DROP INDEX IF EXISTS {beside}_words")
        # The trigger itself knows what to write: an update of every row that changes nothing
        # would not wake it, so its statement is borrowed.
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"{beside}_write"])
        (source,) = cursor.fetchone()
        content = source.split("VALUES (NEW.id, NEW.organization_id, ", 1)[1]
        content = content.split(") ON CONFLICT", 1)[0].replace("NEW.", "t.")
        cursor.execute(
            f"INSERT INTO {beside} (id, organization_id, content)"  # noqa: S608
            f" SELECT t.id, t.organization_id, {content} FROM {table} AS t"
            f" WHERE t.id > {STRIDE} ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            f"CREATE INDEX {beside}_words ON {beside}"
            " USING gin (organization_id, content gin_trgm_ops)"
        )


def _register(cursor: Any, owners: list[int], copies: int) -> None:
    """Every copy's number in the register, after those of the stories and without a gap."""
    cursor.execute(
        "INSERT INTO billing_numberregister"
        " (organization_id, series_id, period, n, number, fate, document_id, reason, updated_at)"
        " SELECT r.organization_id, r.series_id, r.period, r.n + k * c.last, r.number || '-' || k,"
        f" r.fate, r.document_id + k * {STRIDE}, r.reason, r.updated_at"
        " FROM billing_numberregister AS r JOIN billing_numbercounter AS c"
        " USING (organization_id, series_id, period), generate_series(1, %(copies)s) AS k"
        " WHERE r.organization_id = ANY(%(owners)s)",
        {"owners": owners, "copies": copies},
    )
    cursor.execute(
        "UPDATE billing_numbercounter SET last = last * (%(copies)s + 1)"
        " WHERE organization_id = ANY(%(owners)s)",
        {"owners": owners, "copies": copies},
    )


def _balance(cursor: Any, owners: list[int]) -> None:
    """The cached balances of all customers, as verify_ledger would have them."""
    cursor.execute(
        "DELETE FROM billing_customerbalance WHERE organization_id = ANY(%(owners)s);"
        " INSERT INTO billing_customerbalance"
        " (organization_id, customer_id, currency, receivable, credit)"
        " SELECT organization_id, customer_id, currency,"
        " sum(total - amount_paid - amount_credited - amount_written_off), 0"
        " FROM billing_invoice WHERE organization_id = ANY(%(owners)s)"
        " AND status IN ('issued', 'uncollectible') GROUP BY 1, 2, 3",
        {"owners": owners},
    )
