"""One module per concern; this is the one place that lists them all."""

from integrations.models.clocks import ClockAdvance
from integrations.models.collectors import (
    CallbackDelivery,
    CollectedInvoice,
    CollectorAccount,
    CollectorCredential,
    CollectorUser,
    CollectorUserToken,
    CollectRun,
)
from integrations.models.feed import FeedCounter
from integrations.models.inbox import Supplier, SupplierInvoice
from integrations.models.mail import MailboxCursor, Message, MessageRecipient, RecipientFate
from integrations.models.requests import IdempotencyRecord, RateLimitWindow
from integrations.models.shops import ShopConnection, ShopDelivery, ShopRecord
from integrations.models.templates import EmailTemplate
from integrations.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "CallbackDelivery",
    "ClockAdvance",
    "CollectRun",
    "CollectedInvoice",
    "CollectorAccount",
    "CollectorCredential",
    "CollectorUser",
    "CollectorUserToken",
    "EmailTemplate",
    "FeedCounter",
    "IdempotencyRecord",
    "MailboxCursor",
    "Message",
    "MessageRecipient",
    "RateLimitWindow",
    "RecipientFate",
    "ShopConnection",
    "ShopDelivery",
    "ShopRecord",
    "Supplier",
    "SupplierInvoice",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
