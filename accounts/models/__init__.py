"""One module per noun; this is the one place that lists them all."""

from accounts.models.api_keys import ApiKey
from accounts.models.apps import App
from accounts.models.bank_accounts import BankAccount
from accounts.models.memberships import Membership, Role
from accounts.models.oauth import AccessToken, Application, Grant, RefreshToken
from accounts.models.organizations import Organization
from accounts.models.parties import PartyFields
from accounts.models.users import User

__all__ = [
    "AccessToken",
    "ApiKey",
    "App",
    "Application",
    "BankAccount",
    "Grant",
    "Membership",
    "Organization",
    "PartyFields",
    "RefreshToken",
    "Role",
    "User",
]
