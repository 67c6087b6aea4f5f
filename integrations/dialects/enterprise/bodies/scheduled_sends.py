"""Body of a planned mail."""

from integrations.dialects.base.fields import Instant, Object
from integrations.dialects.enterprise.bodies.invoices import SEND

SCHEDULE = Object(fields={"send_at": Instant(required=True), **SEND.fields})
