"""Foreign keys that another index begins with need none of their own: fewer to write."""

from django.db import migrations

from core.key_indexes import DropKeyIndexes


class Migration(migrations.Migration):
    # One statement after the other: none holds a table while it waits for the next.
    atomic = False

    dependencies = [("integrations", "0014_deliveries_due")]

    operations = [
        DropKeyIndexes(
            [
                "callbackdelivery.organization",
                "clockadvance.organization",
                "collectedinvoice.credential",
                "collectedinvoice.organization",
                "collectoraccount.organization",
                "collectorcredential.user",
                "collectoruser.organization",
                "collectrun.credential",
                "emailtemplate.organization",
                "idempotencyrecord.organization",
                "message.organization",
                "messagerecipient.message",
                "shopconnection.organization",
                "shopdelivery.connection",
                "shopdelivery.organization",
                "shoprecord.organization",
                "supplier.organization",
                "supplierinvoice.organization",
                "supplierinvoice.transaction",
                "webhookattempt.delivery",
                "webhookdelivery.endpoint",
                "webhookdelivery.event",
                "webhookdelivery.organization",
                "webhookendpoint.organization",
            ]
        ),
    ]
