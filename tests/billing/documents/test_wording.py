"""Every language says everything."""

import re
import string

import pytest

from billing.documents.wording import WORDS, words_for
from billing.models import Invoice, PaymentMethod

FIELDS = string.Formatter()


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_language_has_every_word_with_the_same_placeholders(language: str) -> None:
    words, english = WORDS[language], WORDS["en"]
    assert set(words) == set(english)
    for key, text in words.items():
        assert text.strip() == text != ""
        placeholders = {name for _, name, _, _ in FIELDS.parse(text) if name}
        assert placeholders == {name for _, name, _, _ in FIELDS.parse(english[key]) if name}


def test_every_payment_method_and_kind_of_invoice_has_a_word() -> None:
    assert set(PaymentMethod.values) <= set(WORDS["en"])
    assert set(Invoice.Kind.values) - {"standard"} <= set(WORDS["en"])


def test_a_language_we_do_not_speak_is_answered_in_english() -> None:
    assert words_for("nl_NL") == ("en", WORDS["en"])
    assert words_for("de-AT")[0] == "de"


def test_no_word_contains_markup() -> None:
    texts = [text for words in WORDS.values() for text in words.values()]
    assert [text for text in texts if re.search(r"[<>&]", text)] == []
