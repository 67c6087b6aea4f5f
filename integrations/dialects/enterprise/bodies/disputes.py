"""Bodies about disputes."""

from decimal import Decimal

from integrations.dialects.base.fields import Choice, Day, Number, Object, Text
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.words import DISPUTE_KINDS, DISPUTE_OUTCOMES

OPEN = Object(
    fields={
        "type": Choice(table=DISPUTE_KINDS, required=True, name="kind"),
        "reason": Text(most=2_000, required=True),
        "line_id": id_field("line"),
        "payment_id": id_field("payment"),
        "amount": Number(least=Decimal(0)),
        "reference": Text(most=200),
        "date": Day(name="on"),
    },
)
WIN = Object(fields={"note": Text(most=2_000), "date": Day(name="on")})
LOSE = Object(
    fields={
        "outcome": Choice(table=DISPUTE_OUTCOMES),
        "fee": Number(least=Decimal(0)),
        "note": Text(most=2_000),
        "date": Day(name="on"),
    },
)
