"""The PDF itself: same bytes, embedded fonts, literal text, whole pages, in time."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from billing.documents.printing import TEMPLATES, draw
from billing.documents.view import DocumentView, Party
from tests.billing.documents.pdfs import dictionary, fonts, keys, links, pages, reader, text
from tests.billing.documents.views import PUBLIC_URL, WORK, sample_rows, sample_view

EVIL = [
    "a<b",
    "Smith <x@y.example>",
    '<img src="/etc/passwd">',
    '<a href="javascript:alert(1)">pay</a>',
    "<font color=red>x</font>",
    "{{7*7}}",
    "{% include 'x' %}",
    "{0.__class__}",
    "%(x)s",
    "(unbalanced \\( paren) Tj ET",
]
TEMPLATE_NAMES = sorted(TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATE_NAMES)
def test_the_same_view_is_the_same_bytes(template: str) -> None:
    first = draw(sample_view(template=template, count=30))
    draw(sample_view(locale="de_DE", currency="EUR", count=3))
    assert draw(sample_view(template=template, count=30)) == first


def test_threads_do_not_mix_up_their_documents() -> None:
    views = [sample_view(template=name, count=count) for name in TEMPLATE_NAMES for count in (1, 9)]
    alone = [draw(view) for view in views]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(draw, views * 5)) == alone * 5


def test_templates_are_different_documents() -> None:
    assert len({draw(sample_view(template=name)) for name in TEMPLATE_NAMES}) == 3


def test_an_unknown_template_is_drawn_as_the_modern_one() -> None:
    assert draw(sample_view(template="tmpl_gone")) == draw(sample_view())


@pytest.mark.parametrize("template", TEMPLATE_NAMES)
def test_everything_that_matters_is_on_paper(template: str) -> None:
    content = text(draw(sample_view(template=template)))
    for expected in [
        "Invoice",
        "INV-2025-001",
        "Globex Corporation",
        "500 Market Street, Floor 9",
        "Feb 14, 2025",
        "PO-88213",
        "Interface design",
        "38.5 h",
        "4,620.00",
        "$16,900.00",
        "1,690.00",
        "$18,590.00",
        "Amount due",
        "VAT 10%",
        "DE89 3704 0044 0532 0130 00",
        PUBLIC_URL,
        "Thank you for working with us.",
        "Payable within 30 days",
        "DE123456789",
        "Page 1 of 1",
    ]:
        assert expected in content, expected


@pytest.mark.parametrize("template", TEMPLATE_NAMES)
def test_fonts_are_embedded_subsets_and_never_the_standard_ones(template: str) -> None:
    found = fonts(draw(sample_view(template=template)))
    assert found
    assert all(found.values())
    assert all("+Noto" in name or "+DejaVu" in name for name in found)


def test_title_language_and_date_are_the_documents_own() -> None:
    document = reader(draw(sample_view(locale="de_DE", currency="EUR")))
    assert document.metadata is not None
    assert document.metadata.title == "Rechnung INV-2025-001 · Aurora Studio"
    assert document.metadata["/CreationDate"] == "D:20250115000000Z"
    root = document.root_object
    assert root["/Lang"] == "de"
    assert dictionary(root["/ViewerPreferences"])["/DisplayDocTitle"] in (True, "true")


@pytest.mark.parametrize("template", TEMPLATE_NAMES)
@pytest.mark.parametrize("evil", EVIL)
def test_x2_text_of_users_is_literal_in_every_field(template: str, evil: str) -> None:
    pdf = draw(_with_text_everywhere(sample_view(template=template), evil))
    shown = text(pdf)
    assert shown.count(evil) >= 6
    assert links(pdf) == [PUBLIC_URL]
    forbidden = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/OpenAction", "/AA"}
    assert keys(pdf) & forbidden == set()
    assert "/XObject" not in keys(pdf)


def test_sums_are_carried_over_the_page() -> None:
    view = sample_view(count=60, locale="en_GB", currency="GBP")
    first, second, *_ = pages(draw(view))
    carried = first.split("Carried forward")[1].split()[0]
    brought = second.split("Brought forward")[1].split()[0]
    assert carried == brought
    # The sum of the amounts of exactly the rows that stand on the first page.
    on_first_page = sum(first.count(name) for name, *_ in WORK)
    assert carried == view.formats.amount(view.rows[on_first_page - 1].running)


@pytest.mark.parametrize("count", [0, 1, 20, 120])
@pytest.mark.parametrize("template", TEMPLATE_NAMES)
def test_pages_are_counted_and_no_line_is_lost(template: str, count: int) -> None:
    rows = sample_rows(sample_view().formats, count, details=False)
    rows = [replace(row, title=f"Item-{n:03}") for n, row in enumerate(rows)]
    found = pages(draw(sample_view(template=template, rows=rows)))
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
    content = " ".join(found)
    assert all(content.count(f"Item-{n:03}") == 1 for n in range(count))


def test_a_description_longer_than_a_page_flows_on() -> None:
    words = " ".join(f"w{n:04}" for n in range(1500))
    row = replace(sample_view().rows[0], details=(words,))
    content = text(draw(sample_view(rows=[row])))
    assert all(f"w{n:04}" in content for n in range(1500))


@pytest.mark.parametrize(
    ("mark", "label"), [("draft", "DRAFT"), ("void", "VOID"), ("paid", "Paid")]
)
def test_the_state_is_marked(mark: str, label: str) -> None:
    watermark = label if label.isupper() else ""
    view = sample_view(mark=mark, mark_label=label.title(), watermark=watermark)
    assert label in text(draw(view))


def test_names_in_any_script_are_drawn() -> None:
    view = sample_view()
    names = ["שלום בע״מ", "شركة الخليج", "Ωμέγα ΑΕ", "ООО Ромашка", "日本語株式会社", "🎉 Party"]
    for name in names:
        assert draw(replace(view, seller=replace(view.seller, name=name)))


def test_empty_parties_and_facts_are_drawn() -> None:
    nobody = Party("", "", (), ())
    for template in TEMPLATE_NAMES:
        view = sample_view(template=template, payment=None, taxes=(), facts=(), legal=())
        empty = replace(view, seller=nobody, buyer=nobody, notes="", terms="", number="")
        assert len(pages(draw(empty))) == 1


def test_very_long_values_stay_on_the_page() -> None:
    view = sample_view(number="N" * 64, title="Gutschrift (Selbstfakturierung)")
    long = replace(view.buyer, name="W" * 200, lines=("M" * 200,) * 6)
    for template in TEMPLATE_NAMES:
        assert draw(replace(view, template=template, buyer=long, seller=long))


def test_x2_500_lines_of_2000_characters_take_less_than_five_seconds() -> None:
    words = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 36
    rows = [replace(row, details=(words[:2000],)) for row in sample_view(count=500).rows]
    view = sample_view(rows=rows)
    began = time.perf_counter()
    draw(view)
    assert time.perf_counter() - began < 5


def _with_text_everywhere(view: DocumentView, evil: str) -> DocumentView:
    party = Party(view.buyer.label, evil, (evil,), (), (evil,))
    row = replace(view.rows[0], title=evil, details=(evil,))
    fact = replace(view.facts[0], value=evil)
    tax = replace(view.taxes[0], name=evil, rate="", note=evil)
    return replace(
        view,
        buyer=party,
        seller=party,
        rows=(row,),
        facts=(fact,),
        taxes=(tax,),
        notes=evil,
        terms=evil,
        footer=evil,
        legal=(evil,),
        number=evil,
    )
