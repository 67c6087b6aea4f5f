"""The second wall between tenants: see core.tenancy."""

from django.db import migrations

from core.tenancy import protect

TABLES = [
    "billing_taxprofile",
    "billing_product",
    "billing_customer",
    "billing_customercontact",
    "billing_customeraddress",
    "billing_customerbalance",
    "billing_invoice",
    "billing_invoiceline",
    "billing_invoicetax",
    "billing_instalment",
    "billing_creditnote",
    "billing_creditnoteline",
    "billing_creditnotetax",
    "billing_ledgeraccount",
    "billing_journalentry",
    "billing_posting",
    "billing_exchangerate",
    "billing_numberseries",
    "billing_numbercounter",
    "billing_numberregister",
    "billing_payment",
    "billing_allocation",
    "billing_refund",
    "billing_quote",
    "billing_quoteline",
]


def build(apps, schema_editor):
    protect(schema_editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_ledger_triggers")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
