"""For whom and when something is booked: what every step of the way needs to know."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.queries.organizations import get_organization, today
from integrations.models import ShopConnection, ShopRecord


@dataclass(frozen=True, slots=True)
class Shop:
    """A connection, locked until the transaction ends, and who acts for it at which instant."""

    connection: ShopConnection
    organization: Organization
    actor: Actor
    at: datetime.datetime

    @property
    def today(self) -> datetime.date:
        return today(self.organization, self.at)

    def day_of(self, instant: datetime.datetime | None) -> datetime.date:
        """The day of that instant where the organization is, and never one to come."""
        if instant is None:
            return self.today
        day = instant.astimezone(ZoneInfo(self.organization.timezone)).date()
        return min(day, self.today)

    def find(self, kind: str, external_id: str) -> ShopRecord | None:
        """What the shop's own id became here."""
        rows = ShopRecord.objects.of(self.organization.pk).filter(connection=self.connection)
        return rows.filter(kind=kind, external_id=external_id).first()

    def remember(self, kind: str, external_id: str) -> ShopRecord:
        """The record of that id, inserted if there is none."""
        return self.find(kind, external_id) or ShopRecord.objects.create(
            organization=self.organization,
            connection=self.connection,
            kind=kind,
            external_id=external_id,
            created_at=self.at,
        )


def open_shop(connection: ShopConnection, at: datetime.datetime) -> Shop:
    """Act for the connection, which the caller has locked."""
    organization = get_organization(connection.organization_id)
    actor = system_actor(
        organization.pk,
        livemode=organization.livemode,
        label=f"{connection.get_kind_display()} {connection.domain}"[:200],
    )
    return Shop(connection, organization, actor, organization.test_clock or at)
