"""The one letter of the collector: the verification code, mailed at once and kept nowhere."""

import datetime
import email.utils
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import Organization
from core.errors import DomainError, Kind
from integrations.collectors import people
from integrations.mail.rendering import sender
from integrations.mail.transports import Transport, Verdict
from integrations.models import CollectorUser

_SUBJECTS = {
    "en": "Your verification code: {code}",
    "fr": "Votre code de vérification : {code}",
}
_TEXTS = {
    "en": (
        "{name} would like to collect the invoices of your suppliers for you.\n\n"
        "If that is what you want, enter this code to accept the terms of use: {code}\n{terms}\n"
        "The code is valid for 30 minutes. Your address is not stored.\n"
        "If you do not know what this is about, do nothing.\n"
    ),
    "fr": (
        "{name} souhaite récupérer pour vous les factures de vos fournisseurs.\n\n"
        "Si vous le voulez, saisissez ce code pour accepter les conditions d'utilisation :"
        " {code}\n{terms}\n"
        "Le code est valable 30 minutes. Votre adresse n'est pas conservée.\n"
        "Si vous ne savez pas de quoi il s'agit, ne faites rien.\n"
    ),
}


class CodeNotMailed(DomainError):
    kind, code = Kind.UNAVAILABLE, "verification_code_not_mailed"
    message = "The verification code could not be mailed to that address."


def mail_code(
    organization: Organization,
    user: CollectorUser,
    *,
    email: str,
    code: str,
    at: datetime.datetime,
) -> None:
    """Hand the code to the mail server now. Hold no transaction. Raises CodeNotMailed.

    The address is in no row: a code that does not arrive is asked for again.
    """
    message = _message(organization, user, email, code, at)
    with Transport() as transport:
        fates = transport.deliver(message, sender(organization).addr_spec, [email])
    if any(fate.verdict is not Verdict.ACCEPTED for fate in fates.values()):
        people.forget_code(user)
        raise CodeNotMailed()


def _message(
    organization: Organization, user: CollectorUser, to: str, code: str, at: datetime.datetime
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _SUBJECTS[user.locale].format(code=code)
    message["From"] = sender(organization)
    message["To"] = Address(addr_spec=to)
    message["Date"] = email.utils.format_datetime(at)
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    message["Message-ID"] = email.utils.make_msgid(domain=host)
    message["Auto-Submitted"] = "auto-generated"
    terms = f"{settings.COLLECTOR_TERMS_URL}\n" if settings.COLLECTOR_TERMS_URL else ""
    name = organization.display_name
    message.set_content(_TEXTS[user.locale].format(name=name, code=code, terms=terms))
    return message
