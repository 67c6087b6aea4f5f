"""The organization's logo: only its pixels are kept, drawn anew."""

import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organization
from accounts.operations.organizations import update_organization
from accounts.pictures import PictureRefused, as_png
from core import files
from core.ids import random_text

MOST_BYTES = 2 * 1_048_576
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# Twice what the largest document prints, so that it stays sharp.
SIDE = 1_280


@transaction.atomic
def set_logo(*, actor: Actor, at: datetime.datetime, content: bytes) -> Organization:
    """Documents made from now on bear it; issued ones keep the one they were issued with.

    Raises Forbidden, SandboxFollowsLive, PictureRefused.
    """
    actor.require("settings:write")
    if len(content) > MOST_BYTES:
        raise PictureRefused(reason=f"it has more than {MOST_BYTES:,} bytes")
    png = as_png(content, FORMATS, side=SIDE)
    # A stored file never changes under its name: documents refer to it for ever.
    name = f"logos/{actor.organization_id}/{random_text(32)}.png"
    organization = update_organization(actor=actor, at=at, logo=name)
    files.keep(name, png)
    return organization


@transaction.atomic
def remove_logo(*, actor: Actor, at: datetime.datetime) -> Organization:
    """The file stays for the documents that bear it. Raises Forbidden, SandboxFollowsLive."""
    return update_organization(actor=actor, at=at, logo="")
