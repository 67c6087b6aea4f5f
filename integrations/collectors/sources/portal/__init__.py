"""Any web portal, by a description of its pages: login, one-time code, list, documents."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from integrations.collectors.base import (
    AuthenticationFailed,
    Description,
    Disconnected,
    Found,
    Maintenance,
    Opened,
    Param,
    ParamRefused,
    Source,
    Visit,
)
from integrations.collectors.outgoing import check_param
from integrations.collectors.sources.portal.browser import SECONDS, Browser
from integrations.collectors.sources.portal.script import (
    MOST_TEXT,
    BadScript,
    Script,
    split_attribute,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MOST_PAGES = 50
_CODE_TRIES = 3
_STATE = "state"
_ASK = "The portal asks for a code."


class Portal(Source):
    """Logs in only where the session of the last visit has ended."""

    description = Description(
        id="portal",
        kind="web",
        name={"en": "Web portal", "fr": "Portail web"},
        description={
            "en": "Collects documents from a supplier's website with a login.",
            "fr": "Récupère les documents du site web d'un fournisseur avec un identifiant.",
        },
        instructions={
            "en": "The description says in JSON where the fields and the list are.",
            "fr": "La description dit en JSON où sont les champs et la liste.",
        },
        params={
            "login_url": Param(
                name={"en": "Page of the login", "fr": "Page de connexion"},
                type="url",
                placeholder="https://portal.example.com/login",
                most=2_000,
            ),
            "entry_url": Param(
                name={"en": "Page of the invoices", "fr": "Page des factures"},
                type="url",
                placeholder="https://portal.example.com/invoices",
                most=2_000,
            ),
            "user": Param(name={"en": "User", "fr": "Utilisateur"}),
            "password": Param(name={"en": "Password", "fr": "Mot de passe"}, type="password"),
            "portal": Param(
                name={"en": "Description of the portal", "fr": "Description du portail"},
                placeholder='{"user": "#email", "password": "#password", …}',
                most=MOST_TEXT,
            ),
        },
    )
    # A browser takes as much memory as everything else together.
    concurrency: ClassVar[int] = 1

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        for name in ("login_url", "entry_url"):
            check_param(params, name)
        try:
            Script.read(params["portal"])
        except BadScript as bad:
            raise ParamRefused("portal", str(bad)) from None
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        try:
            script = Script.read(visit.params["portal"])
        except BadScript as bad:
            raise AuthenticationFailed(str(bad)) from None
        with Browser(visit.session.get(_STATE)) as browser:
            _log_in(browser, script, visit)
            visit.session[_STATE] = browser.state()
            yield _OpenPortal(browser, script)
            # Portals change their cookies as one goes.
            visit.session[_STATE] = browser.state()


class _OpenPortal(Opened):
    def __init__(self, browser: Browser, script: Script) -> None:
        self._browser, self._script = browser, script

    def list(self) -> Iterator[Found]:
        script = self._script
        for _ in range(MOST_PAGES):
            for number, row in enumerate(self._browser.do(lambda page: _rows(page, script))):
                if row["id"]:
                    yield self._found(number, row)
            if not script.next or not self._browser.do(lambda page: _turn(page, script)):
                break

    def download(self, found: Found) -> bytes:
        number, url = found.reference

        def link(page: "Page") -> "Locator":
            return page.locator(self._script.rows).nth(number).locator(self._script.document).first

        return self._browser.download(url, link)

    def _found(self, number: int, row: dict[str, str]) -> Found:
        try:
            issued_at = self._script.moment(row["date"])
        except ValueError:
            raise Maintenance("An invoice's date is not as the description says.") from None
        return Found(
            id=row["id"][:300],
            issued_at=issued_at,
            amount=row["amount"][:64],
            link=row["url"][:2_000],
            reference=(number, row["url"]),
        )


def _rows(page: "Page", script: Script) -> list[dict[str, str]]:
    awaited = page.locator(script.rows)
    if script.empty:
        awaited = awaited.or_(page.locator(script.empty))
    awaited.first.wait_for(state="attached")
    return [_read(row, script) for row in page.locator(script.rows).all()]


def _turn(page: "Page", script: Script) -> bool:
    """Whether there is another page, which is then shown."""
    button = page.locator(script.next).first
    if not button.is_visible() or not button.is_enabled():
        return False
    before = page.url, page.locator(script.rows).all_inner_texts()
    button.click()
    for _ in range(SECONDS * 10):
        page.wait_for_load_state()
        if (page.url, page.locator(script.rows).all_inner_texts()) != before:
            return True
        page.wait_for_timeout(100)
    return False


def _log_in(browser: Browser, script: Script, visit: Visit) -> None:
    params = visit.params
    if visit.session.get(_STATE) and browser.do(
        lambda page: _shows(page, params["entry_url"], script.inside, script.user, script.closed)
    ):
        return
    browser.do(lambda page: _send_password(page, script, params["login_url"], params))
    for left in reversed(range(_CODE_TRIES + 1)):
        shown, words = browser.do(lambda page: _outcome(page, script))
        if shown == "inside":
            break
        if shown == "closed":
            raise Maintenance(words or "The portal is closed.")
        if shown == "refused" and left == _CODE_TRIES:
            raise AuthenticationFailed(words or "The portal refuses the user or password.")
        if not left:
            raise Disconnected("The portal does not take the code.")
        code = visit.ask_code(words or _ASK)
        browser.do(lambda page, code=code: _send_code(page, script, code))  # type: ignore[misc]
    browser.do(lambda page: page.goto(params["entry_url"]))


def _shows(page: "Page", url: str, inside: str, login: str, closed: str) -> bool:
    """Whether the page is one for those who are logged in."""
    page.goto(url)
    awaited = page.locator(inside).or_(page.locator(login))
    awaited = awaited.or_(page.locator(closed)) if closed else awaited
    awaited.first.wait_for()
    return page.locator(inside).first.is_visible()


def _send_password(page: "Page", script: Script, url: str, params: Any) -> None:
    page.goto(url)
    if script.closed and page.locator(script.closed).first.is_visible():
        return
    page.locator(script.user).first.fill(params["user"])
    page.locator(script.password).first.fill(params["password"])
    page.locator(script.submit).first.click()


def _send_code(page: "Page", script: Script, code: str) -> None:
    page.locator(script.code).first.fill(code)
    page.locator(script.code_submit).first.click()


def _outcome(page: "Page", script: Script) -> tuple[str, str]:
    """What the portal shows after the login, and in which words."""
    signs = {
        "closed": (script.closed, script.closed),
        "refused": (script.refused, script.refused),
        "code": (script.code, script.code_hint),
        "inside": (script.inside, ""),
    }
    awaited = page.locator(script.inside)
    for selector, _ in signs.values():
        awaited = awaited.or_(page.locator(selector)) if selector else awaited
    page.wait_for_load_state()
    awaited.first.wait_for()
    for name, (selector, hint) in signs.items():
        if selector and page.locator(selector).first.is_visible():
            words = page.locator(hint).first.inner_text() if hint else ""
            return name, " ".join(words.split())[:200]
    return "inside", ""


def _read(row: "Locator", script: Script) -> dict[str, str]:
    link = row.locator(script.document).first
    # As the browser understands it: relative to the page, and to its base.
    url = link.evaluate("one => one.href || ''") if link.count() else ""
    return {
        "id": _text(row, script.id),
        "date": _text(row, script.date),
        "amount": _text(row, script.amount) if script.amount else "",
        "url": url if url.startswith(("http://", "https://")) else "",
    }


def _text(row: "Locator", selector: str) -> str:
    css, attribute = split_attribute(selector)
    found = row.locator(css).first if css else row
    if not found.count():
        return ""
    text = found.get_attribute(attribute) if attribute else found.inner_text()
    return " ".join((text or "").split())
