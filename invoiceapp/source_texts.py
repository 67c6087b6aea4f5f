"""What sources of invoices say: their descriptions, and the sentences of what goes wrong there.

The API has them in its own languages; staff pages look the English ones up.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from integrations.collectors.runner import UNFORESEEN
from integrations.collectors.sources import SOURCES
from invoiceapp.sentences import pattern_of

_SAID = frozenset(
    {"AuthenticationFailed", "Disconnected", "Maintenance", "ParamRefused", "ask_code"}
)
_FOLDER = "integrations/collectors"


def source_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Each text, and where it stands."""
    yield UNFORESEEN, f"{_FOLDER}/runner.py"
    for name, source in SOURCES.items():
        about = source.description
        place = f"{_FOLDER}/sources/{name}"
        if about.state != "active":
            continue
        for texts in (about.name, about.description, about.instructions):
            if texts:
                yield texts["en"], place
        for param in about.params.values():
            yield param.name["en"].partition(" (" if param.choices else "\0")[0], place
    for path in sorted((root / _FOLDER).rglob("*.py")):
        for sentence in _raised(ast.parse(path.read_bytes())):
            yield sentence, str(path.relative_to(root))


def _raised(tree: ast.Module) -> Iterator[str]:
    """Sentences that are raised as they stand, or by the name of a constant."""
    constants = dict(_constants(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if getattr(node.func, "id", getattr(node.func, "attr", "")) not in _SAID:
            continue
        # With a parameter's name before it, or alone.
        for each in _alternatives(node.args[-1]):
            if text := pattern_of(each):
                yield text
            elif isinstance(each, ast.Name) and each.id in constants:
                yield constants[each.id]


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.targets[0].id, node.value.value


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """Of `words or "The portal is closed."` the second one."""
    return node.values if isinstance(node, ast.BoolOp) else [node]
