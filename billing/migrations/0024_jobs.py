import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_job", "billing_jobitem", "billing_savedfilter"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_portal_settings'),
        ('billing', '0023_portal'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('noun', models.CharField(help_text='What the rows are, such as invoices.', max_length=16)),
                ('action', models.CharField(max_length=24)),
                ('options', models.JSONField(blank=True, default=dict)),
                ('request_key', models.CharField(max_length=64)),
                ('requested_by', models.CharField(max_length=200)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('locked_until', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('media_type', models.CharField(blank=True, max_length=100)),
                ('storage_name', models.CharField(blank=True, max_length=200)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('undoes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone_by', to='billing.job')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='JobItem',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('position', models.PositiveIntegerField()),
                ('subject_uuid', models.UUIDField()),
                ('label', models.CharField(max_length=200)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed'), ('left_out', 'Left Out')], default='waiting', max_length=8)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('outcome', models.JSONField(blank=True, default=dict)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='billing.job')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('page', models.CharField(help_text="The list's name, such as invoices.", max_length=32)),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(help_text='What follows the ? in the address.', max_length=1000)),
                ('is_shared', models.BooleanField(default=False)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['organization', '-id'], name='job_list'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='job_due'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(fields=('organization', 'undoes'), name='job_undone_once'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(fields=('organization', 'request_key'), name='job_requested_once'),
        ),
        migrations.AddIndex(
            model_name='jobitem',
            index=models.Index(fields=['job', 'status', 'position'], name='job_item_next'),
        ),
        migrations.AddConstraint(
            model_name='jobitem',
            constraint=models.UniqueConstraint(fields=('organization', 'job', 'position'), name='job_item_position'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.UniqueConstraint(fields=('organization', 'owner', 'page', 'name'), name='saved_filter_name'),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
