"""Mail about the customer portal."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0012_collector_page'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit Note'), ('receipt', 'Receipt'), ('quote', 'Quote'), ('reminder', 'Reminder'), ('alert', 'Alert'), ('portal', 'Portal link'), ('invitation', 'Portal invitation')], max_length=12),
        ),
    ]
