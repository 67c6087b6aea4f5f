"""Which key a secret belongs to, and which keys there are."""

import datetime
import uuid

from django.db.models import CharField, Q, QuerySet

from accounts import key_formats
from accounts.models import ApiKey
from core.errors import NotFound
from core.models import as_uuid
from core.statements import Given, Statement

# last_used_at is written at most this often, so that a busy key is not a busy row.
_TOUCH_EVERY = datetime.timedelta(minutes=1)
# Run by every API request.
_BY_DIGEST = Statement(
    lambda: ApiKey.objects.select_related("organization").filter(
        digest=Given("digest", CharField()), dialect=Given("dialect", CharField())
    )
)


def authenticate(secret: str, at: datetime.datetime, dialect: str = "enterprise") -> ApiKey | None:
    """The key whose secret this is, with its organization, or None.

    None for whatever is wrong: another dialect's secret, a failed checksum, unknown,
    revoked, expired. One indexed look-up by digest; the secret itself is never compared,
    so how long it takes says nothing about how much of it was right.
    """
    if not key_formats.is_well_formed(secret, dialect):
        return None
    key = _BY_DIGEST.first(digest=key_formats.digest_of(secret), dialect=dialect)
    return key if key is not None and is_usable(key, at) else None


def is_usable(key: ApiKey, at: datetime.datetime) -> bool:
    """Neither revoked nor expired at that instant."""
    return key.revoked_at is None and (key.expires_at is None or at < key.expires_at)


def touch_last_used(key: ApiKey, at: datetime.datetime, ip: str | None = None) -> bool:
    """Note that the key was used, at most once a minute. Returns whether it was written."""
    if key.last_used_at is not None and at - key.last_used_at < _TOUCH_EVERY:
        return False
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - _TOUCH_EVERY)
    written = ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=at, last_ip=ip or None)
    return written == 1


def list_api_keys(organization_id: int) -> QuerySet[ApiKey]:
    """Every key of the organization, newest first, revoked and expired ones too."""
    return ApiKey.objects.of(organization_id).select_related("created_by").order_by("-id")


def get_api_key(organization_id: int, key_id: int | uuid.UUID | str) -> ApiKey:
    """One key by its row id or uuid. Raises NotFound for another organization's too."""
    rows = ApiKey.objects.of(organization_id).select_related("organization")
    if isinstance(key_id, int):
        key = rows.filter(pk=key_id).first()
    else:
        value = as_uuid(key_id)
        key = rows.filter(uuid=value).first() if value else None
    if key is None:
        raise NotFound(noun="API key", id=key_id)
    return key
