"""Applications that bill, and whose key pair a request came with."""

from accounts.models import ApiKey, App
from core.errors import NotFound


def app_of_key(organization_id: int, api_key_id: int) -> App:
    """The application that the key pair belongs to. Raises NotFound."""
    rows = ApiKey.objects.of(organization_id).select_related("app")
    key = rows.filter(pk=api_key_id).first()
    if key is None or key.app is None:
        raise NotFound(noun="app", id=api_key_id)
    return key.app
