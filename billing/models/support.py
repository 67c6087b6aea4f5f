"""Questions customers ask, and people who may become customers."""

from django.db import models

from billing.models.base import TenantRecord
from billing.models.customers import Customer


class Department(TenantRecord):
    """Who answers tickets of a kind."""

    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="department_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Ticket(TenantRecord):
    """A question of a customer. Its first message is the first reply."""

    class Status(models.TextChoices):
        OPEN = "open"
        PENDING = "pending"
        CLOSED = "closed"

    class Priority(models.TextChoices):
        LOW = "low"
        MEDIUM = "medium"
        HIGH = "high"
        URGENT = "urgent"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tickets")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    subject = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.MEDIUM)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="ticket_newest"),
            models.Index(fields=["organization", "status"], name="ticket_status"),
        ]

    def __str__(self) -> str:
        return self.subject


class TicketReply(TenantRecord):
    """One message of a ticket, by the customer or by staff."""

    class Author(models.TextChoices):
        CUSTOMER = "customer"
        STAFF = "staff"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="replies")
    author = models.CharField(max_length=8, choices=Author)
    author_name = models.CharField(max_length=200, blank=True)
    message = models.TextField()

    class Meta:
        verbose_name_plural = "ticket replies"
        indexes = [models.Index(fields=["organization"], name="ticket_reply_of")]

    def __str__(self) -> str:
        return self.message[:60]


class Lead(TenantRecord):
    """Somebody who may become a customer."""

    class Status(models.TextChoices):
        NEW = "new"
        CONTACTED = "contacted"
        QUALIFIED = "qualified"
        CONVERTED = "converted"
        LOST = "lost"

    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    company = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=100, blank=True)
    notes = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="leads"
    )

    class Meta:
        indexes = [models.Index(fields=["organization", "-created_at", "-id"], name="lead_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The company, else the person, else the address."""
        person = f"{self.first_name} {self.last_name}".strip()
        return self.company or person or self.email
