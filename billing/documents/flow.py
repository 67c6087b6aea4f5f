"""Breaking a document into pages: blocks of a known height, and sums carried over the break."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Draw = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Block:
    """Something that stays in one piece. `draw` gets the y of its upper edge.

    running: in the line table, the sum of the amounts above the block's lower edge.
    needs: room that must be left below it, so that a title never stands alone.
    """

    height: float
    draw: Draw
    running: int | None = None
    needs: float = 0


@dataclass(frozen=True, slots=True)
class TableEdges:
    """What the table repeats where a page breaks it: its head, and the sums carried over."""

    head: Block
    carried: Callable[[int], Block]
    brought: Callable[[int], Block]
    has_sums: bool


Page = list[tuple[float, Block]]


def paginate(
    blocks: Sequence[Block], edges: TableEdges, first_top: float, next_top: float, bottom: float
) -> list[Page]:
    """Pages of (y of the upper edge, block). A block taller than a page gets its own page."""
    flow = _Flow(edges, first_top, next_top, bottom)
    for index, block in enumerate(blocks):
        flow.add(block, blocks[index + 1] if index + 1 < len(blocks) else None)
    return flow.pages


class _Flow:
    def __init__(self, edges: TableEdges, first_top: float, next_top: float, bottom: float) -> None:
        self.pages: list[Page] = [[]]
        self._edges, self._next_top, self._bottom = edges, next_top, bottom
        self._y, self._top = first_top, first_top
        self._running: int | None = None

    def add(self, block: Block, following: Block | None) -> None:
        if block.running is not None and self._running is None:
            self._begin_table(block)
        room = self._y - self._bottom
        goes_on = following is not None and following.running is not None
        reserve = self._carried_height() if block.running is not None and goes_on else 0
        if block.height + reserve + block.needs > room and self._has_content():
            self._turn(block)
        self._place(block)
        self._running = block.running

    def _begin_table(self, first: Block) -> None:
        head = self._edges.head
        if head.height + first.height > self._y - self._bottom and self._has_content():
            self._new_page()
        self._place(head)

    def _turn(self, block: Block) -> None:
        is_inside_table = block.running is not None and self._running is not None
        running = self._running
        if is_inside_table and running is not None and self._edges.has_sums:
            self._place(self._edges.carried(running))
        self._new_page()
        if block.running is not None:
            self._place(self._edges.head)
            if is_inside_table and running is not None and self._edges.has_sums:
                self._place(self._edges.brought(running))

    def _new_page(self) -> None:
        self.pages.append([])
        self._y = self._top = self._next_top

    def _has_content(self) -> bool:
        return self._y < self._top

    def _carried_height(self) -> float:
        return self._edges.carried(0).height if self._edges.has_sums else 0

    def _place(self, block: Block) -> None:
        self.pages[-1].append((self._y, block))
        self._y -= block.height
