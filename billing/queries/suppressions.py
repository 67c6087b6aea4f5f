"""Which addresses are not to be mailed by themselves, and why."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from billing.models import Customer, MailSuppression

Reason = MailSuppression.Reason
# What keeps an address from automatic mail, and what keeps it from reminders.
NO_AUTOMATIC_MAIL = (Reason.BOUNCED, Reason.COMPLAINED)
NO_REMINDERS = (*NO_AUTOMATIC_MAIL, Reason.UNSUBSCRIBED)


def suppressed(
    organization_id: int, addresses: Iterable[str], reasons: Collection[str]
) -> dict[str, str]:
    """Those of the addresses, in small letters, that are suppressed for one of the reasons."""
    wanted = {address.lower() for address in addresses}
    if not wanted or not reasons:
        return {}
    rows = _in_force(organization_id).filter(address__in=wanted, reason__in=reasons)
    return dict(rows.order_by("-pk").values_list("address", "reason"))


def suppressions_of(customer: Customer) -> QuerySet[MailSuppression]:
    """Those in force for the customer's own address and its contacts', oldest first."""
    emails = [customer.email, *customer.contacts.values_list("email", flat=True)]
    wanted = {email.lower() for email in emails if email}
    return _in_force(customer.organization_id).filter(address__in=wanted).order_by("pk")


def _in_force(organization_id: int) -> QuerySet[MailSuppression]:
    return MailSuppression.objects.of(organization_id).filter(lifted_at__isnull=True)
