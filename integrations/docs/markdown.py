"""The guides: Markdown files of docs/api as safe HTML with anchors."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(settings.BASE_DIR) / "docs" / "api"
# What a newcomer reads first; whatever else is there follows by name.
ORDER = (
    "authentication",
    "oauth",
    "test-mode",
    "idempotency",
    "pagination",
    "errors",
    "webhooks",
    "events-and-webhooks",
    "versioning",
)
_LAST = "README"
_PAGE = re.compile(r"(?:\.\.?/)*(?:v1/)?([\w-]+)\.md(#.*)?$")


@dataclass(frozen=True, slots=True)
class Guide:
    """A page: its address below /docs/guides, title, text, and sections as (anchor, title)."""

    slug: str
    title: str
    html: SafeString
    sections: tuple[tuple[str, str], ...]


@functools.cache
def guides() -> dict[str, Guide]:
    """Every guide by slug, in reading order."""
    paths = {path.stem: path for path in (FOLDER / "v1").glob("*.md")}
    known = [name for name in ORDER if name in paths]
    rest = sorted(set(paths) - set(known) - {_LAST})
    names = [*known, *rest, *([_LAST] if _LAST in paths else [])]
    return {_slug(name): read(paths[name], _slug(name)) for name in names}


@functools.cache
def changelog() -> Guide:
    return read(FOLDER / "CHANGELOG.md", "changelog")


def read(path: Path, slug: str) -> Guide:
    """A file as a page. Its first heading is the title."""
    tokens = _parser().parse(path.read_text())
    sections: list[tuple[str, str]] = []
    title = path.stem
    for position, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = _text(tokens[position + 1])
        if token.tag == "h1":
            title = text
        else:
            token.attrSet("id", slugify(text))
            if token.tag == "h2":
                sections.append((slugify(text), text))
    html = _parser().renderer.render(tokens, _parser().options, {})
    return Guide(slug, title, mark_safe(html), tuple(sections))  # noqa: S308 (raw HTML is off)


@functools.cache
def inline(text: str) -> SafeString:
    """A description of the document: paragraphs, lists and code."""
    return mark_safe(_parser().render(text)) if text else SafeString("")  # noqa: S308


def _slug(name: str) -> str:
    return "choices" if name == _LAST else name


@functools.cache
def _parser() -> MarkdownIt:
    # Raw HTML in a file is shown as text, so a page can hold nothing that runs.
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", lambda *_: '<div class="scroll"><table>')
    parser.add_render_rule("table_close", lambda *_: "</table></div>")
    parser.add_render_rule("link_open", _link)
    parser.add_render_rule("fence", _fence)
    return parser


def _link(renderer: object, tokens: list[Token], index: int, *_: object) -> str:
    """Files of docs/api lead to their pages."""
    href = str(tokens[index].attrGet("href") or "")
    if found := _PAGE.fullmatch(href):
        page = "changelog" if found[1] == "CHANGELOG" else f"guides/{_slug(found[1])}"
        href = f"/docs/{page}{found[2] or ''}"
    return f'<a href="{escape(href)}">'


def _fence(renderer: object, tokens: list[Token], index: int, *_: object) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[index].content)}</code></pre>\n'


def _text(token: Token) -> str:
    return "".join(child.content for child in token.children or [])
