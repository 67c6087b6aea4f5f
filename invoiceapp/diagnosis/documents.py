"""Checks of what opens suppliers' documents."""

import datetime

from integrations.collectors.parsing import sandbox
from invoiceapp.diagnosis.findings import Finding, failure, ok, warning

_CANARY = b"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
<ID>CANARY-1</ID><DocumentCurrencyCode>EUR</DocumentCurrencyCode></Invoice>"""
_LAUGH = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


def reading(at: datetime.datetime) -> Finding:
    """A document is read in a process of its own, and a hostile one is refused there."""
    read = sandbox.open_document(_CANARY)
    if read.reading.invoice is None or read.reading.invoice.number != "CANARY-1":
        return failure(
            f"Suppliers' documents cannot be read here ({read.reading.problem}).",
            "The worker must be allowed to start processes and to limit them.",
        )
    if sandbox.read_document(_LAUGH).problem != "document_type":
        return failure("A hostile document was not refused.", "Install the program anew.")
    if not read.is_filtered:
        return warning(
            "Documents are read with limits, but without a filter of system calls.",
            "Run on Linux (x86-64 or ARM64) and allow seccomp in the container.",
        )
    return ok("Suppliers' documents are read, in a process that can do nothing else.")
