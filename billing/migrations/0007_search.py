"""Texts for the searches of lists: see billing.searchtables. PostgreSQL only."""

from django.db import migrations

from billing.searchtables import make_function, make_searchable

_DOCUMENT = (
    "number",
    "reference",
    "purchase_order",
    "buyer__name",
    "buyer__legal_name",
    "buyer__email",
    "notes",
)
COLUMNS = {
    "billing_customer": (
        "name",
        "legal_name",
        "email",
        "phone",
        "vat_id",
        "tax_registration_id",
        "external_reference",
        "address_line1",
        "address_line2",
        "city",
        "postal_code",
        "notes",
    ),
    "billing_invoice": _DOCUMENT,
    "billing_quote": _DOCUMENT,
    "billing_creditnote": (*_DOCUMENT, "reason"),
    "billing_payment": ("number", "reference", "transaction_id", "notes"),
    "billing_product": ("name", "sku", "description", "category"),
}


def build(apps, schema_editor):
    make_function(schema_editor)
    for table, columns in COLUMNS.items():
        make_searchable(schema_editor, table, columns)


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_list_indexes")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
