"""Ranges of amounts per currency, refunded payments, and overdue invoices counted by index."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0011_books_and_support"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="invoice",
            name="invoice_open_by_due_date",
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["organization", "currency", "total"], name="invoice_by_currency"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(
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
                fields=["organization", "due_date", "id", "status"],
                name="invoice_open_by_due_date",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["organization", "currency", "amount"], name="payment_by_currency"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("amount_refunded", models.F("amount"))),
                fields=["organization", "-created_at", "-id"],
                name="payment_refunded",
            ),
        ),
    ]
