"""Fresh credentials for the demo organization, one set per way in."""

import datetime
from typing import Any

from accounts.actors import system_actor
from accounts.key_formats import PAIRED
from accounts.models import ApiKey, Application, Organization, User
from accounts.operations.api_keys import create_api_key, revoke_api_key
from accounts.operations.applications import create_application, rotate_client_secret
from accounts.operations.users import set_password
from accounts.scopes import SCOPES
from billing.models import Wallet
from billing.operations.wallets import create_wallet
from core.ids import random_text

# Keys of this name belong to the command: each call ends the ones before.
KEY_NAME = "manage.py demo"
APPLICATION_NAME = "Demo application"
WALLET_NAME = "Demo wallet"
WALLET_ADDRESS = "0x000000000000000000000000000000000000dEaD"
# Nobody need listen there: the code can be read from the address bar.
REDIRECT_ADDRESS = "http://127.0.0.1:8765/callback"


def renew_password(owner: User, at: datetime.datetime) -> str:
    """A new password for the demo's owner; sessions of before end."""
    password = random_text(20)
    set_password(at=at, user_id=owner.pk, password=password)
    return password


def renew_keys(live: Organization, at: datetime.datetime) -> dict[str, tuple[ApiKey, str]]:
    """A key with all scopes per dialect, and `test` for the sandbox; older ones end now."""
    for organization in (live, live.sandbox):
        rows = ApiKey.objects.of(organization.pk).filter(name=KEY_NAME, revoked_at=None)
        for key in rows:
            revoke_api_key(actor=None, at=at, organization_id=organization.pk, api_key_id=key.pk)
    keys = {
        dialect: _make(live, at, dialect)
        for dialect in ("enterprise", "backoffice", "wallet", "directory", "collector")
    }
    return {**keys, "test": _make(live.sandbox, at, "enterprise")}


def renew_application(live: Organization, at: datetime.datetime) -> tuple[Application, str]:
    """The demo's OAuth application, with a new secret; tokens it holds live on."""
    own = Application.objects.of(live.pk).filter(name=APPLICATION_NAME)
    found = own.filter(redirect_uris=REDIRECT_ADDRESS, acts_alone=True).first()
    if found is not None:
        return rotate_client_secret(actor=system_actor(live.pk), at=at, application_id=found.uuid)
    return create_application(
        actor=None,
        at=at,
        organization_id=live.pk,
        name=APPLICATION_NAME,
        scopes=SCOPES,
        redirect_uris=[REDIRECT_ADDRESS],
        acts_alone=True,
    )


def demo_wallet(live: Organization, at: datetime.datetime) -> Wallet:
    """Where the demo organization is paid in crypto; nobody holds the key to that address."""
    found = Wallet.objects.of(live.pk).filter(name=WALLET_NAME, is_active=True).first()
    return found or create_wallet(
        actor=system_actor(live.pk),
        at=at,
        name=WALLET_NAME,
        kind=Wallet.Kind.CRYPTO,
        currency="USDC",
        blockchain=Wallet.Blockchain.ETHEREUM,
        address=WALLET_ADDRESS,
    )


def _make(organization: Organization, at: datetime.datetime, dialect: str) -> tuple[ApiKey, str]:
    fields: dict[str, Any] = {"name": KEY_NAME, "scopes": SCOPES, "dialect": dialect}
    if dialect in PAIRED:
        fields["app_name"] = APPLICATION_NAME
    return create_api_key(actor=None, at=at, organization_id=organization.pk, **fields)
