"""The chain over the event log: see core.seals."""

from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["core_eventseal"])


class Migration(migrations.Migration):
    dependencies = [("core", "0006_quick_compression")]

    operations = [
        migrations.CreateModel(
            name="EventSeal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("organization_id", models.BigIntegerField()),
                ("number", models.PositiveBigIntegerField(help_text="1, 2, 3 … per organization")),
                ("last_position", models.BigIntegerField(help_text="Of its last event, in the feed.")),
                ("event_count", models.PositiveIntegerField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization_id", "number"], name="event_seal_number"
                    )
                ],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
