"""The staff pages in four languages: every text translated, and none of its parts lost."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils import translation

from billing.web.language import reading_language, refusal, say
from core.errors import NotFound
from invoiceapp import catalogues
from invoiceapp.texts import collect

ROOT = Path(settings.BASE_DIR)
_PARTS = re.compile(r"%\(\w+\)s|\{\w+\}|</?(?:a|b|em|strong|code|span)\b[^>]*>")


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogues.template_of(collect(ROOT))


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_text_has_its_translation(language: str, template: Catalog) -> None:
    kept = catalogues.read(ROOT, language)
    ids = {message.id for message in template if message.id}
    known = {message.id for message in kept if message.id}
    assert ids - known == set(), "run `manage.py texts` and translate what it adds"
    assert catalogues.missing(kept) == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_translation_keeps_placeholders_and_tags(language: str) -> None:
    for message in catalogues.read(ROOT, language):
        if not message.id:
            continue
        forms = list(message.id) if message.pluralizable else [message.id]
        told = list(message.string) if message.pluralizable else [message.string]
        # "Every day" names no figure where "every 3 days" does: each form has its own parts.
        for form, text in zip(forms, told, strict=True):
            assert set(_PARTS.findall(text)) == set(_PARTS.findall(form)), (language, text)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_what_django_reads_is_what_people_edit(language: str) -> None:
    kept = catalogues.source_of(ROOT, language).with_suffix(".mo").read_bytes()
    assert kept == catalogues.compiled(catalogues.read(ROOT, language))


def test_a_refusal_is_said_in_the_readers_language_with_its_figures() -> None:
    error = NotFound(noun="invoice", id="7")
    with translation.override("de"):
        said = refusal(error)
    assert "7" in said
    assert said != str(error) == "No invoice found with id '7'"


def test_what_no_catalogue_has_stays_as_it_is() -> None:
    assert say("Contoso 4711") == "Contoso 4711"
    assert say("") == ""


def test_a_language_without_catalogue_leaves_the_choice_to_the_browser() -> None:
    assert reading_language("de_AT") == "de"
    assert reading_language("pt_BR") == "en"
