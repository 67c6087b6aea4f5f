"""Deliveries are found in the order in which they are due, and leased where they lie.

What waits is planned many at one instant, so the id is part of the order. A lease changes
nothing that is indexed: with room left on its page a row is rewritten there, and no index is.
"""

from django.db import migrations, models


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE integrations_webhookdelivery SET (fillfactor = 60)")


class Migration(migrations.Migration):
    dependencies = [("integrations", "0013_portal_messages")]

    operations = [
        migrations.RemoveIndex(model_name="webhookdelivery", name="webhook_delivery_due"),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("status", "pending")),
                fields=["next_attempt_at", "id"],
                name="webhook_delivery_due",
            ),
        ),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
