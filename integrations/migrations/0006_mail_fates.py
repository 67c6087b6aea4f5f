"""What happened to each recipient of a mail, in a log that the database keeps append-only.

An operator who unlocks the ledger (billing/0002) unlocks this log too: emptying a sandbox does.
"""

import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect

POSTGRESQL = [
    """
    CREATE FUNCTION integrations_mail_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF coalesce(current_setting('app.ledger_unlocked', true), '') <> 'on' THEN
            RAISE EXCEPTION 'the mail log is append-only: % refused', TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER mail_log_append_only BEFORE UPDATE OR DELETE ON integrations_recipientfate
        FOR EACH ROW EXECUTE FUNCTION integrations_mail_log_append_only()
    """,
]
POSTGRESQL_UNDO = [
    "DROP TRIGGER mail_log_append_only ON integrations_recipientfate",
    "DROP FUNCTION integrations_mail_log_append_only()",
]
APPEND_ONLY = """
CREATE TRIGGER mail_log_no_{verb} BEFORE {verb} ON integrations_recipientfate
WHEN NOT EXISTS (SELECT 1 FROM billing_ledgerunlock)
BEGIN SELECT RAISE(ABORT, 'the mail log is append-only: {verb} refused'); END
"""
SQLITE = [APPEND_ONLY.format(verb=verb) for verb in ("UPDATE", "DELETE")]
SQLITE_UNDO = ["DROP TRIGGER mail_log_no_UPDATE", "DROP TRIGGER mail_log_no_DELETE"]


def build(apps, schema_editor):
    protect(schema_editor, ["integrations_recipientfate"])
    _run(schema_editor, POSTGRESQL, SQLITE)


def unbuild(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_UNDO, SQLITE_UNDO)


def _run(schema_editor, postgresql, sqlite):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in postgresql if on_postgresql else sqlite:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_apps_of_key_pairs'),
        ('billing', '0002_ledger_triggers'),
        ('integrations', '0005_shops'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailboxCursor',
            fields=[
                ('mailbox', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('uid_validity', models.BigIntegerField()),
                ('last_uid', models.BigIntegerField()),
                ('read_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RecipientFate',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('happened', models.CharField(choices=[('queued', 'Queued'), ('deferred', 'Deferred'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('complained', 'Complained')], max_length=10)),
                ('occurred_at', models.DateTimeField()),
                ('source', models.CharField(choices=[('ourselves', 'Ourselves'), ('server', 'mail server'), ('report', 'delivery report'), ('complaint', 'complaint')], max_length=10)),
                ('detail', models.CharField(blank=True, max_length=500)),
                ('report_id', models.CharField(blank=True, max_length=250)),
            ],
        ),
        migrations.AlterField(
            model_name='messagerecipient',
            name='status',
            field=models.CharField(choices=[('queued', 'Queued'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('complained', 'Complained')], default='queued', max_length=10),
        ),
        migrations.AddIndex(
            model_name='messagerecipient',
            index=models.Index(condition=models.Q(('status__in', ['refused', 'bounced', 'complained'])), fields=['organization', '-updated_at', '-id'], name='recipient_failed'),
        ),
        migrations.AddField(
            model_name='recipientfate',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='recipientfate',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fates', to='integrations.messagerecipient'),
        ),
        migrations.AddConstraint(
            model_name='recipientfate',
            constraint=models.UniqueConstraint(condition=models.Q(('report_id', ''), _negated=True), fields=('organization', 'recipient', 'report_id'), name='fate_reported_once'),
        ),
        migrations.RunPython(build, unbuild),
    ]
