"""What arrives: headers, words per language, the figure, the button, the PDF."""

import datetime
import io
from email.message import EmailMessage

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pypdf import PdfReader

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice
from integrations.mail.delivery import send_due
from integrations.mail.outgoing import queue_message
from tests.builders import customer, issued_invoice
from tests.instants import AT
from tests.integrations.mail.conftest import Postmaster


def sent(actor: Actor, postmaster: Postmaster, invoice: Invoice, **changes: object) -> EmailMessage:
    given = {"to": ["ap@globex.test"], "attach_pdf": False, **changes}
    queue_message(
        actor=actor,
        at=AT,
        kind="invoice",
        subject_id=invoice.pk,
        **given,  # type: ignore[arg-type]
    )
    send_due(lambda: AT)
    return postmaster.messages[-1]


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_headers(actor: Actor, postmaster: Postmaster, invoice: Invoice) -> None:
    message = sent(actor, postmaster, invoice, cc=["boss@globex.test"], bcc=["archive@acme.test"])
    assert message["Subject"] == f"Invoice {invoice.number} from Acme GmbH"
    assert message["From"] == "Acme GmbH <invoices@billing.test>"
    assert message["Reply-To"] == "Acme GmbH <billing@acme.test>"
    assert message["To"] == "ap@globex.test"
    assert message["Cc"] == "boss@globex.test"
    assert message["Bcc"] is None
    assert b"archive@acme.test" not in message.as_bytes()
    assert message["Auto-Submitted"] == "auto-generated"
    assert postmaster.envelopes[-1] == (
        "invoices@billing.test",
        ["ap@globex.test", "boss@globex.test", "archive@acme.test"],
    )


def test_both_bodies_say_what_is_due_and_link_to_it(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    message = sent(actor, postmaster, invoice)
    link = f"http://testserver/i/{invoice.public_token}"
    for kind in ("plain", "html"):
        text = part(message, kind)
        assert link in text
        assert "$1,234.50" in text
        assert "Feb 14, 2025" in text
    html = part(message, "html")
    assert "View invoice" in html
    assert 'style="' in html
    assert "background: #1d4ed8" in html


def test_pdf_is_attached_under_its_own_name(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    message = sent(actor, postmaster, invoice, attach_pdf=True)
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename() == f"Invoice_{invoice.number}.pdf"
    text = PdfReader(io.BytesIO(attachment.get_content())).pages[0].extract_text()
    assert str(invoice.number) in text


def test_senders_words_replace_the_defaults_and_are_escaped(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    words = "Dear <b>Ann</b> & Bob,\n\n{{ 7*7 }} <script>alert(1)</script>\n-- \nAlice"
    message = sent(actor, postmaster, invoice, subject="Your invoice <1>", body=words)
    assert message["Subject"] == "Your invoice <1>"
    assert words in part(message, "plain").replace("\r\n", "\n")
    html = part(message, "html")
    assert "Dear &lt;b&gt;Ann&lt;/b&gt; &amp; Bob," in html
    assert "{{ 7*7 }}" in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("locale", "subject", "button", "amount"),
    [
        ("fr_FR", "Facture {} de Acme GmbH", "Voir la facture", "1\u202f234,50\xa0"),
        ("de_DE", "Rechnung {} von Acme GmbH", "Rechnung ansehen", "1.234,50\xa0"),
        ("es_ES", "Factura {} de Acme GmbH", "Ver la factura", "1.234,50\xa0"),
        ("xx", "Invoice {} from Acme GmbH", "View invoice", "1,234.50"),
    ],
)
def test_language_of_the_document(
    actor: Actor, postmaster: Postmaster, locale: str, subject: str, button: str, amount: str
) -> None:
    buyer = customer(actor)
    invoice = issued_invoice(actor, "1234.50", customer_id=buyer.pk)
    Invoice.objects.filter(pk=invoice.pk).update(locale=locale)
    message = sent(actor, postmaster, invoice)
    assert message["Subject"] == subject.format(invoice.number)
    assert button in part(message, "html")
    assert amount in part(message, "plain")


def test_logo_is_shown_inline(
    actor: Actor, acme: Organization, postmaster: Postmaster, invoice: Invoice
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (60, 20), "#aa0000").save(picture, format="PNG")
    acme.logo.save("logo.png", ContentFile(picture.getvalue()))
    message = sent(actor, postmaster, invoice)
    assert 'src="cid:logo"' in part(message, "html")
    images = [one for one in message.walk() if one.get_content_type() == "image/png"]
    assert [one["Content-ID"] for one in images] == ["<logo>"]
    assert [one.get_content_disposition() for one in images] == ["inline"]


def test_sandbox_mail_says_that_it_is_a_test(sandbox_actor: Actor, postmaster: Postmaster) -> None:
    message = sent(sandbox_actor, postmaster, issued_invoice(sandbox_actor, "10.00"))
    assert str(message["Subject"]).startswith("[TEST] Invoice ")
    for kind in ("plain", "html"):
        assert "This is a test. Nothing is owed." in part(message, kind)


def test_name_of_the_organization_cannot_write_headers(
    actor: Actor, acme: Organization, postmaster: Postmaster, invoice: Invoice
) -> None:
    Organization.objects.filter(pk=acme.pk).update(
        legal_name='Evil" <evil@e.co>, "\r\nBcc: evil@e.co'
    )
    message = sent(actor, postmaster, invoice)
    assert message["Bcc"] is None
    assert [one.addr_spec for one in message["From"].addresses] == ["invoices@billing.test"]
    assert [one.addr_spec for one in message["Reply-To"].addresses] == ["billing@acme.test"]
    assert postmaster.envelopes[-1][1] == ["ap@globex.test"]


def test_date_is_when_it_was_asked_for(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    message = sent(actor, postmaster, invoice)
    assert message["Date"].datetime == AT.astimezone(datetime.UTC)
