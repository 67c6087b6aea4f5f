"""What accounts needs to know from above. The billing app fills this when it starts."""

from collections.abc import Callable


class Books:
    """The slot for the one question about the books: has anything been posted yet?"""

    def __init__(self) -> None:
        self._are_open: Callable[[int], bool] | None = None

    def fill(self, are_open: Callable[[int], bool]) -> None:
        """Called once, when the installation is put together."""
        self._are_open = are_open

    def are_open(self, organization_id: int) -> bool:
        if self._are_open is None:
            raise RuntimeError("accounts.ports.books was never filled")
        return self._are_open(organization_id)


books = Books()
