from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0009_message_claims'),
    ]

    operations = [
        migrations.AddField(
            model_name='messagerecipient',
            name='tracking_token',
            field=models.CharField(blank=True, default='', max_length=32),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='messagerecipient',
            index=models.Index(condition=models.Q(('tracking_token', ''), _negated=True), fields=['tracking_token'], name='recipient_tracked'),
        ),
        migrations.AlterField(
            model_name='messagerecipient',
            name='status',
            field=models.CharField(choices=[('queued', 'Queued'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('complained', 'Complained'), ('suppressed', 'Suppressed')], default='queued', max_length=10),
        ),
        migrations.AlterField(
            model_name='recipientfate',
            name='happened',
            field=models.CharField(choices=[('queued', 'Queued'), ('deferred', 'Deferred'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('complained', 'Complained'), ('suppressed', 'Suppressed'), ('opened', 'Opened'), ('clicked', 'Clicked')], max_length=10),
        ),
        migrations.AlterField(
            model_name='recipientfate',
            name='source',
            field=models.CharField(choices=[('ourselves', 'Ourselves'), ('server', 'mail server'), ('report', 'delivery report'), ('complaint', 'complaint'), ('provider', 'mail provider'), ('reader', 'the recipient')], max_length=10),
        ),
    ]
