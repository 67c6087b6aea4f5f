"""Pictures of the main pages for README and docs, taken from the demo organization.

    make screenshots

Makes a demo of its own in a temporary folder, serves it, and writes docs/screenshots/. Needs
Chromium and pdftoppm. A picture keeps 128 colours, which is enough for pages and a quarter of the
bytes.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "screenshots"
BIN = Path(sys.executable).parent
PORT = os.environ.get("PORT", "8011")
BASE = f"http://127.0.0.1:{PORT}"
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
COLOURS = 128
LARGEST_BYTES = 150_000
# A customer who may come in and owes something; prints the address of a link for them.
_PORTAL_LINK = """
from django.conf import settings
from django.utils import timezone
from accounts.actors import system_actor
from billing.models import Invoice
from billing.operations.portal_access import link_token, request_portal_link
late = Invoice.objects.filter(organization__slug="juniper-and-slate-demo").open()
invoice = late.exclude(customer__email="").select_related("customer", "organization")
invoice = invoice.order_by("due_date", "pk").first()
link = request_portal_link(
    actor=system_actor(invoice.organization_id), at=timezone.now(), email=invoice.customer.email
)
print(f"{settings.BASE_URL}/portal/{invoice.organization.slug}/enter/{link_token(link)}")
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="invoiceapp-pictures-") as folder:
        environ = {
            **os.environ,
            "DATA_DIR": folder,
            "PORT": PORT,
            "BASE_URL": BASE,
            "LOG_LEVEL": "ERROR",
            # The collector's page without the code that a mail would bring.
            "COLLECTOR_TERMS": "0",
            "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
        }
        for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "-v0"]):
            _manage(command, environ)
        known = json.loads(_manage(["demo", "--json"], environ))
        server = subprocess.Popen([ROOT / "scripts/run.sh", BIN], cwd=ROOT, env=environ)
        try:
            _wait()
            TARGET.mkdir(exist_ok=True)
            with sync_playwright() as playwright:
                path = shutil.which("chromium") or shutil.which("google-chrome")
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
                _take_all(browser, known)
                _take_portal(browser, environ)
                _take_collector(browser, known["collector"]["bearer"])
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


def _take_all(browser: Browser, known: dict[str, dict[str, str]]) -> None:
    page = browser.new_page(base_url=BASE, viewport=DESK)
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(known["staff"]["email"])
    page.get_by_label("Password").fill(known["staff"]["password"])
    page.get_by_role("button", name="Sign In", exact=True).click()
    # As every installation does first: the bearer that the log has is replaced.
    page.goto("/settings/collecting")
    page.locator("form[action*='/bearers/'] button").first.click()
    paths = _paths(page)
    for name, path in paths.items():
        _take(page, name, path)
    _take_paper(page, paths["invoice"])
    page.emulate_media(color_scheme="dark")
    for name in ("dashboard", "invoice"):
        _take(page, f"{name}-dark", paths[name])
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    for name in ("dashboard", "invoices", "invoice", "public-invoice"):
        _take(page, f"{name}-phone", paths[name])


def _take_portal(browser: Browser, environ: dict[str, str]) -> None:
    """What a customer who owes something sees, by a link as it would be mailed."""
    context = browser.new_context(base_url=BASE, viewport=DESK)
    page = context.new_page()
    page.goto(_manage(["shell", "--verbosity", "0", "-c", _PORTAL_LINK], environ).strip())
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    home = page.url.removeprefix(BASE)
    _take(page, "portal", home)
    page.set_viewport_size(PHONE)
    _take(page, "portal-phone", home)
    context.close()


def _take_collector(browser: Browser, bearer: str) -> None:
    """The page of a collector's user, who has no supplier yet."""
    _ask("/api/v1/customer", bearer, {"callback": "https://books.example/invoices"})
    answer = _ask("/api/v1/user", bearer, {"remote_id": "A-1001", "locale": "en"})
    context = browser.new_context(base_url=BASE, viewport=DESK)
    _take(context.new_page(), "collector", f"/api/v1/ui?token={answer['token']}")
    context.close()


def _take_paper(page: Page, invoice: str) -> None:
    """The first page of the PDF, as it leaves a printer."""
    content = page.request.get(f"{BASE}{invoice}/pdf").body()
    file = TARGET / "invoice-pdf.png"
    subprocess.run(
        ["pdftoppm", "-r", "80", "-f", "1", "-l", "1", "-png", "-singlefile", "-",
         str(file.with_suffix(""))],
        input=content, check=True,
    )  # fmt: skip
    _shrink(file)


def _ask(path: str, bearer: str, body: dict[str, str]) -> dict[str, str]:
    request = urllib.request.Request(  # noqa: S310 - the server that was just started
        f"{BASE}{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        said: dict[str, str] = json.load(answer)
    return said


def _paths(page: Page) -> dict[str, str]:
    """The pages, with what the demo has to show on each."""
    page.goto("/invoices?status=overdue")
    invoice = page.locator("tbody a[href^='/invoices/']").first.get_attribute("href") or ""
    page.goto(invoice)
    customer = page.locator("main a[href^='/customers/']").first.get_attribute("href") or ""
    public = page.locator("main a[href*='/i/']").first.get_attribute("href") or ""
    return {
        "dashboard": "/",
        "invoices": "/invoices",
        "editor": "/invoices/new",
        "invoice": invoice,
        "customer": customer,
        "report-aging": "/reports/aging",
        "report-sales": "/reports/sales",
        "recurring": "/recurring",
        "public-invoice": public.removeprefix(BASE),
    }


def _take(page: Page, name: str, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    file = TARGET / f"{name}.png"
    page.screenshot(path=file, animations="disabled")
    _shrink(file)


def _shrink(file: Path) -> None:
    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(file, optimize=True)
    if file.stat().st_size > LARGEST_BYTES:
        raise SystemExit(f"{file.name} has {file.stat().st_size:,} bytes")
    print(f"{file.name:28}{file.stat().st_size:>9,} bytes")


def _manage(command: list[str], environ: dict[str, str]) -> str:
    return subprocess.run(
        [BIN / "python", "manage.py", *command],
        cwd=ROOT, env=environ, check=True, text=True, stdout=subprocess.PIPE,
    ).stdout  # fmt: skip


def _wait() -> None:
    for _ in range(240):
        try:
            with socket.create_connection(("127.0.0.1", int(PORT)), timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
