"""What follows from what happens on the customer portal: a link is mailed."""

import datetime
from collections.abc import Sequence

from accounts.actors import system_actor
from billing.operations.portal_access import queue_link_mail
from core.models import Event


def mail_link(events: Sequence[Event], at: datetime.datetime) -> None:
    """Somebody asked for a link: it goes out if the address is a customer's."""
    for event in events:
        if event.organization_id is None:
            continue
        actor = system_actor(event.organization_id, livemode=event.livemode, label="portal")
        queue_link_mail(actor=actor, at=at, link_id=event.subject_id)
