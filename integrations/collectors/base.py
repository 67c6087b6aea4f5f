"""The contract between a source of invoices and the collector.

A source is a folder under integrations/collectors/sources/ with one Source in it, listed in
sources/__init__.py.

It SHALL
- describe itself and each of its parameters, so that a form can be made of them;
- give every invoice an id that stays the same from visit to visit, of 300 characters at most;
- raise AuthenticationFailed when the parameters are refused, Disconnected when the user must
  come back (a code nobody gave, a session that ended), Maintenance when the source is closed;
- bound what it reads: MOST_BYTES for a document, a time limit for every wait;
- leave what it reads as it is: nothing is marked, moved or deleted;
- connect to checked addresses only (integrations.http, or `outgoing.checked_address`).

It MAY
- refuse parameters before they are kept (`clean`);
- keep what it needs for the next visit in `visit.session`, which is sealed;
- ask the user for a code (`visit.ask_code`) and say how far it is (`visit.progress`);
- list less than everything when its session tells it what was listed before;
- name in `lasting` what of its session must outlive a refusal (the key of a server, say).

It SHALL NOT touch the database, read the clock (the visit says when it began), log a parameter
or decide what is new: the runner does that. Any other exception is taken for a fault of the
source and tried again.
"""

import abc
import datetime
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

MOST_BYTES = 25 * 1_048_576
MOST_INVOICES = 10_000


class SourceTrouble(Exception):
    """What went wrong in words that the user may read."""


class AuthenticationFailed(SourceTrouble):
    """The source refuses the parameters; it is not asked again until they are changed."""


class Disconnected(SourceTrouble):
    """The source wants the user again."""


class Maintenance(SourceTrouble):
    """The source is closed, or cannot be reached, for the time being."""


class ParamRefused(Exception):
    """A parameter that cannot work. `name` says which."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One thing the user types in. Texts are by language, `en` always among them.

    `choices` are the only values there are; the first one counts where nothing is given.
    """

    name: Mapping[str, str]
    type: Literal["string", "password", "number", "url", "email"] = "string"
    placeholder: str = ""
    is_mandatory: bool = True
    most: int = 500
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a source is, in the languages of the API. `kind`: web, agent, api, email, sketch."""

    id: str
    kind: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    params: Mapping[str, Param]
    instructions: Mapping[str, str] = field(default_factory=dict)
    website: str = ""
    version: str = "1"
    state: Literal["active", "development", "planned"] = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An invoice that the source shows. `reference` is the source's own, for the download.

    `amount` is text with its currency sign, as the source writes it. `names_carrier` says that
    the id is that of what brought the document (a message, a file), not of the invoice: there
    the same bytes are the same invoice, whatever brought them.
    """

    id: str
    issued_at: datetime.datetime
    amount: str = ""
    link: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    reference: Any = None
    names_carrier: bool = False


@dataclass(slots=True, kw_only=True)
class Visit:
    """One visit of one user: what the source may know and say while it lasts.

    `session` is what it left there the last time, and what it leaves is kept when the visit
    succeeds. `organization` is the UUID as text, `at` the moment the visit began; invoices of
    before `since` are not wanted. `ask_code` waits for minutes and raises Disconnected where
    nobody answers; it and `progress` belong to the thread that called `open`.
    """

    organization: str
    params: Mapping[str, str]
    since: datetime.datetime
    at: datetime.datetime
    session: dict[str, Any]
    ask_code: Callable[[str], str]
    progress: Callable[[int], None]


class Opened(abc.ABC):
    """A source that let us in."""

    @abc.abstractmethod
    def list(self) -> Iterable[Found]:
        """The invoices, in any order; at most MOST_INVOICES are looked at."""

    @abc.abstractmethod
    def download(self, found: Found) -> bytes:
        """The document of one of them."""


class Source(abc.ABC):
    """A kind of place where invoices are."""

    description: ClassVar[Description]
    # How many credentials of this source are visited at the same time.
    concurrency: ClassVar[int] = 4
    # What of its session is kept when the source refuses the parameters.
    lasting: ClassVar[frozenset[str]] = frozenset()

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        """The parameters as they are kept. Raises ParamRefused."""
        return params

    @abc.abstractmethod
    def open(self, visit: Visit) -> AbstractContextManager[Opened]:
        """Log in. Raises AuthenticationFailed, Disconnected, Maintenance."""
