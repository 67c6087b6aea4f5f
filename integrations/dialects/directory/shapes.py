"""What /api/integrations answers: bare objects, and pages of them with `data` and `meta`."""

from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    Value,
    choice,
    day,
    maybe,
    moment,
    text,
    whole,
)
from integrations.dialects.directory.words import ROLE_WORDS, TIERS

_ROLE = choice(*ROLE_WORDS)
_META = Shape(
    name="Meta",
    fields={
        "total": whole("Rows under this query."),
        "per_page": whole(),
        "current_page": whole(),
        "last_page": whole(),
        "from": whole("The position of the first row, from 1; 0 on an empty page."),
        "to": whole(),
    },
)
_COUNT = Shape(name="Count", fields={"total": whole(), "count": whole()})


def page_of(shape: Shape) -> Shape:
    """The envelope around a page of objects."""
    return Shape(name=f"{shape.name}Page", fields={"data": Many(shape), "meta": _META})


FAULT = Shape(
    name="Error",
    fields={
        "error": text("What sort of refusal it is."),
        "message": text(),
        "details": Value(
            kind="open",
            description="A list of sentences for each field; where there were too many"
            " requests, when to come again.",
        ),
    },
    optional=frozenset({"message", "details"}),
)
_LISTED_USER: dict[str, Node] = {
    "id": text(),
    "name": text(),
    "firstName": maybe(text()),
    "lastName": maybe(text()),
    "email": text(),
    "phone": maybe(text()),
    "role": _ROLE,
    "createdAt": moment(),
    "updatedAt": moment(),
}
USER_IN_LIST = Shape(name="UserInList", fields=_LISTED_USER)
USER = Shape(
    name="User",
    fields={
        **_LISTED_USER,
        "dob": maybe(day()),
        "members": Many(
            Shape(
                name="UserMembership",
                fields={
                    "id": text(),
                    "organizationId": text(),
                    "role": _ROLE,
                    "createdAt": moment(),
                },
            ),
            description="Where the user belongs, as far as this key sees.",
        ),
    },
)
_LISTED_TIER: dict[str, Node] = {
    "id": text(),
    "name": choice(*TIERS.words),
    "features": Many(text()),
}
TIER_IN_LIST = Shape(name="PremiumTierInList", fields=_LISTED_TIER)
TIER = Shape(
    name="PremiumTier",
    fields={
        **_LISTED_TIER,
        "limits": Shape(
            name="TierLimits",
            description="null: there is no such limit.",
            fields={
                "maxUsers": maybe(whole()),
                "maxStorage": maybe(text()),
                "apiCallsPerMonth": maybe(whole()),
            },
        ),
    },
)
_LISTED_ORGANIZATION: dict[str, Node] = {
    "id": text(),
    "name": text(),
    "slug": text(),
    "logo": maybe(text("An address below this API that answers the picture to the same key.")),
    "memberCount": whole(),
    "premiumTier": TIER_IN_LIST,
    "createdAt": moment(),
}
ORGANIZATION_IN_LIST = Shape(name="OrganizationInList", fields=_LISTED_ORGANIZATION)
ORGANIZATION = Shape(
    name="Organization",
    fields={
        **_LISTED_ORGANIZATION,
        "premiumTier": TIER,
        "members": Many(
            Shape(
                name="OrganizationMember",
                fields={
                    "id": text(),
                    "userId": text(),
                    "role": _ROLE,
                    "user": Shape(
                        name="MemberUser",
                        fields={"id": text(), "name": text(), "email": text()},
                    ),
                    "createdAt": moment(),
                },
            )
        ),
    },
)
USER_ORGANIZATIONS = Shape(
    name="UserOrganizations",
    fields={
        "data": Many(
            Shape(
                name="UserOrganization",
                fields={
                    **_LISTED_ORGANIZATION,
                    "membership": Shape(
                        name="Membership",
                        fields={"id": text(), "role": _ROLE, "createdAt": moment()},
                    ),
                },
            )
        ),
        "meta": _COUNT,
    },
)
