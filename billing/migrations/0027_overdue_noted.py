"""An invoice says itself that invoice.overdue was told of it: nobody searches the log for it."""

import django.db.models.expressions
from django.db import migrations, models
from django.db.models import Min, OuterRef, Subquery

OVERDUE = "invoice.overdue"


def note(apps, schema_editor):
    events = apps.get_model("core", "Event").objects.filter(type=OVERDUE)
    first = events.filter(subject_id=OuterRef("pk")).values("subject_id")
    apps.get_model("billing", "Invoice").objects.filter(pk__in=events.values("subject_id")).update(
        overdue_noted_at=Subquery(first.annotate(at=Min("occurred_at")).values("at"))
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_setup"),
        ("billing", "0026_exports"),
        ("core", "0007_event_seals"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="overdue_noted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(
                    ("overdue_noted_at__isnull", True),
                    ("status__in", ["issued", "uncollectible"]),
                    (
                        "total__gt",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount_paid"), "+", models.F("amount_credited")
                            ),
                            "+",
                            models.F("amount_written_off"),
                        ),
                    ),
                ),
                fields=["organization", "due_date"],
                name="invoice_overdue_unnoted",
            ),
        ),
    ]
