"""Secrets open in their own place, with a key of the ring, and nowhere else."""

import io
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from integrations.collectors import vault
from integrations.models import CollectorCredential, CollectorUser
from tests.integrations.collectors.conftest import sealed_credential

pytestmark = pytest.mark.django_db
SECRET = b'{"password": "canary-5521"}'


def reread(credential: CollectorCredential) -> CollectorCredential:
    return CollectorCredential.objects.get(pk=credential.pk)


def rotate() -> str:
    out = io.StringIO()
    call_command("rotate_collector_keys", stdout=out)
    return out.getvalue()


def test_what_is_sealed_opens_again(person: CollectorUser) -> None:
    row = reread(sealed_credential(person, SECRET))
    assert vault.unseal(row, "params", row.sealed_params) == SECRET


def test_the_row_does_not_show_the_secret(person: CollectorUser) -> None:
    row = reread(sealed_credential(person, SECRET))
    assert b"canary" not in bytes(row.sealed_params) + row.data_key.encode()


def test_it_does_not_open_in_another_column(person: CollectorUser) -> None:
    row = reread(sealed_credential(person, SECRET))
    with pytest.raises(vault.SealBroken):
        vault.unseal(row, "session", row.sealed_params)


def test_it_does_not_open_in_another_row(person: CollectorUser) -> None:
    mine, other = sealed_credential(person, SECRET), sealed_credential(person)
    other.data_key = mine.data_key
    with pytest.raises(vault.SealBroken):
        vault.unseal(other, "params", mine.sealed_params)


def test_a_changed_byte_is_noticed(person: CollectorUser) -> None:
    row = reread(sealed_credential(person, SECRET))
    changed = bytearray(row.sealed_params)
    changed[-1] ^= 1
    with pytest.raises(vault.SealBroken):
        vault.unseal(row, "params", bytes(changed))


def test_rotation_seals_the_data_keys_anew_and_nothing_else(
    person: CollectorUser, settings: Any
) -> None:
    before = reread(sealed_credential(person, SECRET))
    old, new = settings.COLLECTOR_KEYS[0], Fernet.generate_key().decode()
    settings.COLLECTOR_KEYS = [new, old]
    assert rotate() == f"Sealed 1 data keys under key {vault.newest_key_id()}.\n"
    settings.COLLECTOR_KEYS = [new]
    after = reread(before)
    assert bytes(after.sealed_params) == bytes(before.sealed_params)
    assert after.key_id == vault.newest_key_id() != before.key_id
    assert vault.unseal(after, "params", after.sealed_params) == SECRET


def test_who_read_the_row_before_the_rotation_still_opens_it(
    person: CollectorUser, settings: Any
) -> None:
    before = reread(sealed_credential(person, SECRET))
    settings.COLLECTOR_KEYS = [Fernet.generate_key().decode(), *settings.COLLECTOR_KEYS]
    rotate()
    assert vault.unseal(before, "params", before.sealed_params) == SECRET


def test_a_second_rotation_has_nothing_to_do(person: CollectorUser, settings: Any) -> None:
    sealed_credential(person)
    settings.COLLECTOR_KEYS = [Fernet.generate_key().decode(), *settings.COLLECTOR_KEYS]
    rotate()
    assert rotate().startswith("Sealed 0 data keys")


def test_rotation_says_when_a_key_is_missing(person: CollectorUser, settings: Any) -> None:
    before = sealed_credential(person, SECRET)
    settings.COLLECTOR_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="none of COLLECTOR_KEYS"):
        rotate()
    assert reread(before).data_key == before.data_key
