"""The secrets of OAuth tell what they are, and follow from each other in one direction."""

from accounts import oauth_formats as formats


def test_a_secret_carries_its_kind_and_a_checksum() -> None:
    token = formats.make(formats.ACCESS_TOKEN)

    assert len(token) == len("oat_") + 43 + 6
    assert formats.is_well_formed(token, formats.ACCESS_TOKEN)
    assert not formats.is_well_formed(token, formats.REFRESH_TOKEN)
    assert not formats.is_well_formed(token[:-1] + ("a" if token[-1] != "a" else "b"), "oat_")
    assert not formats.is_well_formed(token + "é", formats.ACCESS_TOKEN)


def test_no_two_are_the_same() -> None:
    assert len({formats.make(formats.CODE) for _ in range(1_000)}) == 1_000


def test_a_successor_follows_from_its_predecessor_and_a_salt() -> None:
    first = formats.derive(formats.REFRESH_TOKEN, "ort_x", "salt")

    assert first == formats.derive(formats.REFRESH_TOKEN, "ort_x", "salt")
    assert formats.is_well_formed(first, formats.REFRESH_TOKEN)
    assert first != formats.derive(formats.REFRESH_TOKEN, "ort_y", "salt")
    assert first != formats.derive(formats.REFRESH_TOKEN, "ort_x", "pepper")
    access = formats.derive(formats.ACCESS_TOKEN, "ort_x", "salt")
    assert first[4:-6] != access[4:-6]
