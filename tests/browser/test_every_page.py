"""Every page there is, on a desk and on a phone, by day and by night.

The list comes from the url patterns: a new page is walked as soon as it has an address, and
the walk fails until tests/scenery.py has the arguments of that address. What happens
on a page without leaving it is looked at by the tests of that page.
"""

from dataclasses import dataclass

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from billing.models import PortalLink
from billing.operations.portal_access import link_token
from integrations.collectors import accounts, people
from integrations.models import CollectorUser
from tests.accessibility import barriers
from tests.browser.conftest import Complaints
from tests.browser.hands import DESK, PHONE
from tests.browser.test_staff_journey import has_no_sideways_scroll
from tests.browsers import signed_in
from tests.instants import AT
from tests.scenery import BUYER, STAFF, Scene, addresses, make_scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Whom the addresses of a namespace are opened as: the first who gets a page.
VISITORS = {
    "": ("nobody", "owner", "admin"),
    **dict.fromkeys((*STAFF, "oauth"), ("owner",)),
    "public": ("nobody",),
    "docs": ("nobody",),
    "portal": ("customer", "family"),
}
# What answers with something else than a page of its own, by what that is.
NO_PAGES = {
    "a file": """
        billing:attachment billing:audit-csv billing:credit-note-pdf billing:import-bad
        billing:import-example billing:invoice-pdf billing:look-sample billing:payment-receipt
        billing:quote-pdf docs:dialect docs:openapi docs:postman docs:robots healthz
        integrations:inbox-document integrations:mail-dot mail-hook oauth:metadata portal:archive
        portal:pdf portal:statement-pdf portal:theme public:invoice-pdf public:invoice-theme
        public:pay-theme public:quote-pdf public:quote-theme readyz
        """,
    "a part of a page": "billing:customer-options billing:product-options billing:setup-country",
    "a way on to another page": """
        account_confirm_login_code account_set_password integrations:mail-follow
        mfa_authenticate mfa_login_webauthn mfa_reauthenticate_webauthn socialaccount_signup
        """,
    "nothing, as there is no such row": """
        billing:export-file billing:job-file billing:logo mfa_download_recovery_codes
        mfa_edit_webauthn mfa_remove_webauthn
        """,
    "nothing, as it is not offered": """
        account_email billing:ui-kit metrics socialaccount_login_error
        """,
}
# Somebody else's page in ours; what is ours on it is tested in test_documentation.
FOREIGN = {"docs:swagger"}


# What a page has around its one main part, without its texts; nothing alike if it has none.
_AROUND = """() => {
    const mains = document.querySelectorAll('main');
    if (mains.length !== 1) return location.href;
    const copy = document.documentElement.cloneNode(true);
    copy.querySelector('main').replaceChildren();
    copy.querySelector('head').remove();
    const shape = (each) => [each.tagName, each.className, ...[...each.children].map(shape)];
    return JSON.stringify(shape(copy));
}"""


@dataclass
class Stop:
    """A page, and who opens it."""

    path: str
    who: str
    status: int = 200


def test_every_page_is_sound(chromium: Browser, live_server: LiveServer) -> None:
    cache.clear()
    scene = make_scene()
    visitors = _visitors(scene)
    stops, others = _stops(scene, visitors)
    assert others == {name for names in NO_PAGES.values() for name in names.split()}
    problems = []
    for who, client in visitors.items():
        context = chromium.new_context(base_url=live_server.url, viewport=DESK)
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        context.add_cookies(
            [{"name": n, "value": value, "url": live_server.url} for n, value in cookies.items()]
        )
        page, complaints = context.new_page(), Complaints()
        complaints.listen(page, live_server.url)
        frames: set[str] = set()
        for stop in stops:
            if stop.who == who:
                complaints.clear()
                expected = f"status of {stop.status}"
                found = [*_walk(page, stop, frames), *(c for c in complaints if expected not in c)]
                problems += [f"{stop.path} ({who}): {each}" for each in found]
        context.close()
    assert not problems, "\n".join(problems)


def _stops(scene: Scene, visitors: dict[str, Client]) -> tuple[list[Stop], set[str]]:
    """The pages, and the names of what answers but is none."""
    stops, others = [], set()
    for address in addresses(*VISITORS):
        if address.name in FOREIGN:
            continue
        query = scene.queries.get(address.name, "")
        path = f"{scene.path(address)}?{query}"
        for who in VISITORS[address.namespace]:
            answer = visitors[who].get(path)
            if answer.status_code == 405:
                break
            is_page = not answer.streaming and b"<html" in answer.content[:500]
            if answer.status_code == 200 and is_page:
                stops.append(Stop(path, who))
                break
        else:
            others.add(address.name)
    stops += [
        Stop("/nowhere", "owner", 404),
        Stop("/nowhere", "nobody", 404),
        # A place where nothing has happened yet.
        *(Stop(f"/{list}", "newcomer") for list in ("", "invoices", "recurring", "inbox")),
        Stop(_collector(scene), "nobody"),
    ]
    return stops, others


def _visitors(scene: Scene) -> dict[str, Client]:
    owner, admin = (Client() for _ in range(2))
    for name, client in (("owner", owner), ("admin", admin)):
        form = {"login": f"{name}@acme.test", "password": "correct horse battery"}
        client.post("/accounts/login/", form)
        # What guards an account asks once more.
        client.post("/accounts/reauthenticate/", form)
    TOTP.activate(scene.people["owner"], "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(scene.people["owner"])
    family = _customer("ap@globex.test")
    customer = _customer(BUYER)
    link = PortalLink.objects.order_by("-pk")[0]
    PortalLink.objects.filter(pk=link.pk).update(used_at=None)
    scene.words["portal:enter token"] = link_token(link)
    return {
        "owner": owner,
        "admin": admin,
        "newcomer": signed_in(scene.people["stranger"]),
        "customer": customer,
        "family": family,
        "nobody": Client(),
    }


def _customer(email: str) -> Client:
    client = Client()
    client.post("/portal/acme/link", {"email": email})
    client.post(f"/portal/acme/enter/{link_token(PortalLink.objects.order_by('-pk')[0])}")
    return client


def _collector(scene: Scene) -> str:
    now = timezone.now()
    accounts.update_account(actor=scene.actor, at=now, callback="http://127.0.0.1:9/callback")
    _user, token, _code = people.invite(
        actor=scene.actor, at=now, remote_id="A1B2C3D4", locale="en", has_email=True
    )
    CollectorUser.objects.filter(remote_id="A1B2C3D4").update(terms_accepted_at=AT)
    return f"/api/v1/ui?token={token}"


def _walk(page: Page, stop: Stop, frames: set[str]) -> list[str]:
    """Opened once; afterwards only the window and the light change.

    On a desk by day the whole page is looked at. In other sizes and lights what stands around
    its main part is looked at once for all pages that have the same around it.
    """
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    response = page.goto(stop.path)
    assert response is not None
    found = []
    if response.status != stop.status:
        found.append(f"it answers {response.status}")
    if not page.title():
        found.append("it has no title")
    if page.locator("h1").count() != 1:
        found.append(f"it has {page.locator('h1').count()} h1")
    frame = page.evaluate(_AROUND)
    within = "main" if frame in frames else "html"
    frames.add(frame)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="light")
        said = barriers(page, within=within if size is PHONE else "html")
        if not has_no_sideways_scroll(page):
            said.append("it scrolls sideways")
        page.emulate_media(color_scheme="dark")
        said += barriers(page, within=within, only_colours=True)
        found += [f"{size['width']} px: {each}" for each in said]
    return found
