"""Every error code that the product's own source can give, found by reading it."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

from core.errors import DomainError, Kind
from tests.architecture.sources import PACKAGES, python_files

_CODE = re.compile(r"[a-z]+(_[a-z]+)+|required")
_SAYS = ("Refusal(", "Fault(", "InvalidFields", "drf.")
Found = tuple[str, Kind]


def all_codes() -> set[Found]:
    """Code and kind: of every DomainError, every broken field rule and every neutral fault."""
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not any(part in module.name for part in (".migrations", "gunicorn", ".settings")):
                importlib.import_module(module.name)
    classes = {(cls.code, cls.kind) for cls in _below(DomainError)}
    return classes | {each for path in python_files() for each in _literal(path.read_text())}


def _below(cls: type[DomainError]) -> Iterator[type[DomainError]]:
    for each in cls.__subclasses__():
        # Toys of other tests are subclasses too.
        if each.__module__.partition(".")[0] in PACKAGES:
            yield each
        yield from _below(each)


def _literal(source: str) -> Iterator[Found]:
    """Codes written as texts, in a source that raises field rules or makes faults."""
    if not any(word in source for word in _SAYS):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from _called(node.func.id, node.args)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3:
            yield from _triple(*node.elts)


def _called(name: str, args: list[ast.expr]) -> Iterator[Found]:
    """Refusal("code", …) and Fault(Kind.X, "code", …)."""
    if name == "Refusal" and args and isinstance(args[0], ast.Constant):
        yield str(args[0].value), Kind.INVALID
    if name == "Fault" and len(args) > 1 and isinstance(args[1], ast.Constant):
        yield str(args[1].value), _kind(args[0])


def _triple(first: ast.expr, second: ast.expr, third: ast.expr) -> Iterator[Found]:
    """(SomeException, Kind.X, "code") and (where, "code", "a sentence")."""
    if isinstance(second, ast.Attribute) and isinstance(second.value, ast.Name):
        if second.value.id == "Kind" and isinstance(third, ast.Constant):
            yield str(third.value), _kind(second)
    elif isinstance(second, ast.Constant) and _CODE.fullmatch(str(second.value)):
        is_text = isinstance(third, ast.Constant) and " " in str(third.value)
        if is_text or isinstance(third, ast.JoinedStr):
            yield str(second.value), Kind.INVALID


def _kind(node: ast.expr) -> Kind:
    assert isinstance(node, ast.Attribute)
    return Kind[node.attr]
