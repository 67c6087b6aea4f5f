"""A file fits in a sitting, a function on a screen."""

import ast

from tests.architecture.sources import ROOT, python_files, shown

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def test_files_have_at_most_400_lines() -> None:
    every = [*python_files(), *sorted((ROOT / "tests").rglob("*.py"))]
    long = {shown(p): n for p in every if (n := len(p.read_text().splitlines())) > MAX_FILE_LINES}
    assert long == {}


def test_functions_have_at_most_60_lines() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long[f"{shown(path)}:{node.name}"] = lines
    assert long == {}
