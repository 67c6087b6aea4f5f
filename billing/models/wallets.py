"""Wallets: where an application's customers pay to, on a blockchain or at a bank."""

from django.db import models
from django.db.models import Q

from accounts.models import BankAccount
from billing.models.base import TenantRecord


class Wallet(TenantRecord):
    """A receiving account. A bank wallet shows one of the organization's bank accounts.

    `currency` is what is asked for where a request names no other.
    """

    class Kind(models.TextChoices):
        CRYPTO = "crypto"
        BANK = "bank"

    class Blockchain(models.TextChoices):
        BITCOIN = "bitcoin"
        ETHEREUM = "ethereum"
        POLYGON = "polygon"
        BASE = "base"
        ARBITRUM = "arbitrum"
        OPTIMISM = "optimism"
        AVALANCHE = "avalanche"
        SOLANA = "solana"

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=6, choices=Kind)
    currency = models.CharField(max_length=4)
    blockchain = models.CharField(max_length=10, choices=Blockchain, blank=True)
    address = models.CharField(max_length=100, blank=True)
    token_contract = models.CharField(
        max_length=100, blank=True, help_text="Of the token that is received; empty: the coin."
    )
    bank_account = models.ForeignKey(
        BankAccount, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "currency"],
                condition=Q(is_default=True, is_active=True),
                name="one_default_wallet",
            ),
            models.CheckConstraint(
                condition=~Q(kind="crypto") | (~Q(blockchain="") & ~Q(address="")),
                name="wallet_crypto_has_address",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-created_at", "-id"], name="wallet_list")]

    def __str__(self) -> str:
        return self.name
