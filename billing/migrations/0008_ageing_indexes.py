"""Indexes that hold everything the ageing report reads."""

from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["issued", "uncollectible"]),
                    (
                        "total__gt",
                        F("amount_paid") + F("amount_credited") + F("amount_written_off"),
                    ),
                ),
                fields=[
                    "organization",
                    "customer",
                    "currency",
                    "due_date",
                    "issue_date",
                    "total",
                    "amount_paid",
                    "amount_credited",
                    "amount_written_off",
                ],
                name="invoice_ageing",
            ),
        ),
        migrations.AddIndex(
            model_name="customerbalance",
            index=models.Index(
                condition=models.Q(("credit__gt", 0)),
                fields=["organization", "customer", "currency", "credit"],
                name="customer_balance_credit",
            ),
        ),
    ]
