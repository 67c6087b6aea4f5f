"""Every dialect of the installation, and which one owns a path."""

from integrations.dialects.backoffice.dialect import BACKOFFICE
from integrations.dialects.base.dialect import Dialect
from integrations.dialects.collector.dialect import COLLECTOR
from integrations.dialects.directory.dialect import DIRECTORY
from integrations.dialects.enterprise.dialect import ENTERPRISE
from integrations.dialects.wallet.dialect import WALLET

DIALECTS: tuple[Dialect, ...] = (ENTERPRISE, WALLET, BACKOFFICE, DIRECTORY, COLLECTOR)


def dialect_for(path: str) -> Dialect | None:
    """The dialect that answers under that path, or None for pages."""
    return next((dialect for dialect in DIALECTS if dialect.owns(path)), None)
