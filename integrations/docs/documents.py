"""The OpenAPI documents, one per dialect: built once in a process, then only handed out."""

import functools
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

import yaml
from django.conf import settings

from integrations.dialects.backoffice.manual import MANUAL as BACKOFFICE
from integrations.dialects.base.openapi.document import build
from integrations.dialects.base.openapi.manual import Manual
from integrations.dialects.base.openapi.routes import Route, routes_of
from integrations.dialects.collector.manual import MANUAL as COLLECTOR
from integrations.dialects.directory.manual import MANUAL as DIRECTORY
from integrations.dialects.enterprise.manual import MANUAL as ENTERPRISE
from integrations.dialects.wallet.manual import MANUAL as WALLET
from integrations.docs import oauth
from integrations.docs.errors import catalogue

Json = dict[str, Any]
MANUALS: dict[str, Manual] = {
    manual.dialect.name: manual
    for manual in (
        replace(ENTERPRISE, paths=oauth.PATHS, schemas=oauth.SCHEMAS),
        WALLET,
        BACKOFFICE,
        DIRECTORY,
        COLLECTOR,
    )
}
# For a copy that leaves the installation.
PUBLIC_BASE_URL = "https://api.invoiceapp.com"
PUBLIC_DOCS_URL = "https://docs.invoiceapp.com"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as bytes, and the tag by which a client knows that it has them already."""

    content: bytes
    etag: str


@functools.cache
def document(dialect: str) -> Json:
    """The OpenAPI document of that dialect for this installation. Do not change what you get.

    Raises KeyError for a dialect without one.
    """
    manual = MANUALS[dialect]
    return build(
        manual,
        routes(dialect),
        catalogue(),
        base_url=settings.BASE_URL,
        docs_url=settings.DOCS_URL,
    )


@functools.cache
def routes(dialect: str) -> tuple[Route, ...]:
    """The addresses of that dialect. Raises KeyError."""
    return tuple(routes_of(MANUALS[dialect].dialect))


@functools.cache
def rendered(dialect: str, format: str) -> Rendered:
    """The document as `json` or `yaml`. Raises KeyError."""
    return as_bytes(_FORMATS[format](document(dialect)))


def as_bytes(text: str) -> Rendered:
    content = text.encode()
    return Rendered(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def for_anybody(text: str) -> str:
    """The same document under the product's public addresses, which are nobody's installation."""
    return text.replace(settings.DOCS_URL, PUBLIC_DOCS_URL).replace(
        settings.BASE_URL, PUBLIC_BASE_URL
    )


def resolve(document: Json, value: Any) -> Any:
    """What a `$ref` points to; anything else as it is."""
    while isinstance(value, dict) and "$ref" in value:
        found: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        value = found
    return value


def _as_json(value: Json) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, default=_exact) + "\n"


def _exact(value: Any) -> Any:
    # Declarations write rates and limits as Decimals; a document only shows them.
    return int(value) if value == value.to_integral_value() else json.loads(str(value))


def _as_yaml(value: Json) -> str:
    plain = json.loads(_as_json(value))
    return yaml.dump(
        plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_FORMATS = {"json": _as_json, "yaml": _as_yaml}
