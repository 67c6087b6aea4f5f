"""What the web server writes to its console when it starts, once in the life of an installation."""

import logging
import sys

from django.db import DatabaseError
from django.utils import timezone

from integrations.collectors import bearers

logger = logging.getLogger(__name__)


def announce_bearer() -> None:
    """Print the default customer's bearer of /api/v1 at the first start that has an organization.

    Straight to the console: what goes through the logs is stripped of secrets. A database that
    is not there yet does not keep the server from starting; the next start asks again.
    """
    try:
        secret = bearers.first_bearer(timezone.now())
    except DatabaseError as error:
        logger.warning("the first bearer could not be made: %s", type(error).__name__)
        return
    if secret is not None:
        sys.stdout.write(f"{bearers.announcement(secret)}\n")
        sys.stdout.flush()
