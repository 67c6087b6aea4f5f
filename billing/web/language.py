"""What people read, in their own language.

Labels, choices and refusals stand in the code in plain English, and are looked up in the
catalogues of `locale/` where a page shows them: the tables need no marks, and programs go
on reading English. `manage.py texts` collects them.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import read_mo
from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext

from core.errors import DomainError, InvalidValue

# A pattern with fewer letters of its own fits too much.
_LEAST_WORDS = 3
_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def say(text: object) -> str:
    """The text in the reader's language, or as it is if no catalogue has it."""
    words = str(text)
    return gettext(words) if words else ""


def say_sentence(text: str) -> str:
    """A finished English sentence in the reader's language, values and all.

    Its pattern is looked up with names in braces where the values stand. What no catalogue
    has stays as it is.
    """
    said = say(text)
    language = get_language() or "en"
    if said != text or not text or language not in _spoken_languages():
        return said
    for pattern, expression in _patterns(language):
        if found := expression.fullmatch(text):
            return gettext(pattern).format(**found.groupdict())
    return text


def refusal(error: DomainError) -> str:
    """A refusal's sentence, its placeholders filled in after translation."""
    if isinstance(error, InvalidValue):
        return say_sentence(error.details["reason"])
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


@lru_cache(maxsize=16)
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The catalogue's sentences with values, those with most words of their own first."""
    path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.mo"
    if not path.exists():
        return ()
    with path.open("rb") as file:
        texts = [message.id for message in read_mo(file) if isinstance(message.id, str)]
    known = [(text, _PLACE.split(text)) for text in texts if _PLACE.search(text)]
    # Names twice, as in "{n} of {n}", cannot be told apart.
    known = [(text, parts) for text, parts in known if len(set(parts[1::2])) == len(parts[1::2])]
    known = [each for each in known if len("".join(each[1][::2])) > _LEAST_WORDS]
    known.sort(key=lambda each: -len("".join(each[1][::2])))
    return tuple((text, _expression(parts)) for text, parts in known)


def _expression(parts: list[str]) -> re.Pattern[str]:
    spelled = [
        f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    ]
    return re.compile("".join(spelled), re.DOTALL)


def _spoken(choice: Any) -> Any:
    value, label = choice
    if isinstance(label, (list, tuple)):
        return value, [_spoken(each) for each in label]
    return value, say(label)


def _spoken_languages() -> set[str]:
    return {code for code, _name in settings.LANGUAGES}
