"""What people read, in their own language.

Labels, choices and refusals stand in the code in plain English, and are looked up in the
catalogues of `locale/` where a page shows them: the tables need no marks, and programs go
on reading English. `manage.py texts` collects them.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext

from core.errors import DomainError


def say(text: object) -> str:
    """The text in the reader's language, or as it is if no catalogue has it."""
    words = str(text)
    return gettext(words) if words else ""


def refusal(error: DomainError) -> str:
    """A refusal's sentence, its placeholders filled in after translation."""
    pattern = gettext(error.message)
    return pattern.format(**error.details) if error.details else str(error)


def speak_choices(field: forms.Field) -> None:
    """Put the choices that a form declares into the reader's language."""
    choices: Any = getattr(field, "choices", None)
    if isinstance(choices, list):
        field.choices = [_spoken(choice) for choice in choices]  # type: ignore[attr-defined]


def reading_language(user_locale: str) -> str:
    """The language of a person's pages: that of their locale, if there is a catalogue."""
    language = user_locale.replace("_", "-").partition("-")[0].lower()
    return language if language in _spoken_languages() else (get_language() or "en")


def _spoken(choice: Any) -> Any:
    value, label = choice
    if isinstance(label, (list, tuple)):
        return value, [_spoken(each) for each in label]
    return value, say(label)


def _spoken_languages() -> set[str]:
    return {code for code, _name in settings.LANGUAGES}
