"""Reports as of any date, read off indexes alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_apps_of_key_pairs"),
        ("billing", "0014_wallets"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="invoice",
            name="invoice_sales",
        ),
        migrations.RemoveIndex(
            model_name="journalentry",
            name="entry_by_date",
        ),
        migrations.RemoveIndex(
            model_name="posting",
            name="posting_balance",
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
                    "due_date",
                ],
                name="invoice_sales",
            ),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(
                fields=["organization", "entry_date", "uuid", "source_type"], name="entry_by_date"
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                fields=[
                    "organization",
                    "account",
                    "entry_date",
                    "invoice",
                    "entry",
                    "currency",
                    "amount",
                ],
                name="posting_balance",
            ),
        ),
    ]
