"""Indexes for the orders and ranges that lists offer."""

import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_recurring"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["organization", "updated_at", "id"], name="customer_by_update"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["organization", "due_date", "id"], name="invoice_by_due_date"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["organization", "total", "id"], name="invoice_by_total"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["organization", "updated_at", "id"], name="invoice_by_update"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("paid_at__isnull", False)),
                fields=["organization", "paid_at"],
                name="invoice_by_payment",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                models.F("organization"),
                models.Case(
                    models.When(status="void", then=models.Value(0)),
                    default=django.db.models.expressions.CombinedExpression(
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("total"), "-", models.F("amount_paid")
                            ),
                            "-",
                            models.F("amount_credited"),
                        ),
                        "-",
                        models.F("amount_written_off"),
                    ),
                ),
                models.F("id"),
                name="invoice_by_amount_due",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                models.F("organization"),
                django.db.models.functions.text.Length(
                    django.db.models.functions.comparison.Coalesce("number", models.Value(""))
                ),
                django.db.models.functions.comparison.Coalesce("number", models.Value("")),
                models.F("id"),
                name="invoice_by_number",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["organization", "amount", "id"], name="payment_by_amount"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["organization", "updated_at", "id"], name="payment_by_update"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["organization", "method", "-created_at", "-id"], name="payment_by_method"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("status", "succeeded"), _negated=True),
                fields=["organization", "status", "-created_at", "-id"],
                name="payment_by_rare_status",
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["organization", "name"], name="product_name"),
        ),
    ]
