"""Foreign keys that another index begins with need none of their own: fewer to write."""

from django.db import migrations

from core.key_indexes import DropKeyIndexes


class Migration(migrations.Migration):
    # One statement after the other: none holds a table while it waits for the next.
    atomic = False

    dependencies = [("billing", "0029_tenant_indexes")]

    operations = [
        DropKeyIndexes(
            [
                "allocation.organization",
                "attachment.organization",
                "creditnote.organization",
                "creditnotetax.organization",
                "customer.organization",
                "customeraddress.organization",
                "customerbalance.organization",
                "customercontact.organization",
                "department.organization",
                "dispute.organization",
                "exchangerate.organization",
                "export.organization",
                "import.organization",
                "instalment.invoice",
                "invoice.organization",
                "invoiceline.invoice",
                "invoicetax.organization",
                "job.organization",
                "jobitem.job",
                "jobitem.organization",
                "journalentry.organization",
                "latefee.organization",
                "latefeepolicy.organization",
                "lead.organization",
                "ledgeraccount.organization",
                "mailsuppression.organization",
                "numbercounter.organization",
                "numberregister.organization",
                "numberseries.organization",
                "payment.organization",
                "paymentlink.organization",
                "paymentrequest.organization",
                "portallink.organization",
                "portalsession.organization",
                "posting.organization",
                "product.organization",
                "quote.organization",
                "recurringinvoice.organization",
                "recurringline.organization",
                "recurringrun.organization",
                "refund.organization",
                "reminder.organization",
                "reminderpolicy.organization",
                "reminderstep.organization",
                "remittance.organization",
                "remittanceline.organization",
                "savedfilter.organization",
                "scheduledsend.organization",
                "taxprofile.organization",
                "ticket.organization",
                "ticketreply.organization",
                "transaction.organization",
                "wallet.organization",
            ]
        ),
    ]
