"""Mails are kept as long as their documents, unless the operator sets a term."""

import datetime

from pytest_django import Settings

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.sending import request_send
from integrations.mail.delivery import send_due
from integrations.models import Message, RecipientFate
from integrations.retention import clean_up
from tests.instants import AT
from tests.integrations.mail.conftest import Postmaster

A_YEAR_LATER = AT + datetime.timedelta(days=366)


def test_old_mail_goes_with_its_log_where_a_term_is_set(
    actor: Actor, postmaster: Postmaster, invoice: Invoice, settings: Settings
) -> None:
    request_send(actor=actor, at=AT, invoice_id=invoice.pk, attach_pdf=False)
    send_due(lambda: AT)
    clean_up(A_YEAR_LATER)
    assert Message.objects.count() == 1
    settings.KEEP_MAIL_DAYS = 365
    clean_up(AT + datetime.timedelta(days=364))
    assert Message.objects.count() == 1
    clean_up(A_YEAR_LATER)
    assert not Message.objects.exists() and not RecipientFate.objects.exists()
    assert Invoice.objects.filter(pk=invoice.pk).exists()


def test_what_waits_is_kept(actor: Actor, invoice: Invoice, settings: Settings) -> None:
    settings.KEEP_MAIL_DAYS = 1
    request_send(actor=actor, at=AT, invoice_id=invoice.pk, attach_pdf=False)
    clean_up(A_YEAR_LATER)
    assert Message.objects.get().status == "queued"
