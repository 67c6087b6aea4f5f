"""What time brings in one organization: all of it at an instant, and when the next is due."""

import datetime
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.utils import timezone

from accounts.models import Organization
from billing.models import Invoice, PaymentRequest, Quote, RecurringInvoice, ScheduledSend
from billing.operations.expiring import note_expired_in
from billing.operations.late_fees import charge_late_fees_in
from billing.operations.overdue import note_overdue_in
from billing.operations.recurring_runs import run_due_in
from billing.operations.releasing import release_due_in
from billing.operations.reminders import plan_reminders_in
from billing.operations.scheduled_sends import send_scheduled_in
from billing.queries.late_fees import has_coming
from billing.queries.organizations import today
from billing.queries.reminders import next_check
from integrations.mail import delivery as mail

_MIDNIGHT = datetime.time()
_ONE_DAY = datetime.timedelta(days=1)


def do_chores(organization: Organization, at: datetime.datetime) -> int:
    """Do what is due in it at that instant of its own, mail included; how many steps it took.

    Mail is handed over in real time; what that means to a document happens at the
    organization's time.
    """
    done = 0
    while True:
        step = (
            run_due_in(organization=organization, at=at)
            + note_overdue_in(organization=organization, at=at)
            + note_expired_in(organization=organization, at=at)
            + release_due_in(organization=organization, at=at)
            + send_scheduled_in(organization=organization, at=at)
            + plan_reminders_in(organization=organization, at=at)
            + charge_late_fees_in(organization=organization, at=at)
            + mail.send_due(timezone.now, organization_id=organization.pk)
        )
        if not step:
            return done
        done += step


def next_moment(organization: Organization, after: datetime.datetime) -> datetime.datetime | None:
    """The next instant at which something is due by itself, or None."""
    day = today(organization, after)
    invoices = Invoice.objects.of(organization.pk).open().filter(due_date__gte=day)
    quotes = Quote.objects.of(organization.pk).filter(
        status=Quote.Status.OPEN, valid_until__gte=day
    )
    runs = RecurringInvoice.objects.of(organization.pk).filter(
        status=RecurringInvoice.Status.ACTIVE, next_run_at__gt=after
    )
    releases = PaymentRequest.objects.of(organization.pk).filter(release_on__gt=day)
    mails = ScheduledSend.objects.of(organization.pk).filter(
        status=ScheduledSend.Status.PLANNED, send_at__gt=after
    )
    first_release = releases.aggregate(first=Min("release_on"))["first"]
    candidates = [
        _end_of(first_release and first_release - _ONE_DAY, organization.timezone),
        mails.aggregate(first=Min("send_at"))["first"],
        runs.aggregate(first=Min("next_run_at"))["first"],
        _end_of(invoices.aggregate(first=Min("due_date"))["first"], organization.timezone),
        _end_of(quotes.aggregate(first=Min("valid_until"))["first"], organization.timezone),
        next_check(organization, after),
        # Each day may cost something then; a look at a day on which none does is cheap.
        _end_of(day, organization.timezone) if has_coming(organization.pk) else None,
    ]
    return min((one for one in candidates if one is not None and one > after), default=None)


def _end_of(day: datetime.date | None, zone: str) -> datetime.datetime | None:
    """The first instant after that day."""
    if day is None:
        return None
    midnight = datetime.datetime.combine(day + _ONE_DAY, _MIDNIGHT, ZoneInfo(zone))
    return midnight.astimezone(datetime.UTC)
