"""Changing the keys of the collector while it works."""

from typing import Any

from django.db import transaction

from integrations.collectors import vault
from integrations.models import CollectorCredential, SupplierInvoice

BITE = 500


def rotate_keys() -> int:
    """Seal every data key under the first of COLLECTOR_KEYS; how many were sealed anew.

    What the data keys seal stays as it is, so collecting goes on meanwhile; whoever read a row
    before still opens it as long as the old key is in the ring. Stopped half-way, it goes on
    where it was. Raises SealBroken for a row that no key of the ring opens.
    """
    return _rotate(CollectorCredential) + _rotate(SupplierInvoice)


def _rotate(model: type[Any]) -> int:
    newest, done = vault.newest_key_id(), 0
    while True:
        # Documents that lie with their credential have no key of their own.
        rows = model.objects.exclude(key_id__in=(newest, "")).order_by("pk")
        batch = list(rows.only("organization_id", "uuid", "data_key")[:BITE])
        if not batch:
            return done
        done += _rewrap(model, batch)


@transaction.atomic
def _rewrap(model: type[Any], batch: list[vault.Keyed]) -> int:
    done = 0
    for owner in batch:
        data_key, key_id = vault.rewrapped(owner)
        # Only over what was read: a twin of this command may have been faster.
        mine = model.objects.filter(pk=owner.pk, data_key=owner.data_key)
        done += mine.update(data_key=data_key, key_id=key_id)
    return done
