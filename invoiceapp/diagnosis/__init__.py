"""What can be wrong with an installation, and what to do about it."""

from invoiceapp.diagnosis.checkup import examine
from invoiceapp.diagnosis.findings import Finding, Level

__all__ = ["Finding", "Level", "examine"]
