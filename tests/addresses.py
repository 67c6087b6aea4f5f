"""What the addresses of a document say. Needs no Django: programs beside the server read it too."""

import re


def collections_of(path: str) -> list[str]:
    """What stands before each id: `/v1/customers/{id}/contacts/{contact_id}` has two."""
    return re.findall(r"([\w-]+)}?(?=/{\w+})", path)
