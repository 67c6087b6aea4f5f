"""Give the policies that are there already the condition as core.tenancy spells it now."""

from django.db import migrations

from core.tenancy import policy


def respell(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        # A search table answers its owner alone, and has a condition of its own.
        cursor.execute(
            "SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
            " WHERE p.polname = 'tenant' AND c.relforcerowsecurity"
        )
        tables = [name for (name,) in cursor.fetchall()]
    for table in tables:
        schema_editor.execute(
            f'ALTER POLICY tenant ON "{table}" USING ({policy()}) WITH CHECK ({policy()})'
        )


class Migration(migrations.Migration):
    dependencies = [("core", "0003_event_feed_position")]

    operations = [migrations.RunPython(respell, migrations.RunPython.noop)]
