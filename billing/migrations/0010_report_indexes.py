"""Indexes that hold what the sales report reads, in place of those by date alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_oauth"),
        ("billing", "0009_attachments"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="invoice",
            name="invoice_by_issue_date",
        ),
        migrations.RemoveIndex(
            model_name="payment",
            name="payment_by_date",
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=[
                    "organization",
                    "issue_date",
                    "status",
                    "currency",
                    "customer",
                    "accounting_currency",
                    "total",
                    "tax_total",
                    "rounding_amount",
                    "amount_paid",
                    "amount_credited",
                    "amount_written_off",
                    "id",
                ],
                name="invoice_sales",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["organization", "payment_date", "status", "currency", "amount"],
                name="payment_received",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["organization", "refund_date"], name="refund_by_date"),
        ),
    ]
