"""Sentences that code puts together from words and values: refusals of a field, reports, sources.

They stand in the code as f-strings. The catalogues have them with names in braces, and pages
find the pattern that a finished sentence fits (`billing.web.language.say_sentence`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

_FOLDERS = ("core", "accounts", "billing", "integrations")
_REPORTS = "billing/reports/"


def pattern_of(node: ast.AST) -> str | None:
    """A text as it stands, an f-string with names in braces for its values, else None."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts: list[str] = []
    for piece in node.values:
        if isinstance(piece, ast.FormattedValue):
            name = _name(piece.value)
            count = sum(part.startswith("{" + name) for part in parts)
            parts.append(f"{{{name}{count + 1 if count else ''}}}")
        elif isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
    return "".join(parts)


def sentences(root: Path) -> Iterator[tuple[str, str]]:
    """Each sentence of an InvalidValue, and those of the reports, with where it stands."""
    yield "Total", _REPORTS
    for top in _FOLDERS:
        for path in sorted((root / top).rglob("*.py")):
            place = str(path.relative_to(root))
            if "/dialects/" in place:
                continue
            tree = ast.parse(path.read_bytes())
            for text in _refused(tree):
                yield text, place
            if place.startswith(_REPORTS):
                for text in _written(tree):
                    yield text, place


def _refused(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InvalidValue":
            text = pattern_of(node.args[0]) if node.args else None
            # A sentence that is another's, such as "{error}.", has no words of its own.
            if text and " " in text:
                yield text


def _written(tree: ast.AST) -> Iterator[str]:
    """Whole sentences, titles with values and the word for a sum, but no documentation."""
    inner = {
        id(child) for node in ast.walk(tree) for child in _without_words(node) if child is not node
    }
    for node in ast.walk(tree):
        text = pattern_of(node) if id(node) not in inner else None
        if text and " " in text and text[0] in "{ABCDEFGHIJKLMNOPQRSTUVWXYZ" and _says(text):
            yield text


def _without_words(node: ast.AST) -> Iterator[ast.AST]:
    """What is below an f-string, and a text that stands alone as a statement."""
    if isinstance(node, ast.JoinedStr):
        yield from ast.walk(node)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value


def _says(text: str) -> bool:
    return any(word.isalpha() and word.islower() for word in text.replace(",", "").split())


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    return "value"
