"""The second wall between tenants: see core.tenancy."""

from django.db import migrations

from core.tenancy import protect

TABLES = [
    "integrations_message",
    "integrations_messagerecipient",
    "integrations_idempotencyrecord",
    "integrations_webhookendpoint",
    "integrations_webhookdelivery",
    "integrations_webhookattempt",
]


def build(apps, schema_editor):
    protect(schema_editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
