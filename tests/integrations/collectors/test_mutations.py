"""Documents changed at random: whatever comes of them, it has a name and a bound."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.collectors.parsing import wire
from integrations.collectors.parsing.reading import read
from integrations.collectors.parsing.sandbox import read_document
from integrations.web.inbox_words import FINDINGS, PROBLEMS
from tests.integrations.collectors.einvoices import cii, page, ubl, with_files, zugferd1

SAMPLES = (
    ubl(),
    ubl(is_credit_note=True),
    cii(),
    zugferd1(),
    page("Invoice no. A-1", "Invoice date 2026-03-05", "Net 110.00", "VAT 20.90", "Total 130.90"),
    with_files(page("Total 130.90"), factur_x__xml=cii()),
)
_BYTES = st.binary(min_size=0, max_size=40)
_EDITS = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(0, 200), _BYTES), min_size=1, max_size=8
)


def mutated(sample: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """The sample with stretches replaced: (where, how many bytes go, what comes)."""
    content = sample
    for place, length, new in edits:
        start = place % (len(content) + 1)
        content = content[:start] + new + content[start + length :]
    return content


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sample=st.sampled_from(SAMPLES), edits=_EDITS)
def test_a_changed_document_is_read_or_refused_by_name(
    sample: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    reading = read(mutated(sample, edits))

    assert (reading.invoice is None) == (reading.problem in PROBLEMS)
    assert wire.loaded(wire.dumped(reading)) == reading
    if reading.invoice is not None:
        assert {one.code for one in reading.invoice.findings} <= set(FINDINGS)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=400))
def test_any_text_on_a_page_is_read_or_refused_by_name(text: str) -> None:
    xml = ubl().replace(b"R-2026-017", text.encode("utf-8", "replace"))

    assert read(xml).problem in {"", *PROBLEMS}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sample=st.sampled_from(SAMPLES), edits=_EDITS)
def test_a_changed_document_never_breaks_the_process_that_opens_it(
    sample: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    assert read_document(mutated(sample, edits)).problem != "crashed"
