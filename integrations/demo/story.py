"""What every step of the demo's story needs to know."""

import datetime
import random
from dataclasses import dataclass, field

from accounts.actors import Actor
from accounts.models import Organization
from integrations.demo.diary import Diary, Step, office_hours
from integrations.demo.stage import Stage

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


@dataclass
class Story:
    """One organization's past. `seller` writes invoices, `keeper` keeps the books."""

    organization: Organization
    seller: Actor
    keeper: Actor
    system: Actor
    stage: Stage
    diary: Diary
    rng: random.Random
    # Payments with customer credit left, for the next invoice of the same customer.
    credits: dict[int, int] = field(default_factory=dict)

    def days(self, least: int, most: int) -> datetime.timedelta:
        return self.rng.randint(least, most) * DAY

    def plan(self, day: datetime.datetime, step: Step) -> None:
        """On that day, in office hours."""
        self.diary.plan(office_hours(day, self.rng), step)
