"""Any API that lists invoices as JSON: an address, a header, and where the fields are."""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

from core import exactjson
from integrations.collectors.base import (
    MOST_BYTES,
    AuthenticationFailed,
    Description,
    Found,
    Maintenance,
    Opened,
    Param,
    ParamRefused,
    Source,
    Visit,
)
from integrations.collectors.outgoing import check_param, get

MOST_PAGES = 50
_MOST_LIST_BYTES = 5 * 1_048_576
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_PATH = re.compile(r"[^.\s]{1,64}(\.[^.\s]{1,64}){0,7}")
_DEFAULTS = {
    "header": "Authorization",
    "items": "data",
    "id": "id",
    "date": "date",
    "document": "document_url",
    "amount": "",
    "next": "",
}
_PATHS = ("items", "id", "date", "document", "amount", "next")


def _field(en: str, fr: str, key: str) -> Param:
    return Param(name={"en": en, "fr": fr}, placeholder=_DEFAULTS[key], is_mandatory=False)


class HttpJson(Source):
    """Asks for the list, page by page, and for each new document by the address it gives."""

    description = Description(
        id="http_json",
        kind="api",
        name={"en": "JSON over HTTP", "fr": "JSON par HTTP"},
        description={
            "en": "Collects documents from an API that lists invoices as JSON.",
            "fr": "Récupère les documents d'une API qui liste des factures en JSON.",
        },
        params={
            "url": Param(
                name={"en": "Address of the list", "fr": "Adresse de la liste"},
                type="url",
                placeholder="https://api.example.com/invoices",
                most=2_000,
            ),
            "secret": Param(
                name={"en": "Value of the header", "fr": "Valeur de l'en-tête"},
                type="password",
                placeholder="Bearer …",
                is_mandatory=False,
                most=4_000,
            ),
            "header": _field("Header", "En-tête", "header"),
            "items": _field("Path of the list", "Chemin de la liste", "items"),
            "id": _field("Field of the id", "Champ de l'identifiant", "id"),
            "date": _field("Field of the date", "Champ de la date", "date"),
            "document": _field("Field of the document", "Champ du document", "document"),
            "amount": _field("Field of the amount", "Champ du montant", "amount"),
            "next": _field("Field of the next page", "Champ de la page suivante", "next"),
        },
    )

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        check_param(params, "url")
        if not _HEADER.fullmatch(params.get("header") or _DEFAULTS["header"]):
            raise ParamRefused("header", "This must be the name of a header.")
        if not params.get("secret", "").isprintable():
            raise ParamRefused("secret", "This must be on one line.")
        for name in _PATHS:
            if params.get(name) and not _PATH.fullmatch(params[name]):
                raise ParamRefused(name, "This must be names with points between them.")
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        yield _Api({**_DEFAULTS, **{k: v for k, v in visit.params.items() if v}})


class _Api(Opened):
    def __init__(self, params: dict[str, str]) -> None:
        self._params = params
        secret = params.get("secret")
        self._headers = {params["header"]: secret} if secret else {}

    def list(self) -> Iterator[Found]:
        url, seen = self._params["url"], set[str]()
        while url and url not in seen and len(seen) < MOST_PAGES:
            seen.add(url)
            page = self._page(url)
            items = _at(page, self._params["items"]) if isinstance(page, dict) else page
            if not isinstance(items, list):
                raise Maintenance("The answer has no list where one is expected.")
            for item in items:
                yield self._found(item, url)
            following = _at(page, self._params["next"]) if self._params["next"] else None
            url = urljoin(url, following) if isinstance(following, str) and following else ""

    def download(self, found: Found) -> bytes:
        return self._read(found.reference, MOST_BYTES)

    def _page(self, url: str) -> Any:
        try:
            return exactjson.loads(self._read(url, _MOST_LIST_BYTES))
        except (ValueError, RecursionError):
            raise Maintenance("The answer is not JSON.") from None

    def _read(self, url: str, most_bytes: int) -> bytes:
        # The secret is for the server that was typed in, not for those that it names.
        own = _origin(url) == _origin(self._params["url"])
        page = get(url, self._headers if own else {}, most_bytes=most_bytes)
        if page.status in (401, 403) and own:
            raise AuthenticationFailed("The server refuses the header.")
        if page.status != 200:
            raise Maintenance(f"The server answers {page.status}.")
        return page.content

    def _found(self, item: Any, url: str) -> Found:
        identifier, moment, document, amount = (
            _at(item, self._params[name]) if self._params[name] else None
            for name in ("id", "date", "document", "amount")
        )
        issued_at = _moment(moment)
        if identifier in (None, "") or not isinstance(document, str) or issued_at is None:
            raise Maintenance("An invoice in the answer has no id, date or document.")
        link = urljoin(url, document)
        return Found(
            id=str(identifier)[:300],
            issued_at=issued_at,
            amount="" if amount is None else str(amount)[:64],
            link=link[:2_000],
            reference=link,
        )


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _moment(value: Any) -> datetime.datetime | None:
    """ISO 8601, or a number of seconds or milliseconds since 1970."""
    try:
        if isinstance(value, str):
            found = datetime.datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
        if isinstance(value, bool) or value is None:
            return None
        seconds = int(value) // 1000 if abs(int(value)) > 10**11 else int(value)
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
