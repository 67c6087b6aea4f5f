"""The contact and address objects."""

from integrations.dialects.base.shapes import Node, Shape, choice, flag, page_of, text
from integrations.dialects.enterprise.shapes.resources import TIMES, reference, resource
from integrations.dialects.enterprise.words import ADDRESS_TYPES

CONTACT = resource(
    "Contact",
    "contact",
    "contact",
    {
        "customer_id": reference("customer"),
        "name": text(),
        "email": text(),
        "phone": text(),
        "position": text(),
        "is_primary": flag("At most one of a customer."),
        "receives_invoices": flag("Invoices are mailed to them too."),
        **TIMES,
    },
)
CONTACTS = page_of(CONTACT)
_PLACE: dict[str, Node] = {
    "name": text(),
    "street": text(),
    "street2": text(),
    "street3": text(),
    "city": text(),
    "state": text(),
    "postal_code": text(),
    "country": text("ISO 3166-1 alpha-2."),
}
SHIPPING_ADDRESS = Shape(name="ShippingAddress", fields=_PLACE)
ADDRESS = resource(
    "CustomerAddress",
    "address",
    "address",
    {
        "customer_id": reference("customer"),
        "type": choice(*ADDRESS_TYPES.words),
        **_PLACE,
        **TIMES,
    },
)
ADDRESSES = page_of(ADDRESS)
CONTACT_PERSON = Shape(
    name="ContactPerson", fields={"name": text(), "email": text(), "phone": text()}
)
