"""Identifiers: ordered inside, one spelling outside, random where they are secret."""

import threading
import uuid

import pytest

from core.ids import decode_id, encode_id, random_text, uuid7

SAMPLE = uuid.UUID("0192f0c8-7e1a-7b3c-9d4e-5f6071829304")


def test_uuid7_has_its_version_and_variant() -> None:
    value = uuid7()
    assert value.version == 7
    assert value.variant == uuid.RFC_4122


def test_uuid7_rises_within_a_process() -> None:
    values = [uuid7() for _ in range(20_000)]
    assert values == sorted(values)
    assert len(set(values)) == len(values)


def test_uuid7_is_unique_over_threads() -> None:
    values: list[uuid.UUID] = []

    def draw() -> None:
        values.extend([uuid7() for _ in range(2_000)])

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(values)) == 8_000


def test_an_id_is_its_prefix_and_26_characters() -> None:
    text = encode_id("inv", SAMPLE)
    assert text == "inv_agjpbsd6dj5tzhkol5qhdautaq"
    assert len(text) == 30
    assert decode_id("inv", text) == SAMPLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "inv",
        "inv_",
        "cus_" + encode_id("inv", SAMPLE)[4:],
        encode_id("inv", SAMPLE)[:-1],
        encode_id("inv", SAMPLE) + "a",
        encode_id("inv", SAMPLE).upper(),
        "inv_" + "1" * 26,
        "inv_" + "\u00e4" * 26,
        "inv_" + "=" * 26,
        str(SAMPLE),
        "inv_" + "a" * 25 + "\u0000",
    ],
)
def test_what_is_not_an_id_is_none(text: str) -> None:
    assert decode_id("inv", text) is None


def test_an_id_has_one_spelling() -> None:
    # The last character carries three bits; a fourth would spell the same UUID again.
    text = encode_id("inv", SAMPLE)
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    spellings = [
        text[:-1] + last for last in alphabet if decode_id("inv", text[:-1] + last) == SAMPLE
    ]
    assert spellings == [text]


def test_random_text_has_the_length_asked_for_and_differs() -> None:
    texts = {random_text() for _ in range(1_000)}
    assert len(texts) == 1_000
    assert {len(text) for text in texts} == {22}
    assert all(text.isascii() and text.isalnum() for text in texts)
    assert len(random_text(40)) == 40
