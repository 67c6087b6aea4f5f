"""The collector: customers, users, credentials, runs, what was collected, and the callback."""

import core.ids
import core.secrets
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect

TABLES = [
    "integrations_callbackdelivery",
    "integrations_collectedinvoice",
    "integrations_collectoraccount",
    "integrations_collectorcredential",
    "integrations_collectoruser",
    "integrations_collectorusertoken",
    "integrations_collectrun",
]


def build(apps, schema_editor):
    protect(schema_editor, TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_apps_of_key_pairs'),
        ('integrations', '0007_email_templates'),
    ]

    operations = [
        migrations.CreateModel(
            name='CollectorCredential',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('source', models.CharField(max_length=64)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('data_key', models.TextField(editable=False)),
                ('key_id', models.CharField(help_text='Which of COLLECTOR_KEYS opens it.', max_length=8)),
                ('sealed_params', models.BinaryField()),
                ('sealed_session', models.BinaryField(default=b'')),
                ('sealed_code', models.BinaryField(default=b'')),
                ('state', models.SmallIntegerField(choices=[(-2, 'disconnected'), (-1, 'error'), (0, 'scheduled'), (1, 'preparing'), (2, 'logging in'), (3, 'waiting for a code'), (4, 'sending the code'), (5, 'collecting'), (6, 'downloading'), (7, 'done')], default=0)),
                ('state_message', models.CharField(blank=True, max_length=500)),
                ('download_from', models.DateTimeField(help_text='Older invoices are noted, not collected.')),
                ('last_collect_at', models.DateTimeField(null=True)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('locked_until', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='CollectedInvoice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('external_id', models.CharField(help_text="The source's id of the invoice.", max_length=300)),
                ('sha256', models.CharField(blank=True, help_text='Of the document.', max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('collected_at', models.DateTimeField(null=True)),
                ('link', models.CharField(blank=True, max_length=2000)),
                ('amount', models.CharField(blank=True, help_text='As the source shows it.', max_length=64)),
                ('details', models.JSONField(default=dict, help_text='What else the source says of it.')),
                ('media_type', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveIntegerField(default=0, help_text='Of the document, in bytes.')),
                ('sealed_document', models.BinaryField(default=b'')),
                ('duplicate_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='duplicates', to='integrations.collectedinvoice')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invoices', to='integrations.collectorcredential')),
            ],
        ),
        migrations.CreateModel(
            name='CallbackDelivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(editable=False, help_text='webhook-id on the wire.', unique=True)),
                ('kind', models.CharField(choices=[('invoice', 'Invoice'), ('notification_disconnected', 'Disconnected')], max_length=32)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], default='pending', max_length=10)),
                ('attempts_made', models.PositiveSmallIntegerField(default=0)),
                ('response_code', models.PositiveSmallIntegerField(null=True)),
                ('error', models.CharField(blank=True, help_text='Of the last attempt.', max_length=300)),
                ('created_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('locked_until', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='integrations.collectedinvoice')),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='integrations.collectorcredential')),
            ],
            options={
                'verbose_name_plural': 'callback deliveries',
            },
        ),
        migrations.CreateModel(
            name='CollectorUser',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('remote_id', models.CharField(help_text="The customer's own id of the user.", max_length=200)),
                ('locale', models.CharField(default='en', max_length=2)),
                ('code_digest', models.CharField(blank=True, max_length=128)),
                ('code_sent_at', models.DateTimeField(null=True)),
                ('code_tries', models.PositiveSmallIntegerField(default=0)),
                ('terms_accepted_at', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.AddField(
            model_name='collectorcredential',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credentials', to='integrations.collectoruser'),
        ),
        migrations.CreateModel(
            name='CollectorUserToken',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='integrations.collectoruser')),
            ],
        ),
        migrations.CreateModel(
            name='CollectRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('done', 'Done'), ('nothing', 'Nothing'), ('refused', 'Refused'), ('disconnected', 'Disconnected'), ('failed', 'Failed')], max_length=12)),
                ('seen', models.PositiveIntegerField(help_text='How many invoices the source showed.')),
                ('collected', models.PositiveIntegerField(help_text='How many of them were new.')),
                ('message', models.CharField(blank=True, max_length=500)),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='integrations.collectorcredential')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='CollectorAccount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('name', models.CharField(default='default', max_length=200)),
                ('callback', models.URLField(blank=True, max_length=2000)),
                ('secret', core.secrets.SealedTextField(help_text='Signs what goes to the callback.')),
                ('remote_id', models.CharField(blank=True, max_length=200)),
                ('theme', models.CharField(default='default', max_length=16)),
                ('subscribed_collectors', models.JSONField(default=list)),
                ('is_subscribed_to_all', models.BooleanField(default=True)),
                ('shows_sketches', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization',), name='collector_account_once')],
            },
        ),
        migrations.AddIndex(
            model_name='collectedinvoice',
            index=models.Index(fields=['credential', '-issued_at'], name='collected_invoice_list'),
        ),
        migrations.AddIndex(
            model_name='collectedinvoice',
            index=models.Index(fields=['credential', 'sha256'], name='collected_invoice_same'),
        ),
        migrations.AddConstraint(
            model_name='collectedinvoice',
            constraint=models.UniqueConstraint(fields=('organization', 'credential', 'external_id', 'sha256'), name='collected_invoice_once'),
        ),
        migrations.AddIndex(
            model_name='callbackdelivery',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['next_attempt_at'], name='callback_delivery_due'),
        ),
        migrations.AddConstraint(
            model_name='callbackdelivery',
            constraint=models.UniqueConstraint(fields=('organization', 'invoice'), name='callback_delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='collectoruser',
            constraint=models.UniqueConstraint(fields=('organization', 'remote_id'), name='collector_user_once'),
        ),
        migrations.AddIndex(
            model_name='collectorcredential',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='collector_credential_due'),
        ),
        migrations.AddIndex(
            model_name='collectorcredential',
            index=models.Index(fields=['user', '-id'], name='collector_credential_list'),
        ),
        migrations.AddIndex(
            model_name='collectorcredential',
            index=models.Index(fields=['key_id'], name='collector_credential_key'),
        ),
        migrations.AddIndex(
            model_name='collectorusertoken',
            index=models.Index(fields=['expires_at'], name='collector_token_over'),
        ),
        migrations.AddIndex(
            model_name='collectrun',
            index=models.Index(fields=['credential', '-id'], name='collect_run_log'),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
