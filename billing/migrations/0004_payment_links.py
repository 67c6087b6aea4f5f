"""Payment links, credit paid out without a payment, and who accepted a quote."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import core.fields
import core.ids
from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_paymentlink"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("billing", "0003_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("public_token", models.CharField(max_length=32, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("deactivated", "Deactivated")],
                        default="active",
                        max_length=12,
                    ),
                ),
                ("quantity", core.fields.ExactDecimalField(default=1, places=6)),
                (
                    "name",
                    models.CharField(blank=True, help_text="What is paid for.", max_length=200),
                ),
                ("description", models.TextField(blank=True)),
                ("amount", core.fields.MinorUnitsField(blank=True, null=True)),
                ("currency", models.CharField(max_length=4)),
                (
                    "max_uses",
                    models.PositiveIntegerField(
                        blank=True, help_text="Empty: any number.", null=True
                    ),
                ),
                ("times_used", models.PositiveIntegerField(default=0)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("deactivated_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("metadata", models.JSONField(default=dict)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_transaction_once",
        ),
        migrations.AddField(
            model_name="quote",
            name="accepted_by",
            field=models.CharField(blank=True, help_text="Who said yes, by name.", max_length=200),
        ),
        migrations.AddField(
            model_name="quote",
            name="viewed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="method",
            field=models.CharField(
                blank=True,
                choices=[
                    ("card", "Card"),
                    ("bank_transfer", "Bank Transfer"),
                    ("direct_debit", "Direct Debit"),
                    ("ach", "ACH"),
                    ("wire", "Wire"),
                    ("cash", "Cash"),
                    ("check", "Check"),
                    ("paypal", "PayPal"),
                    ("stripe", "Stripe"),
                    ("square", "Square"),
                    ("crypto", "Crypto"),
                    ("mobile_money", "Mobile Money"),
                    ("other", "Other"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="payment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="billing.payment",
            ),
        ),
        migrations.AddIndex(
            model_name="creditnote",
            index=models.Index(fields=["organization", "customer"], name="credit_note_by_customer"),
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(
                fields=["organization", "customer", "-created_at", "-id"], name="quote_by_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("invoice__isnull", False),
                    (
                        "total__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount_allocated"), "+", models.F("amount_refunded")
                            ),
                            "+",
                            models.F("amount_out_of_band"),
                        ),
                    ),
                    _connector="OR",
                ),
                name="credit_note_not_overpaid",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("transaction_id", ""), _negated=True),
                    models.Q(("status", "cancelled"), _negated=True),
                ),
                fields=("organization", "gateway", "transaction_id"),
                name="payment_transaction_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("payment__isnull", False), ("credit_note__isnull", False), _connector="OR"
                ),
                name="refund_has_source",
            ),
        ),
        migrations.AddField(
            model_name="paymentlink",
            name="invoice",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_links",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="paymentlink",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="paymentlink",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.product",
            ),
        ),
        migrations.AddField(
            model_name="paymentlink",
            name="tax_profile",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.taxprofile",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentlink",
            index=models.Index(
                fields=["organization", "-created_at", "-id"], name="payment_link_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentlink",
            index=models.Index(fields=["organization", "invoice"], name="payment_link_by_invoice"),
        ),
        migrations.AddConstraint(
            model_name="paymentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("invoice__isnull", True), ("product__isnull", True), _connector="OR"
                ),
                name="payment_link_one_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("invoice__isnull", False),
                    ("product__isnull", False),
                    models.Q(("amount__isnull", False), models.Q(("name", ""), _negated=True)),
                    _connector="OR",
                ),
                name="payment_link_has_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                name="payment_link_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("max_uses__isnull", True),
                    ("times_used__lte", models.F("max_uses")),
                    _connector="OR",
                ),
                name="payment_link_not_overused",
            ),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
