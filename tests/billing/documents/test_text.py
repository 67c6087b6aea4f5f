"""Text is cleaned, broken into lines and put in order, and never interpreted."""

import pytest

from billing.documents.fonts import SANS, SERIF, glyphs, runs, width_of
from billing.documents.text import (
    clean,
    fit,
    join_arabic,
    reads_right_to_left,
    visual,
    wrap,
)

FONT = SANS.regular


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Acme  ", "Acme"),
        ("a\tb\x00c", "a b c"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("cafe\u0301", "café"),
        ("18\u202f590,00\u00a0€", "18\u202f590,00\u00a0€"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_clean(given: str, kept: str) -> None:
    assert clean(given) == kept


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "a<b",
        "Smith <x@y>",
        "{{7*7}}",
        "{% now %}",
        "{0.__class__}",
        "%(x)s",
        "&amp;",
    ],
)
def test_markup_and_placeholders_stay_as_they_are(text: str) -> None:
    assert clean(text) == text
    assert wrap(text, FONT, 9, 400) == [text]


def test_lines_fit_the_width_and_lose_no_word() -> None:
    text = "Two days on site with the product and support teams, travel included. " * 12
    lines = wrap(text, FONT, 9, 180)
    assert all(width_of(line, FONT, 9) <= 180 for line in lines)
    assert " ".join(lines) == text.strip()


def test_line_breaks_of_the_writer_are_kept() -> None:
    assert wrap("first\n\nthird", FONT, 9, 200) == ["first", "", "third"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    lines = wrap("x" * 300, FONT, 9, 100)
    assert "".join(lines) == "x" * 300
    assert all(width_of(line, FONT, 9) <= 100 for line in lines)


def test_more_than_the_most_lines_end_in_an_ellipsis() -> None:
    lines = wrap("word " * 200, FONT, 9, 100, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")


def test_fit_keeps_what_fits() -> None:
    assert fit("short", FONT, 9, 100) == "short"
    cut = fit("Bundesversicherungsanstalt für Angestellte", FONT, 9, 80)
    assert cut.endswith("…")
    assert width_of(cut, FONT, 9) <= 80


def test_hebrew_is_turned_around_and_its_numbers_are_not() -> None:
    assert reads_right_to_left("שלום 2025")
    assert visual("שלום 2025") == "2025 םולש"


def test_brackets_face_the_other_way_from_right_to_left() -> None:
    assert visual("אב (גד)") == "(דג) בא"


def test_latin_words_inside_hebrew_keep_their_order() -> None:
    assert visual("שלום Acme Ltd") == "Acme Ltd םולש"


def test_arabic_letters_take_the_form_of_their_place() -> None:
    # beh initial, yeh medial, teh final
    assert join_arabic("بيت") == "\ufe91\ufef4\ufe96"


def test_letters_that_do_not_join_forward_break_the_word() -> None:
    # dal isolated, alef isolated, reh isolated
    assert join_arabic("دار") == "\ufea9\ufe8d\ufead"


def test_lam_and_alef_become_one_sign() -> None:
    assert join_arabic("لا") == "\ufefb"
    assert join_arabic("بلا") == "\ufe91\ufefc"


def test_a_non_joiner_keeps_persian_letters_apart() -> None:
    # "می‌خواهم": the yeh ends its part of the word, so it takes the final form.
    shaped = join_arabic("می\u200cخواهم")
    assert "\u200c" not in shaped
    assert shaped[1] == "\ufbfd"


def test_vowel_signs_do_not_break_the_joining() -> None:
    assert join_arabic("بَي") == "\ufe91\u064e\ufef2"


def test_every_sign_gets_a_font_that_has_it() -> None:
    text = "Ärger Ωμέγα Привет שלום \ufe91\ufef4\ufe96 € ₹ ₽ ₺ ₿ ฿ ✓"
    for font in (SANS.regular, SANS.bold, SERIF.regular, SERIF.bold):
        pieces = runs(text, font)
        assert "".join(part for _, part in pieces) == text
        assert all(set(part) <= glyphs(name) for name, part in pieces)


def test_a_sign_that_no_font_has_becomes_a_box() -> None:
    assert "".join(part for _, part in runs("日本", FONT)) == "□□"


@pytest.mark.parametrize("sign", "$€£¥₣₤₦₨₩₪₫₭₮₱₲₴₸₹₺₼₽₾₿¢ƒ")
def test_currency_signs_have_glyphs(sign: str) -> None:
    assert all(sign in glyphs(name) for name, part in runs(sign, FONT))
    assert runs(sign, FONT)[0][1] == sign
