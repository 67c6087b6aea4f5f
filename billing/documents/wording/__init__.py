"""The words printed on documents, one module per language."""

from billing.documents.wording.de import DE
from billing.documents.wording.en import EN
from billing.documents.wording.es import ES
from billing.documents.wording.fr import FR

WORDS: dict[str, dict[str, str]] = {"en": EN, "fr": FR, "de": DE, "es": ES}


def words_for(locale: str) -> tuple[str, dict[str, str]]:
    """The language code and its words; English for a language we do not speak."""
    language = locale.replace("-", "_").partition("_")[0]
    return (language, WORDS[language]) if language in WORDS else ("en", EN)
