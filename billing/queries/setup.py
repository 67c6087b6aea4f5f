"""How far an organization has come on its way to the first invoice."""

from django.db.models import Exists, OuterRef

from accounts.models import BankAccount, Organization
from accounts.operations.setup import DONE, STEPS
from billing.models import Invoice, TaxProfile, Wallet


def setup_steps(organization: Organization) -> dict[str, str]:
    """Each step in order as `done`, `skipped` or empty. What is there counts, however it came."""
    own = {"organization_id": OuterRef("pk")}
    found = (
        Organization.objects.filter(pk=organization.pk)
        .annotate(
            taxes=Exists(TaxProfile.objects.filter(**own)),
            account=Exists(BankAccount.objects.filter(**own)),
            wallet=Exists(Wallet.objects.filter(**own, is_active=True)),
            invoice=Exists(Invoice.objects.filter(**own, issued_at__isnull=False)),
        )
        .values("taxes", "account", "wallet", "invoice")
        .get()
    )
    facts = {
        "organization": bool(organization.address_line1 and organization.country),
        "taxes": found["taxes"],
        "payment": found["account"] or found["wallet"],
        "look": bool(organization.logo),
        "invoice": found["invoice"],
    }
    return {step: DONE if facts[step] else organization.setup_steps.get(step, "") for step in STEPS}
