"""Which document of the books a message is about."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from billing.models import CreditNote, Invoice, Payment, Quote, Reminder
from integrations.models import Message

Kind = Message.Kind
Document = dict[str, str]
_MODELS: dict[str, type[Any]] = {
    Kind.INVOICE: Invoice,
    Kind.CREDIT_NOTE: CreditNote,
    Kind.QUOTE: Quote,
    Kind.RECEIPT: Payment,
    Kind.REMINDER: Reminder,
}
# The words of snapshots for the nouns. A reminder is about its invoice.
_NOUNS = {
    Kind.INVOICE: "invoice",
    Kind.CREDIT_NOTE: "credit_note",
    Kind.QUOTE: "quote",
    Kind.RECEIPT: "payment",
    Kind.REMINDER: "invoice",
}


def document_of(message: Message) -> Document | None:
    """Its noun, UUID and number; None for an alert, or when the document is gone."""
    return documents_of([message]).get(message.pk)


def documents_of(messages: Iterable[Message]) -> dict[int, Document]:
    """The documents of one organization's messages, by message id: one query per kind."""
    wanted: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        if message.kind in _NOUNS:
            wanted[message.kind].append(message)
    found = {}
    for kind, group in wanted.items():
        path = "invoice__" if kind == Kind.REMINDER else ""
        rows = _MODELS[kind].objects.of(group[0].organization_id)
        rows = rows.filter(pk__in={message.subject_id for message in group})
        by_pk = {row[0]: row for row in rows.values_list("pk", f"{path}uuid", f"{path}number")}
        for message in group:
            row = by_pk.get(message.subject_id)
            if row:
                noun = _NOUNS[Kind(kind)]
                found[message.pk] = {"object": noun, "uuid": str(row[1]), "number": row[2] or ""}
    return found
