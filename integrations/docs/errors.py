"""The error catalogue: errors.toml as values."""

import functools
import tomllib
from pathlib import Path

from core.errors import Kind
from integrations.dialects.base.openapi.manual import Catalogue, ErrorText

_SENTENCES = Path(__file__).with_name("errors.toml")


@functools.cache
def catalogue() -> Catalogue:
    """Every code with its sentences, in the order of the file. Raises on a word too few or many."""
    entries = tomllib.loads(_SENTENCES.read_text())
    return {
        code: ErrorText(code=code, kinds=tuple(map(Kind, entry.pop("kinds"))), **entry)
        for code, entry in entries.items()
    }
