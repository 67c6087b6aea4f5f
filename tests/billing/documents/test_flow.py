"""Pages are filled in order, and a table that breaks carries its sum over."""

from billing.documents.flow import Block, Page, TableEdges, paginate

HEAD, SUM = 20, 15


def block(name: str, height: float, running: int | None = None, needs: float = 0) -> Block:
    block = Block(height, lambda top: None, running, needs)
    NAMES[id(block)] = name
    KEEP.append(block)
    return block


NAMES: dict[int, str] = {}
KEEP: list[Block] = []
EDGES = TableEdges(
    head=block("head", HEAD),
    carried=lambda running: block(f"carried {running}", SUM),
    brought=lambda running: block(f"brought {running}", SUM),
    has_sums=True,
)


def names(pages: list[Page]) -> list[list[str]]:
    return [[NAMES[id(found)] for _, found in page] for page in pages]


def test_a_table_that_fits_has_one_head_and_no_sums() -> None:
    rows = [block(f"row {n}", 20, running=n) for n in (1, 2)]
    pages = paginate([*rows, block("totals", 30)], EDGES, 200, 250, 50)
    assert names(pages) == [["head", "row 1", "row 2", "totals"]]
    assert [top for top, _ in pages[0]] == [200, 180, 160, 140]


def test_a_break_carries_the_sum_forward_and_repeats_the_head() -> None:
    rows = [block(f"row {n}", 40, running=n * 100) for n in (1, 2, 3, 4)]
    pages = paginate(rows, EDGES, 200, 250, 50)
    # 150 high: head 20, two rows of 40, 15 for the sum; a third row does not fit any more.
    assert names(pages) == [
        ["head", "row 1", "row 2", "carried 200"],
        ["head", "brought 200", "row 3", "row 4"],
    ]


def test_the_last_row_may_use_the_room_that_the_sum_would_need() -> None:
    rows = [block(f"row {n}", 42, running=n) for n in (1, 2, 3)]
    assert len(paginate(rows, EDGES, 200, 250, 50)) == 1


def test_totals_on_their_own_page_carry_nothing() -> None:
    rows = [block(f"row {n}", 40, running=n) for n in (1, 2, 3)]
    pages = paginate([*rows, block("totals", 60)], EDGES, 200, 250, 50)
    assert names(pages) == [["head", "row 1", "row 2", "row 3"], ["totals"]]


def test_a_heading_stays_with_what_follows() -> None:
    blocks = [block("body", 120), block("heading", 20, needs=20), block("text", 20)]
    assert names(paginate(blocks, EDGES, 200, 250, 50)) == [["body"], ["heading", "text"]]


def test_something_taller_than_a_page_gets_a_page_and_ends() -> None:
    pages = paginate([block("a", 10), block("huge", 900), block("b", 10)], EDGES, 200, 250, 50)
    assert names(pages) == [["a"], ["huge"], ["b"]]


def test_without_sums_only_the_head_is_repeated() -> None:
    edges = TableEdges(EDGES.head, EDGES.carried, EDGES.brought, has_sums=False)
    rows = [block(f"row {n}", 60, running=n) for n in (1, 2, 3)]
    assert names(paginate(rows, edges, 200, 250, 50)) == [
        ["head", "row 1", "row 2"],
        ["head", "row 3"],
    ]
