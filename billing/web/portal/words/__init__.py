"""The words of the customer portal, one module per language; documents bring their own."""

from billing.web.portal.words.de import DE
from billing.web.portal.words.en import EN
from billing.web.portal.words.es import ES
from billing.web.portal.words.fr import FR

WORDS: dict[str, dict[str, str]] = {"en": EN, "fr": FR, "de": DE, "es": ES}


def portal_words(language: str) -> dict[str, str]:
    """The words of the language; English for one that we do not speak."""
    return WORDS.get(language, EN)
