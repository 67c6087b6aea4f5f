"""The repository speaks of the product alone."""

import re
import subprocess

from tests.architecture.sources import ROOT

# Spelled in pieces so that this file does not match itself.
FORBIDDEN = [
    "/" + "work/",
    r"\.\./" + "shared",
    "/tmp/" + "research",
    "pypi" + r"\.org",
    "registry" + r"\.npmjs",
]
TEXT = (".py", ".md", ".html", ".css", ".js", ".json", ".toml", ".ini", ".txt", ".sh", ".yml")


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    pattern = re.compile("|".join(FORBIDDEN))
    found = [
        name
        for name in listed
        if name.endswith(TEXT)
        and (path := ROOT / name).is_file()
        and pattern.search(path.read_text(errors="replace"))
    ]
    assert found == []
