from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Fills what accounts asks from above."""

    name = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.ports import books
        from billing.queries.books import are_open

        books.fill(are_open)
