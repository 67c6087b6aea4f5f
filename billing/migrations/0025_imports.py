import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_import"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_portal_settings'),
        ('billing', '0024_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('noun', models.CharField(help_text='What the rows are, such as customers.', max_length=16)),
                ('file_name', models.CharField(max_length=200)),
                ('storage_name', models.CharField(max_length=200)),
                ('row_count', models.PositiveIntegerField()),
                ('mapping', models.JSONField(default=list)),
                ('decimal_mark', models.CharField(default='.', max_length=1)),
                ('is_day_first', models.BooleanField(default=True)),
                ('existing', models.CharField(choices=[('skip', 'Skip'), ('update', 'Update')], default='skip', max_length=8)),
                ('report', models.JSONField(blank=True, default=dict)),
                ('requested_by', models.CharField(max_length=200)),
            ],
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('external_reference', ''), _negated=True), fields=['organization', 'external_reference'], name='customer_reference'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['organization', 'reference'], name='invoice_reference'),
        ),
        migrations.AddField(
            model_name='import',
            name='job',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to='billing.job'),
        ),
        migrations.AddField(
            model_name='import',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='import',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['organization', '-id'], name='import_list'),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
