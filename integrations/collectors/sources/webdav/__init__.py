"""A folder of a WebDAV server: Nextcloud, ownCloud, a file server."""

import base64
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import ClassVar
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

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
from integrations.collectors.files import VERSIONS, Entry, unseen
from integrations.collectors.outgoing import Page, ask, check_param

_MOST_LIST_BYTES = 20 * 1_048_576
_WANTED = b"""<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop>
</propfind>"""
_LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class WebDav(Source):
    """Lists one folder with PROPFIND; a file is read again when its etag is another."""

    description = Description(
        id="webdav",
        kind="api",
        name={"en": "Cloud folder (WebDAV)", "fr": "Dossier en ligne (WebDAV)"},
        description={
            "en": "Collects documents from a folder of Nextcloud or another WebDAV server.",
            "fr": "Récupère les documents d'un dossier Nextcloud ou d'un autre serveur WebDAV.",
        },
        instructions={
            "en": "With two-factor login, make a password for one application.",
            "fr": "Avec la double authentification, créez un mot de passe d'application.",
        },
        params={
            "url": Param(
                name={"en": "Address", "fr": "Adresse"},
                type="url",
                placeholder="https://cloud.example.com/remote.php/dav/files/jane/",
                most=2_000,
            ),
            "user": Param(name={"en": "User", "fr": "Utilisateur"}),
            "password": Param(name={"en": "Password", "fr": "Mot de passe"}, type="password"),
            "folder": Param(
                name={"en": "Folder", "fr": "Dossier"},
                placeholder="Invoices/2026",
                is_mandatory=False,
            ),
            "pattern": Param(
                name={"en": "File names", "fr": "Noms des fichiers"},
                placeholder="*.pdf",
                is_mandatory=False,
            ),
        },
    )
    lasting: ClassVar[frozenset[str]] = frozenset({VERSIONS})

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        check_param(params, "url")
        if ":" in params["user"]:
            raise ParamRefused("user", "A user name has no colon here.")
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        yield _OpenFolder(visit)


class _OpenFolder(Opened):
    def __init__(self, visit: Visit) -> None:
        self._visit, params = visit, visit.params
        steps = [quote(step) for step in params.get("folder", "").split("/") if step]
        self._url = urljoin(params["url"].rstrip("/") + "/", "".join(f"./{s}/" for s in steps))
        login = base64.b64encode(f"{params['user']}:{params['password']}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}"}

    def list(self) -> Iterator[Found]:
        headers = {**self._headers, "Depth": "1", "Content-Type": "application/xml"}
        page = ask("PROPFIND", self._url, headers, body=_WANTED, most_bytes=_MOST_LIST_BYTES)
        if page.status == 404:
            raise AuthenticationFailed("The server has no such folder.")
        _expect(page, 207)
        entries = _entries(page.content, self._url)
        visit = self._visit
        yield from unseen(entries, visit.session, visit.at, visit.params.get("pattern", ""))

    def download(self, found: Found) -> bytes:
        page = ask("GET", found.reference, self._headers, most_bytes=MOST_BYTES)
        _expect(page, 200)
        return page.content


def _expect(page: Page, status: int) -> None:
    if page.status in (401, 403):
        raise AuthenticationFailed("The server refuses the user or password.")
    if page.status != status:
        raise Maintenance(f"The server answers {page.status}.")


def _entries(content: bytes, folder: str) -> list[Entry]:
    try:
        answer = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Maintenance("The answer is not that of a WebDAV server.") from None
    found = [_entry(one, folder) for one in answer.iterfind("{DAV:}response")]
    return [entry for entry in found if entry is not None]


def _entry(response: Element, folder: str) -> Entry | None:
    """A file directly in the folder. What lies elsewhere, or is a folder, is None."""
    url = urljoin(folder, response.findtext("{DAV:}href") or "")
    parent, name = url.rsplit("/", 1)
    prop = next(
        (
            one.find("{DAV:}prop")
            for one in response.iterfind("{DAV:}propstat")
            if " 200 " in f"{one.findtext('{DAV:}status') or ''} "
        ),
        None,
    )
    if prop is None or not name or _plain(parent) != _plain(folder.rstrip("/")):
        return None
    if prop.find("{DAV:}resourcetype/{DAV:}collection") is not None:
        return None
    length, day = prop.findtext("{DAV:}getcontentlength"), prop.findtext("{DAV:}getlastmodified")
    size = int(length[:12]) if length and length.isascii() and length.isdigit() else 0
    etag = prop.findtext("{DAV:}getetag") or f"{size} {day}"
    return Entry(unquote(name), size, _moment(day), etag, url)


def _plain(url: str) -> tuple[str, str, str]:
    """The URL so that two spellings of the same are equal."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower(), unquote(parts.path)


def _moment(text: str | None) -> datetime.datetime:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return _LONG_AGO
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
