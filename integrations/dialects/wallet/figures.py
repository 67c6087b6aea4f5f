"""Moments and days as /api/v0 writes them: ISO 8601 with milliseconds."""

import datetime


def moment(at: datetime.datetime | None) -> str | None:
    """2024-01-15T10:30:00.000Z"""
    if at is None:
        return None
    spelled = at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
    return spelled.replace("+00:00", "Z")


def midnight(day: datetime.date | None) -> str | None:
    """2024-02-15T00:00:00.000Z: a civil date in the clothes of a moment."""
    return None if day is None else f"{day.isoformat()}T00:00:00.000Z"
