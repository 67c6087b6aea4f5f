"""What only /api/v0 refuses, in the words of its document."""

from core.errors import DomainError, Kind


class Missing(DomainError):
    """What a request names is not there, where the document says 404."""

    kind, code = Kind.NOT_FOUND, "resource_not_found"
    message = "{noun} not found"


class ProductMissing(DomainError):
    kind, code = Kind.INVALID, "unknown_reference"
    message = "Product with ID '{product}' not found"


class CustomerEmailTaken(DomainError):
    kind, code = Kind.CONFLICT, "customer_email_taken"
    message = "There is already a customer with the e-mail address '{email}'."
    default_param = "email"


class CustomerBlacklisted(DomainError):
    kind, code = Kind.CONFLICT, "customer_blacklisted"
    message = "Customer {name} is blacklisted and cannot be billed."
    default_param = "customer_id"


class StatusNotSettable(DomainError):
    """PAID comes of payments, PASTDUE of time: nobody sets them."""

    kind, code = Kind.INVALID, "status_not_settable"
    message = "status cannot be changed from {old} to {new}: only a DRAFT can be made OPEN"
    default_param = "status"


class EncryptionNotOffered(DomainError):
    code = "encryption_not_offered"
    message = "encrypted must be false: payloads are signed, and travel over TLS"
    default_param = "encrypted"


class IdMissing(DomainError):
    kind, code = Kind.MALFORMED, "id_missing"
    message = "Say which one: {method} {path}/<id>"
