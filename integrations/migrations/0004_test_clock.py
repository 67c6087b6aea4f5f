"""Reminders as mail, and the journeys of test clocks."""

import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["integrations_clockadvance"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_oauth"),
        ("integrations", "0003_webhook_replay"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invoice", "Invoice"),
                    ("credit_note", "Credit Note"),
                    ("receipt", "Receipt"),
                    ("quote", "Quote"),
                    ("reminder", "Reminder"),
                    ("alert", "Alert"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="ClockAdvance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("target", models.DateTimeField()),
                ("requested_at", models.DateTimeField()),
                ("next_attempt_at", models.DateTimeField()),
                ("locked_until", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization",), name="clock_advance_once")
                ],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
