"""Bodies about people and further addresses of a customer."""

from integrations.dialects.base.fields import Choice, Email, Flag, Object, Pattern, Text
from integrations.dialects.enterprise.words import ADDRESS_TYPES

_ROW = frozenset({"id", "object", "created_at", "updated_at", "livemode", "customer_id"})

CONTACT = Object(
    fields={
        "name": Text(required=True, least=1),
        "email": Email(),
        "phone": Text(most=40),
        "position": Text(most=100, description="Job title."),
        "is_primary": Flag(description="Takes that place from the one before."),
        "receives_invoices": Flag(description="Invoices are mailed to them too."),
    },
    computed=_ROW,
)
# Where goods go: the first line is `street`.
PLACE = {
    "name": Text(),
    "street": Text(name="line1"),
    "street2": Text(name="line2"),
    "street3": Text(name="line3"),
    "city": Text(most=100),
    "state": Text(name="subdivision", most=100),
    "postal_code": Text(most=20),
    "country": Pattern(pattern="[A-Za-z]{2}", example="DE", most=2),
}
SHIPPING = Object(fields=PLACE, null=None)
ADDRESS = Object(
    fields={
        **PLACE,
        "street": Text(name="line1", required=True, least=1),
        "type": Choice(name="kind", table=ADDRESS_TYPES),
    },
    computed=_ROW,
)
# Printed on documents and in e-invoices (BT-56 to BT-58).
CONTACT_PERSON = Object(
    fields={
        "name": Text(name="contact_name"),
        "email": Email(name="contact_email"),
        "phone": Text(name="contact_phone", most=40),
    }
)
