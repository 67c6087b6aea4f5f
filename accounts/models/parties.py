"""What an invoice must be able to say about a party, seller or buyer (EN 16931, BG-4 and BG-7)."""

from django.db import models


class PartyFields(models.Model):
    """Names, registrations, address and contact of a business or person."""

    legal_name = models.CharField("legal name", max_length=200, blank=True)  # BT-27, BT-44
    trading_name = models.CharField(max_length=200, blank=True)  # BT-28, BT-45
    vat_id = models.CharField("VAT id", max_length=40, blank=True)  # BT-31, BT-48
    tax_registration_id = models.CharField(max_length=40, blank=True)  # BT-32
    legal_registration_id = models.CharField(max_length=60, blank=True)  # BT-30, BT-47
    legal_registration_scheme = models.CharField(max_length=8, blank=True)  # ISO 6523 ICD
    electronic_address = models.CharField(max_length=100, blank=True)  # BT-34, BT-49
    electronic_address_scheme = models.CharField(max_length=8, blank=True)  # EAS code
    address_line1 = models.CharField(max_length=200, blank=True)
    address_line2 = models.CharField(max_length=200, blank=True)
    address_line3 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    subdivision = models.CharField(max_length=100, blank=True)  # state, province, canton
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2
    contact_name = models.CharField(max_length=200, blank=True)  # BT-41, BT-56
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(blank=True)

    class Meta:
        abstract = True


PARTY_FIELDS = [field.name for field in PartyFields._meta.local_fields]
