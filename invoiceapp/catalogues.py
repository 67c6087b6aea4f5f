"""The translated texts: one catalogue a language, read and written by Babel alone.

`locale/<language>/LC_MESSAGES/django.po` is what people edit; `django.mo` beside it is
what Django reads. Both are kept, so that running needs no compiler.
"""

import datetime
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from invoiceapp.texts import Text

LANGUAGES = ("de", "es", "fr")
_ALWAYS = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_HEADER = "# Texts of the staff pages. Collected by `manage.py texts`."


def source_of(root: Path, language: str) -> Path:
    """The file that people edit."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(root: Path, language: str) -> Catalog:
    """The catalogue as it is kept; empty if there is none yet."""
    path = source_of(root, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def template_of(texts: Iterable[Text]) -> Catalog:
    """All texts without translations, each with the places where it stands."""
    catalog = Catalog()
    for text, place in texts:
        catalog.add(text, locations=[(place, 0)])
    return catalog


def update(root: Path, language: str, template: Catalog) -> None:
    """Add what is new and drop what is gone; what is translated stays."""
    catalog = read(root, language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = _HEADER
    path = source_of(root, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(buffer, catalog, width=100, sort_output=True, omit_header=False)
    # Dates of making would change the file at each run.
    lines = buffer.getvalue().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if b"-Date:" not in line))
    path.with_suffix(".mo").write_bytes(compiled(read(root, language)))


def compiled(catalog: Catalog) -> bytes:
    """What Django reads: the same bytes for the same texts, whenever it is made."""
    catalog.creation_date = catalog.revision_date = _ALWAYS
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """The texts without a translation."""
    return [str(message.id) for message in catalog if message.id and not all(forms_of(message))]


def forms_of(message: Message) -> list[str]:
    """What the text is in the language: one form, or one for each plural."""
    said = message.string
    return [said] if isinstance(said, str) else [str(form) for form in said or [""]]
