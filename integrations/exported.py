"""What of this app belongs to an export of all data: words and addresses, never a secret."""

from billing.exports.tables import Table
from integrations.models import EmailTemplate, WebhookEndpoint

TABLES = (
    Table("mail_texts", EmailTemplate, "uuid kind language subject body created_at updated_at"),
    Table(
        "webhook_endpoints",
        WebhookEndpoint,
        "uuid dialect url description events is_active disabled_reason disabled_at"
        " created_at updated_at",
    ),
)
