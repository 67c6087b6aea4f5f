import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_export"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_portal_settings'),
        ('billing', '0025_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('with_pdfs', models.BooleanField(default=False)),
                ('with_attachments', models.BooleanField(default=False)),
                ('requested_by', models.CharField(max_length=200)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('locked_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('step', models.CharField(blank=True, max_length=40)),
                ('steps_done', models.BigIntegerField(default=0)),
                ('steps_total', models.BigIntegerField(default=0)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('storage_name', models.CharField(blank=True, max_length=200)),
                ('size', models.BigIntegerField(default=0, help_text='Bytes.')),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('manifest', models.JSONField(blank=True, default=dict)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-id'], name='export_list'), models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='export_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('next_attempt_at__isnull', False)), fields=('organization',), name='export_one_at_a_time')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
