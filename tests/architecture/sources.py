"""The product's own source files, for the tests that read them as text."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("core", "accounts", "billing", "integrations", "invoiceapp")


@cache
def python_files(*packages: str) -> list[Path]:
    """Every Python file of those packages (all of them by default), migrations left out."""
    return sorted(
        path
        for package in packages or PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    )


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
