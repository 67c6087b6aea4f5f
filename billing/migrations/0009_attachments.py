"""Files on documents and customers, and one primary contact per customer."""

import core.ids
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_attachment"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_oauth"),
        ("billing", "0008_ageing_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("file_name", models.CharField(max_length=200)),
                (
                    "media_type",
                    models.CharField(help_text="What the bytes are, not the name.", max_length=100),
                ),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                ("sha256", models.CharField(max_length=64)),
                ("storage_name", models.CharField(max_length=200)),
                ("send_with_invoice", models.BooleanField(default=False)),
                ("uploaded_by", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AddConstraint(
            model_name="customercontact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_primary", True)),
                fields=("organization", "customer"),
                name="one_primary_contact",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="credit_note",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attachments",
                to="billing.creditnote",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attachments",
                to="billing.customer",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="invoice",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attachments",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="quote",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attachments",
                to="billing.quote",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["storage_name"], name="attachment_by_file"),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("credit_note__isnull", True),
                        ("customer__isnull", True),
                        ("invoice__isnull", False),
                        ("quote__isnull", True),
                    ),
                    models.Q(
                        ("credit_note__isnull", True),
                        ("customer__isnull", True),
                        ("invoice__isnull", True),
                        ("quote__isnull", False),
                    ),
                    models.Q(
                        ("credit_note__isnull", False),
                        ("customer__isnull", True),
                        ("invoice__isnull", True),
                        ("quote__isnull", True),
                    ),
                    models.Q(
                        ("credit_note__isnull", True),
                        ("customer__isnull", False),
                        ("invoice__isnull", True),
                        ("quote__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="attachment_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("send_with_invoice", False), ("invoice__isnull", False), _connector="OR"
                ),
                name="attachment_sent_with_its_invoice",
            ),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
