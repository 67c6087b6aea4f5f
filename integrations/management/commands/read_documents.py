"""Read supplier documents as the inbox does, and say what was found and what it took."""

import resource
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import exactjson
from integrations.collectors.parsing import wire
from integrations.collectors.parsing.sandbox import open_document

_SUFFIXES = frozenset({".pdf", ".xml", ".png", ".jpg", ".jpeg"})


class Command(BaseCommand):
    help = "Read documents as the inbox would, without keeping anything: files or whole folders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path)
        parser.add_argument("--json", action="store_true", help="all figures, one JSON a line")

    def handle(self, *args: Any, **options: Any) -> None:
        files = [file for path in options["paths"] for file in _files(path)]
        if not files:
            raise CommandError("There is no PDF, XML, PNG or JPEG.")
        read, longest = 0, 0.0
        before = _cpu()
        for file in files:
            begun = _cpu()
            outcome = open_document(file.read_bytes())
            longest = max(longest, _cpu() - begun)
            read += outcome.reading.invoice is not None
            told = wire.dumped(outcome.reading)
            if options["json"]:
                self.stdout.write(exactjson.dumps({"file": file.name, **told}))
            else:
                self.stdout.write(f"{file.name}: {_line(told)}")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        self.stderr.write(
            f"{read} of {len(files)} read. Per file {(_cpu() - before) / len(files):.2f} s of"
            f" processor time, {longest:.2f} s at most; {peak} MB of memory at most."
        )


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = (one for one in sorted(path.rglob("*")) if one.suffix.lower() in _SUFFIXES)
        return [one for one in found if one.is_file()]
    if not path.is_file():
        raise CommandError(f"{path} is no file.")
    return [path]


def _line(told: dict[str, Any]) -> str:
    invoice = told["invoice"]
    if invoice is None:
        return f"not read: {told['problem']} {told['detail']}".strip()
    totals = invoice["totals"]
    facts = (
        invoice["syntax"],
        invoice["supplier"]["name"],
        invoice["number"],
        invoice["issue_date"],
        invoice["due_date"],
        invoice["currency"],
        *(f"{name} {totals[name]}" for name in ("net", "tax", "gross", "payable") if totals[name]),
        f"{len(invoice['tax_groups'])} tax groups",
        f"{len(invoice['lines'])} lines",
        *(f"! {one['code']} {one['about']}".strip() for one in invoice["findings"]),
    )
    return " | ".join(str(fact) for fact in facts if fact)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
