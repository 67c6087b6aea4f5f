from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Puts the parts together: fills billing's ports and registers what dialects render."""

    name = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from billing.exports.registered import register
        from billing.ports import mailer
        from core.events import doorbells
        from integrations import doorbell, exported
        from integrations.dialects.registry import DIALECTS
        from integrations.mail.outgoing import queue_message, queue_messages
        from integrations.webhooks import payloads

        register(*exported.TABLES)
        mailer.fill(queue_message, queue_messages)
        for dialect in DIALECTS:
            if dialect.render_event is not None:
                payloads.register(
                    dialect.name, dialect.render_event, dialect.event_names, dialect.event_aliases
                )
        if doorbell.is_heard():
            doorbells.append(doorbell.ring)
