"""Drawing a letter as a message: text, HTML with inlined styles, logo, attachment, headers."""

import datetime
import email.utils
from collections.abc import Sequence
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy

import css_inline
from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import Organization
from billing.documents import colours
from billing.documents.pictures import logo_png
from core import text
from integrations.mail.enclosures import Enclosure
from integrations.mail.letters import Letter
from integrations.mail.tracking import link_url, pixel_url
from integrations.models import MessageRecipient

_LOGO = "logo"
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


class _Verbatim(UnstructuredHeader):
    """A header of one long word. The library would encode it, and no mail program could read it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _Verbatim)  # type: ignore[arg-type]
_POLICY = SMTP.clone(header_factory=_headers)


def render(
    letter: Letter,
    *,
    message_id: str,
    recipients: list[MessageRecipient],
    at: datetime.datetime,
    enclosed: Sequence[Enclosure] = (),
    unsubscribe_url: str = "",
    tracking_token: str = "",
) -> EmailMessage:
    """The finished message. Blind copies appear nowhere in it.

    With an `unsubscribe_url` or a `tracking_token`, which are one recipient's own, the message
    is that recipient's. The text without markup is never tracked.
    """
    organization = letter.organization
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _one_line(letter.subject)
    message["From"] = sender(organization)
    for role, header in ((MessageRecipient.Role.TO, "To"), (MessageRecipient.Role.CC, "Cc")):
        listed = [Address(addr_spec=one.address) for one in recipients if one.role == role]
        if listed:
            message[header] = listed
    if organization.email:
        message["Reply-To"] = Address(
            _one_line(organization.display_name), addr_spec=organization.email
        )
    message["Message-ID"] = message_id
    message["Date"] = email.utils.format_datetime(at)
    # Out-of-office robots leave mail with this header alone.
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe_url:
        _offer_unsubscribing(message, unsubscribe_url)
    logo = logo_png(organization.logo.name or "")
    context = {
        "letter": letter,
        "unsubscribe_url": unsubscribe_url,
        "pixel_url": pixel_url(tracking_token) if tracking_token else "",
        "link_url": link_url(tracking_token) if tracking_token else "",
        "organization": organization,
        "has_logo": bool(logo),
        "on_accent": colours.spell(colours.palette(organization.accent_color).on_fill),
    }
    message.set_content(render_to_string("mail/letter.txt", context).strip() + "\n")
    html = _inliner.inline(render_to_string("mail/letter.html", context))
    message.add_alternative(html, subtype="html")
    if logo:
        html_part = message.get_payload()[1]  # type: ignore[index]
        html_part.add_related(logo, "image", "png", cid=f"<{_LOGO}>", disposition="inline")  # type: ignore[union-attr]
    if letter.pdf:
        message.add_attachment(
            letter.pdf, maintype="application", subtype="pdf", filename=letter.file_name
        )
    for file in enclosed:
        maintype, _, subtype = file.media_type.partition("/")
        message.add_attachment(
            file.content, maintype=maintype, subtype=subtype, filename=file.file_name
        )
    return message


def _offer_unsubscribing(message: EmailMessage, url: str) -> None:
    message["List-Unsubscribe"] = f"<{url}>"
    if url.startswith("https:"):
        # RFC 8058 knows one click over HTTPS only.
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def sender(organization: Organization) -> Address:
    """The organization's name at the installation's own address, which is allowed to send."""
    _, address = email.utils.parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Address(_one_line(organization.display_name), addr_spec=address)


def envelope_sender() -> str:
    """The address that delivery reports come back to."""
    return settings.BOUNCE_ADDRESS or email.utils.parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _one_line(name: str) -> str:
    return text.clean_line(name, param="name", max_length=1000)
