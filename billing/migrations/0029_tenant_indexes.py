"""Tables whose tenant's key was their only index for it name that index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0028_labels_as_written")]

    operations = [
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['organization'], name='attachment_of'),
        ),
        migrations.AddIndex(
            model_name='creditnotetax',
            index=models.Index(fields=['organization', 'tax_profile'], name='credit_note_tax_profile'),
        ),
        migrations.AddIndex(
            model_name='customeraddress',
            index=models.Index(fields=['organization'], name='customer_address_of'),
        ),
        migrations.AddIndex(
            model_name='customercontact',
            index=models.Index(fields=['organization'], name='customer_contact_of'),
        ),
        migrations.AddIndex(
            model_name='latefeepolicy',
            index=models.Index(fields=['organization'], name='late_fee_policy_of'),
        ),
        migrations.AddIndex(
            model_name='mailsuppression',
            index=models.Index(fields=['organization'], name='mail_suppression_of'),
        ),
        migrations.AddIndex(
            model_name='reminderpolicy',
            index=models.Index(fields=['organization'], name='reminder_policy_of'),
        ),
        migrations.AddIndex(
            model_name='scheduledsend',
            index=models.Index(fields=['organization'], name='scheduled_send_of'),
        ),
        migrations.AddIndex(
            model_name='taxprofile',
            index=models.Index(fields=['organization'], name='tax_profile_of'),
        ),
        migrations.AddIndex(
            model_name='ticketreply',
            index=models.Index(fields=['organization'], name='ticket_reply_of'),
        ),
    ]
