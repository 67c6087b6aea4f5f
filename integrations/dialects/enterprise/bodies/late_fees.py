"""Bodies about late fees."""

from decimal import Decimal

from integrations.dialects.base.fields import Choice, Flag, Number, Object, Text, Whole
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.words import LATE_FEE_TYPES

POLICY = Object(
    fields={
        "enabled": Flag(name="is_enabled"),
        "fee_type": Choice(table=LATE_FEE_TYPES, null=""),
        "fee_value": Number(places=6, least=Decimal(0)),
        "every_days": Whole(least=1, most=365, null=None),
        "interest_rate": Number(places=6, least=Decimal(0), most=Decimal(100)),
        "interest_every_days": Whole(least=1, most=365),
        "grace_days": Whole(least=0, most=365),
        "max_fees": Whole(name="most_fees", least=1, most=1_000, null=None),
        "max_amount": Number(name="most_amount", least=Decimal(0), null=None),
        "compounding": Flag(name="is_compounding"),
        "tax_profile_id": id_field("tax profile"),
        "send": Flag(name="is_sent"),
    },
    computed=frozenset({"object", "livemode", "currency", "customer_id"}),
)
WAIVE = Object(fields={"reason": Text(most=300)})
