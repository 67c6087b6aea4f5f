import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_mail_tracking'),
        ('billing', '0021_disputes'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reminderpolicy',
            name='reminder_policy_once',
        ),
        migrations.AddField(
            model_name='reminderpolicy',
            name='customer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reminder_policies', to='billing.customer'),
        ),
        migrations.AddField(
            model_name='reminderpolicy',
            name='language',
            field=models.CharField(blank=True, help_text="Empty: the invoice's own.", max_length=10),
        ),
        migrations.AddField(
            model_name='reminderpolicy',
            name='recipient',
            field=models.EmailField(blank=True, help_text='Empty: who gets the invoices.', max_length=254),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('customer__isnull', True)), fields=('organization',), name='reminder_policy_once'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('customer__isnull', False)), fields=('organization', 'customer'), name='reminder_policy_once_each'),
        ),
    ]
