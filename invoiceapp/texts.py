"""Every text that staff read, from templates, marks in Python, and the tables of labels.

Pages look labels, choices and refusals up where they show them (billing/web/language.py),
so these carry no marks in the code; here they are found where they stand.
"""

import ast
import io
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from babel.messages.extract import extract_python
from django.apps import apps
from django.forms import Form
from django.forms.utils import pretty_name
from django.urls import get_resolver
from django.utils.translation.template import templatize

from billing.country_facts import tax_number_labels
from core.errors import DomainError
from invoiceapp.sentences import sentences
from invoiceapp.source_texts import source_texts

# A text, its plural if it has one, and where it stands.
Text = tuple[str | tuple[str, str], str]

T = TypeVar("T")
_OURS = ("core", "accounts", "billing", "integrations", "invoiceapp")
# What Django makes of a template's marks: calls with literals, and no valid Python around.
_LITERAL = r"""u?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_CALL = re.compile(rf"\b(gettext|ngettext|_)\({_LITERAL}(?:,\s*{_LITERAL})?")
_KEYWORDS = dict.fromkeys(
    ("gettext", "gettext_lazy", "gettext_noop", "_", "ngettext", "ngettext_lazy")
)
# Tables of what pages show, by the name of the constant.
_TABLES = re.compile(
    r"^_?(TABS|MORE_FILTERS|STEPS|ENTRIES|THEMES|SENTENCES|LOOKS|PLACES|AGE_LABELS|STATES|SPANS"
    r"|PERIODS|TOPICS|[A-Z_]*LABELS)$"
)
_WORDS = re.compile(r"^[A-Z0-9{“(].*[a-z]|[a-z]{2,} [a-z{]", re.DOTALL)
# The operators' pages are Django's own; the living page of components is for developers.
_NOT_FOR_STAFF = re.compile(r"\.admin\b|\.kit$")
_ONE_WORD = re.compile(r"^[a-z]{3,}$")
_ONLY_PLACEHOLDER = re.compile(r"^\{\w+\}$")
_NO_WORDS = re.compile(r"^[a-z_]+:[a-z-]+$|^tone-|^state-|^[a-z]+\.[a-z_.]+$")


def collect(root: Path) -> Iterator[Text]:
    """All texts under the root, the same text more than once where it stands more than once."""
    yield from _of_templates(root)
    yield from _of_python(root)
    yield from _of_choices()
    yield from _of_refusals()
    yield from _of_forms()
    yield from source_texts(root)
    yield from sentences(root)
    yield from ((label, "billing/country_facts.py") for label in tax_number_labels())


def _of_templates(root: Path) -> Iterator[Text]:
    for path in sorted((root / "templates").rglob("*.html")):
        place = str(path.relative_to(root))
        source = templatize(path.read_text(), origin=place)
        for function, first, second in _CALL.findall(source):
            text = ast.literal_eval(first)
            if text and function == "ngettext":
                yield (text, ast.literal_eval(second)), place
            elif text:
                yield text, place


def _of_python(root: Path) -> Iterator[Text]:
    for top in _OURS:
        for path in sorted((root / top).rglob("*.py")):
            place = str(path.relative_to(root))
            content = path.read_bytes()
            if b"gettext" in content:
                yield from _marked(content, place)
            if "/web/" in place or "/templatetags/" in place:
                yield from _of_tables(content, place)
            if place.startswith("billing/reports/"):
                yield from _of_columns(content, place)


def _marked(source: bytes, place: str) -> Iterator[Text]:
    marks = extract_python(io.BytesIO(source), dict.fromkeys(_KEYWORDS), [], {"encoding": "utf-8"})
    for _line, function, found, _comments in marks:
        texts = [found] if isinstance(found, str) else [text for text in found or () if text]
        if len(texts) > 1 and str(function).startswith("ngettext"):
            yield (texts[0], texts[1]), place
        elif texts:
            yield texts[0], place


def _of_tables(content: bytes, place: str) -> Iterator[Text]:
    for node in ast.parse(content).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and _TABLES.match(target.id) and node.value:  # type: ignore[attr-defined]
            for text in _strings(node.value):  # type: ignore[attr-defined]
                yield text, place


def _strings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _strings(value)
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _is_words(node.value):
            yield node.value
        return
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def _is_words(text: str) -> bool:
    return bool(_WORDS.search(text)) and not _NO_WORDS.search(text)


def _of_columns(content: bytes, place: str) -> Iterator[Text]:
    """`Column(key, title)` and `Table(title=…)` of the reports."""
    for node in ast.walk(ast.parse(content)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "Column" and len(node.args) > 1:
            yield from ((text, place) for text in _strings(node.args[1]))
        for keyword in node.keywords:
            if keyword.arg == "title":
                yield from ((text, place) for text in _strings(keyword.value))


def _of_choices() -> Iterator[Text]:
    for model in apps.get_models():
        if model.__module__.partition(".")[0] not in _OURS:
            continue
        for field in model._meta.fields:
            for _value, label in field.flatchoices if field.choices else ():
                yield str(label), f"{model._meta.label}.{field.name}"


def _of_refusals() -> Iterator[Text]:
    get_resolver().url_patterns  # noqa: B018 - imports every module with refusals of pages
    import_module("integrations.tasks")  # and those with refusals of work
    for refusal in _below(DomainError):
        if ".dialects." not in refusal.__module__ and not _ONLY_PLACEHOLDER.match(refusal.message):
            yield refusal.message, refusal.__module__


def _of_forms() -> Iterator[Text]:
    for form in _below(Form):
        if form.__module__.partition(".")[0] not in _OURS or _NOT_FOR_STAFF.search(form.__module__):
            continue
        for name, field in form.base_fields.items():
            place = f"{form.__module__}.{form.__name__}"
            yield str(field.label or pretty_name(name)), place
            if field.help_text:
                yield str(field.help_text), place
            for choice in _labels(getattr(field, "choices", None)):
                yield choice, place


def _labels(choices: object) -> Iterator[str]:
    """Those of a list of choices; codes such as locales are no words."""
    if not isinstance(choices, list):
        return
    for _value, label in choices:
        if isinstance(label, str) and (_is_words(label) or _ONE_WORD.match(label)):
            yield label
        elif isinstance(label, list):
            yield from _labels(label)


def _below(base: type[T]) -> Iterator[type[T]]:
    for each in base.__subclasses__():
        yield each
        yield from _below(each)
