"""What the reader's codes mean, in sentences for people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from integrations.collectors.parsing.figures import Finding

PROBLEMS: dict[str, Any] = {
    "crashed": _("Reading it failed."),
    "document_type": _("The XML brings a document type, which an invoice has no use for."),
    "encrypted": _("The PDF wants a password."),
    "includes_files": _("The XML includes other files, which are not fetched."),
    "no_figures": _("The pages name neither a number nor a total of an invoice."),
    "no_text": _("The PDF holds no text, as scans do. Pictures are not read."),
    "not_pdf": _("The PDF is broken."),
    "not_read": _("It was not read."),
    "not_xml": _("The XML is broken."),
    "picture": _("It is a picture. Pictures are kept, but no text is read from them."),
    "picture_broken": _("The picture is broken."),
    "picture_too_large": _("The picture is far larger when opened. It is kept, but not shown."),
    "too_deep": _("The XML is nested too deeply."),
    "too_much_memory": _("Reading it takes too much memory."),
    "took_too_long": _("Reading it takes too long."),
    "two_invoices": _("The PDF holds two different invoices, and says not which counts."),
    "unknown_kind": _("It is of a kind that is not read."),
    "unknown_xml": _("The XML is no invoice in UBL, CII or ZUGFeRD."),
    "xml_too_large": _("The XML is too large."),
}
FINDINGS: dict[str, Any] = {
    "active_content": _("The PDF holds programs or actions. Open it with care."),
    "currency_sign": _("The sign of its currency belongs to several."),
    "date_ambiguous": _("A date can be read in two ways."),
    "enclosed_unread": _("The e-invoice inside of the PDF could not be read, only its pages."),
    "gross_differs": _("Net and tax do not make the total."),
    "lines_differ": _("The lines do not make the sum of the lines."),
    "net_differs": _("The sum of the lines does not make the net amount."),
    "not_found": _("Not found in it."),
    "pages_differ": _("The pages show another total than the e-invoice inside."),
    "payable_differs": _("The total does not make the amount to be paid."),
    "same_document": _("The same document is in the inbox a second time."),
    "same_number": _("This supplier's invoice of the same number is in the inbox already."),
    "supplier_unknown": _("No invoice of this supplier was approved before."),
    "tax_differs": _("The taxes by rate do not make the tax."),
    "value_unread": _("A value is none."),
}
NAMES: dict[str, Any] = {
    "supplier": _("Supplier"),
    "number": _("Number"),
    "issue_date": _("Issue date"),
    "due_date": _("Due date"),
    "currency": _("Currency"),
    "gross": _("Total"),
}
# What is only worth knowing, among what may be wrong.
_QUIET = frozenset({"supplier_unknown", "not_found"})
SYNTAXES = {
    "ubl": "UBL",
    "cii": "Cross Industry Invoice",
    "zugferd1": "ZUGFeRD 1",
}
SURE: dict[str, Any] = {
    "likely": _("Read from the page; the sums agree with each other."),
    "guessed": _("Read from the page; please check."),
}


def sentence(finding: Finding) -> tuple[str, Any, str]:
    """How loud it is, what it says, and what it is about."""
    about = str(NAMES.get(finding.about, finding.about))
    tone = "notice" if finding.code in _QUIET else "notice notice-warn"
    return tone, FINDINGS.get(finding.code, finding.code), about
