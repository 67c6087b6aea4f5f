"""Recurring invoices, reminders, and who is not reminded."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

import core.fields
import core.ids
from core.tenancy import protect

TABLES = [
    "billing_recurringinvoice",
    "billing_recurringline",
    "billing_recurringrun",
    "billing_reminderpolicy",
    "billing_reminderstep",
    "billing_reminder",
]


def build(apps, schema_editor):
    protect(schema_editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("billing", "0004_payment_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="reminders_enabled",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="invoice",
            name="reminders_enabled",
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name="RecurringInvoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("ended", "Ended")],
                        default="active",
                        max_length=8,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[("draft", "Draft"), ("issue", "Issue"), ("send", "Send")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                (
                    "prices",
                    models.CharField(
                        choices=[("live", "Live"), ("frozen", "Frozen")],
                        default="live",
                        max_length=8,
                    ),
                ),
                (
                    "billing",
                    models.CharField(
                        choices=[
                            ("in_advance", "In Advance"),
                            ("in_arrears", "In Arrears"),
                            ("none", "None"),
                        ],
                        default="in_advance",
                        max_length=12,
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "Daily"),
                            ("weekly", "Weekly"),
                            ("fortnightly", "Fortnightly"),
                            ("monthly", "Monthly"),
                            ("quarterly", "Quarterly"),
                            ("semiannually", "Semiannually"),
                            ("annually", "Annually"),
                            ("custom", "Custom"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "interval_unit",
                    models.CharField(
                        choices=[
                            ("day", "Day"),
                            ("week", "Week"),
                            ("month", "Month"),
                            ("year", "Year"),
                        ],
                        max_length=8,
                    ),
                ),
                ("interval_count", models.PositiveSmallIntegerField(default=1)),
                ("start_date", models.DateField()),
                ("end_date", models.DateField(blank=True, null=True)),
                ("occurrences", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "month_rule",
                    models.CharField(
                        choices=[
                            ("day", "Day"),
                            ("last_day", "Last Day"),
                            ("last_weekday", "Last Weekday"),
                            ("nth_weekday", "Nth Weekday"),
                        ],
                        default="day",
                        max_length=12,
                    ),
                ),
                ("day_of_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("week_of_month", models.SmallIntegerField(blank=True, null=True)),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Monday is 0.", null=True
                    ),
                ),
                (
                    "issue_roll",
                    models.CharField(
                        choices=[("none", "None"), ("forward", "Forward"), ("back", "Back")],
                        default="none",
                        max_length=8,
                    ),
                ),
                (
                    "due_roll",
                    models.CharField(
                        choices=[("none", "None"), ("forward", "Forward"), ("back", "Back")],
                        default="none",
                        max_length=8,
                    ),
                ),
                (
                    "holidays",
                    models.JSONField(default=list, help_text="ISO dates on which nobody works."),
                ),
                ("run_time", models.TimeField(default=datetime.time(6, 0))),
                ("currency", models.CharField(blank=True, max_length=4)),
                ("prices_include_tax", models.BooleanField(blank=True, null=True)),
                (
                    "discount_type",
                    models.CharField(
                        blank=True,
                        choices=[("percent", "Percent"), ("fixed", "Fixed")],
                        max_length=8,
                    ),
                ),
                ("discount_value", core.fields.ExactDecimalField(default=0, places=6)),
                ("payment_terms_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("purchase_order", models.CharField(blank=True, max_length=100)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("notes", models.TextField(blank=True)),
                ("terms", models.TextField(blank=True)),
                ("footer", models.TextField(blank=True)),
                ("template", models.CharField(blank=True, max_length=32)),
                ("metadata", models.JSONField(default=dict)),
                ("next_index", models.IntegerField(blank=True, null=True)),
                ("next_date", models.DateField(blank=True, null=True)),
                ("next_run_at", models.DateTimeField(blank=True, null=True)),
                ("runs_made", models.PositiveIntegerField(default=0)),
                ("failures_in_a_row", models.PositiveIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurring_invoices",
                        to="billing.customer",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecurringLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("name", models.CharField(blank=True, max_length=200)),
                ("description", models.TextField(blank=True)),
                ("quantity", core.fields.ExactDecimalField(places=6)),
                ("unit", models.CharField(blank=True, max_length=32)),
                ("unit_code", models.CharField(blank=True, max_length=8)),
                ("unit_price", core.fields.ExactDecimalField(blank=True, null=True, places=12)),
                ("tax_profile_ids", models.JSONField(blank=True, null=True)),
                (
                    "discount_type",
                    models.CharField(
                        blank=True,
                        choices=[("percent", "Percent"), ("fixed", "Fixed")],
                        max_length=8,
                    ),
                ),
                ("discount_value", core.fields.ExactDecimalField(default=0, places=6)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.product",
                    ),
                ),
                (
                    "recurring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="billing.recurringinvoice",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="RecurringRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("intended_date", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[("made", "Made"), ("failed", "Failed")], max_length=8
                    ),
                ),
                ("issue_date", models.DateField()),
                ("error_code", models.CharField(blank=True, max_length=64)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("attempts", models.PositiveSmallIntegerField(default=1)),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="recurring_runs",
                        to="billing.invoice",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "recurring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="billing.recurringinvoice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("days", models.SmallIntegerField(blank=True, null=True)),
                ("planned_date", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sent", "Sent"),
                            ("dropped", "Dropped"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("body", models.TextField(blank=True)),
                ("sent_to", models.JSONField(default=list)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="billing.invoice",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReminderPolicy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("is_enabled", models.BooleanField(default=False)),
                ("send_time", models.TimeField(default=datetime.time(9, 0))),
                ("minimum_due", core.fields.MinorUnitsField(default=0)),
                ("attach_pdf", models.BooleanField(default=True)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "reminder policies",
            },
        ),
        migrations.CreateModel(
            name="ReminderStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("days", models.SmallIntegerField()),
                ("is_active", models.BooleanField(default=True)),
                ("active_since", models.DateField()),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("body", models.TextField(blank=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="billing.reminderpolicy",
                    ),
                ),
            ],
            options={
                "ordering": ["days"],
            },
        ),
        migrations.AddIndex(
            model_name="recurringinvoice",
            index=models.Index(
                fields=["organization", "-created_at", "-id"], name="recurring_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="recurringinvoice",
            index=models.Index(
                condition=models.Q(("status", "active")),
                fields=["next_run_at"],
                name="recurring_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "active"), _negated=True),
                    ("next_run_at__isnull", False),
                    _connector="OR",
                ),
                name="recurring_active_has_next_run",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("interval_count__gte", 1)), name="recurring_interval_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringline",
            constraint=models.UniqueConstraint(
                fields=("organization", "recurring", "position"), name="recurring_line_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringrun",
            constraint=models.UniqueConstraint(
                fields=("organization", "recurring", "intended_date"), name="recurring_run_once"
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["organization", "invoice"], name="reminder_by_invoice"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("days__isnull", False)),
                fields=("organization", "invoice", "days"),
                name="reminder_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderpolicy",
            constraint=models.UniqueConstraint(
                fields=("organization",), name="reminder_policy_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderstep",
            constraint=models.UniqueConstraint(
                fields=("organization", "policy", "days"), name="reminder_step_once"
            ),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
