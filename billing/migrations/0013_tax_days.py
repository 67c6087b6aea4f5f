"""The day on which a tax subtotal counts, its currencies, and whether profiles share it.

What is there is filled in from its document, a stretch of rows at a time, so that no
statement takes long.
"""

from collections import defaultdict
from decimal import Decimal

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

STRETCH = 20_000
REPORTED = [
    "organization",
    "issued_on",
    "tax_profile",
    "name",
    "kind",
    "category",
    "rate",
    "exemption_reason",
    "currency",
    "accounting_currency",
    "base_amount",
    "tax_amount",
    "accounting_amount",
]
KINDS = (
    ("Invoice", "InvoiceTax", "InvoiceLine", "invoice", ["issued", "uncollectible"]),
    ("CreditNote", "CreditNoteTax", "CreditNoteLine", "credit_note", ["issued"]),
)


def fill(apps, schema_editor):
    for document, tax, line, field, in_force in KINDS:
        documents, taxes, lines = (
            apps.get_model("billing", name).objects for name in (document, tax, line)
        )
        for first, last in _stretches(taxes):
            own = documents.filter(pk=OuterRef(f"{field}_id"))
            day = own.filter(status__in=in_force).values("issue_date")[:1]
            taxes.filter(pk__gt=first, pk__lte=last).update(
                currency=Subquery(own.values("currency")[:1]),
                accounting_currency=Subquery(own.values("accounting_currency")[:1]),
                issued_on=Subquery(day),
            )
        for first, last in _stretches(documents):
            _find_shared(documents.filter(pk__gt=first, pk__lte=last), taxes, lines, field)


def _stretches(rows):
    first = 0
    while keys := list(
        rows.filter(pk__gt=first).order_by("pk").values_list("pk", flat=True)[:STRETCH]
    ):
        yield first, keys[-1]
        first = keys[-1]


def _find_shared(documents, taxes, lines, field):
    """Mark the subtotals whose kind, category and rate two profiles agree in (A22)."""
    ids = documents.values("pk")
    owners = defaultdict(lambda: defaultdict(set))
    rules = lines.filter(**{f"{field}__in": ids}).values_list(f"{field}_id", "taxes")
    for pk, given in rules.iterator():
        _note(owners[pk], given)
    for pk, charges in documents.exclude(charges=[]).values_list("pk", "charges"):
        for charge in charges:
            _note(owners[pk], charge["taxes"])
    met = {
        pk: {signature for signature, profiles in found.items() if len(profiles) > 1}
        for pk, found in owners.items()
    }
    wanted = sorted(pk for pk, signatures in met.items() if signatures)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = taxes.filter(**{f"{field}__in": some})
        shared = [
            pk
            for pk, owner, *signature in rows.values_list(
                "pk", f"{field}_id", "kind", "category", "rate"
            )
            if _signature(*signature) in met[owner]
        ]
        for begin in range(0, len(shared), 500):
            taxes.filter(pk__in=shared[begin : begin + 500]).update(is_shared=True)


def _note(owners, rules):
    for rule in rules:
        signature = _signature(rule["kind"], rule["category"], rule["rate"])
        owners[signature].add(rule.get("tax_profile_id"))


def _signature(kind, category, rate):
    return kind, category, Decimal(rate)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_oauth"),
        ("billing", "0012_currency_indexes"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="allocation", name="allocation_by_date"),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                fields=["organization", "allocated_on", "kind", "invoice", "amount"],
                name="allocation_paid",
            ),
        ),
        *(
            migrations.AddField(model_name=model, name=name, field=field)
            for model in ("invoicetax", "creditnotetax")
            for name, field in (
                ("issued_on", models.DateField(blank=True, null=True)),
                ("currency", models.CharField(default="", max_length=4)),
                ("accounting_currency", models.CharField(default="", max_length=4)),
                ("is_shared", models.BooleanField(default=False)),
            )
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(
            migrations.AlterField(model_name=model, name=name, field=models.CharField(max_length=4))
            for model in ("invoicetax", "creditnotetax")
            for name in ("currency", "accounting_currency")
        ),
        *(
            migrations.AddIndex(model_name=model, index=index)
            for model in ("invoicetax", "creditnotetax")
            for index in (
                models.Index(
                    condition=Q(issued_on__isnull=False), fields=REPORTED, name=f"{model}_report"
                ),
                models.Index(
                    condition=Q(issued_on__isnull=False, is_shared=True),
                    fields=["organization", "issued_on"],
                    name=f"{model}_shared",
                ),
            )
        ),
    ]
