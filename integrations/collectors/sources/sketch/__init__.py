"""Collectors that are announced: everybody sees them, nobody can connect to them yet."""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from integrations.collectors.base import Description, Maintenance, Opened, Source, Visit


class Sketch(Source):
    """A name on the list. It has no parameters, and asking for it is feedback."""

    def __init__(self, id: str, name: str, description: Mapping[str, str], website: str) -> None:
        # One object per announcement, each with a description of its own.
        self.description = Description(  # type: ignore[misc]
            id=id,
            kind="sketch",
            name={"en": name},
            description=description,
            params={},
            website=website,
            state="planned",
        )

    def open(self, visit: Visit) -> AbstractContextManager[Opened]:
        raise Maintenance("This collector is announced and cannot collect yet.")


ANNOUNCED = (
    Sketch(
        "microsoft_365",
        "Microsoft 365",
        {
            "en": "Will collect documents from a mailbox that opens with a Microsoft login.",
            "fr": "Récupérera les documents d'une boîte ouverte par un compte Microsoft.",
        },
        "https://www.microsoft.com/microsoft-365",
    ),
    Sketch(
        "gmail",
        "Gmail",
        {
            "en": "Will collect documents from a mailbox that opens with a Google login.",
            "fr": "Récupérera les documents d'une boîte ouverte par un compte Google.",
        },
        "https://mail.google.com",
    ),
    Sketch(
        "peppol",
        "Peppol",
        {
            "en": "Will receive e-invoices over the Peppol network.",
            "fr": "Recevra les factures électroniques par le réseau Peppol.",
        },
        "https://peppol.org",
    ),
)
