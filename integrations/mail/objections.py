"""Who no longer wants a reminder when its turn comes, or comes again (D9)."""

from billing.models import MailSuppression, Reminder
from billing.queries.suppressions import NO_REMINDERS, suppressed
from integrations.models import Message, MessageRecipient


def objecting(message: Message, waiting: list[MessageRecipient]) -> list[MessageRecipient]:
    """Those of the waiting recipients of a reminder whose address is suppressed by now.

    A person may remind by hand whoever opted out earlier, but not who did so since.
    """
    if message.kind != Message.Kind.REMINDER or not waiting:
        return []
    addresses = [one.address.lower() for one in waiting]
    found = set(suppressed(message.organization_id, addresses, NO_REMINDERS))
    reminder = Reminder.objects.of(message.organization_id).get(pk=message.subject_id)
    if found and reminder.days is None:
        rows = MailSuppression.objects.of(message.organization_id).filter(
            address__in=found, lifted_at__isnull=True, created_at__gte=message.created_at
        )
        found = set(rows.values_list("address", flat=True))
    return [
        one
        for one in waiting
        if one.address.lower() in found and one.role != MessageRecipient.Role.BCC
    ]
