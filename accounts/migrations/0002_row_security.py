"""The second wall between tenants: see core.tenancy."""

from django.db import migrations

from core.tenancy import protect

TABLES = [
    "accounts_bankaccount",
]


def build(apps, schema_editor):
    protect(schema_editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
