"""Libraries that an installation has only where a setting asks for what they do."""

import importlib
from typing import Any

from django.core.exceptions import ImproperlyConfigured


def load(module: str, *, setting: str, product: str, requirements: str) -> Any:
    """The module of a library that is wanted because `setting` is set.

    Raises ImproperlyConfigured, with what to install, where it is missing.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImproperlyConfigured(
            f"{setting} is set, but {product} is not installed: pip install -r {requirements}."
        ) from error
