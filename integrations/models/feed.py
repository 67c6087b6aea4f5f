"""Where the feed of events stands."""

from django.db import models


class FeedCounter(models.Model):
    """The last position given out. Whoever places events holds this row until commit,
    so positions become visible in their own order and a reader never skips one.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
