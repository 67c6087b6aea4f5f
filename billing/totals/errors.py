"""Why a sum can be refused. Every one of them is the caller's input, none is a defect."""

from core.errors import DomainError, Kind


class NegativeTotal(DomainError):
    """A document never demands less than nothing (A23)."""

    kind, code = Kind.INVALID, "negative_total"
    message = "The total would be {total} {currency}. Make a credit note instead."
    default_param = "line_items"


class NegativePrice(DomainError):
    """EN 16931 rule BR-27: a reversal is a negative quantity, never a negative price."""

    kind, code = Kind.INVALID, "negative_price"
    message = "A price cannot be negative. Use a negative quantity instead."


class InvalidDiscount(DomainError):
    kind, code = Kind.INVALID, "invalid_discount"
    message = "{reason}"


class InvalidTax(DomainError):
    kind, code = Kind.INVALID, "invalid_tax"
    message = "{reason}"


class InvalidCharge(DomainError):
    kind, code = Kind.INVALID, "invalid_charge"
    message = "{reason}"


class InvalidPolicy(DomainError):
    kind, code = Kind.INVALID, "invalid_policy"
    message = "{reason}"


class InvalidNumber(DomainError):
    """Not finite, too large, or with more decimals than the field keeps."""

    kind, code = Kind.INVALID, "invalid_number"
    message = "{reason}"


class AmountTooLarge(DomainError):
    """More minor units than a signed 64-bit integer holds."""

    kind, code = Kind.INVALID, "amount_too_large"
    message = "The amount is larger than this system can keep in {currency}."


class CreditExceedsLine(DomainError):
    """More units would be credited than the invoice line has left (B15)."""

    kind, code = Kind.INVALID, "credit_exceeds_line"
    message = "Line {line} has {left} left to credit, not {asked}."


class NegativeCredit(DomainError):
    """The lines named are reductions: alone they would make the invoice dearer."""

    kind, code = Kind.INVALID, "negative_credit"
    message = "These lines come to {total} {currency}. Credit them together with others."
    default_param = "line_items"


class InvalidInstalments(DomainError):
    kind, code = Kind.INVALID, "invalid_instalments"
    message = "An amount is divided into at least one instalment."
    default_param = "instalments"
