"""The second wall between tenants: see core.tenancy."""

from django.db import migrations

from core.tenancy import protect

TABLES = [
    "core_event",
]


def build(apps, schema_editor):
    protect(schema_editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
