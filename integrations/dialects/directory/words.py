"""Our words and those of /api/integrations."""

from accounts.models import Organization, Role
from integrations.dialects.base.enums import EnumMap

# The wire has three roles for our seven. Whoever neither owns nor administers is shown with
# the least of them: a program that trusts the word must not be told too much. `customer`
# sent by a client is the role without access to the books.
ROLES = EnumMap(
    {
        Role.OWNER: "super-admin",
        Role.ADMIN: "admin",
        Role.ACCOUNTANT: "customer",
        Role.MANAGER: "customer",
        Role.TEAM_MEMBER: "customer",
        Role.VIEWER: "customer",
        Role.CUSTOMER: "customer",
    },
    also={"customer": Role.CUSTOMER},
)
ROLE_WORDS = tuple(dict.fromkeys(ROLES.words))
TIERS = EnumMap(
    {
        Organization.Plan.STARTER: "Starter",
        Organization.Plan.PROFESSIONAL: "Professional",
        Organization.Plan.ENTERPRISE: "Enterprise",
    }
)
