"""Which dialects are attacked, and what each needs for it: one entry per dialect.

A key of the dialect, as a client for tests; the headers by which others use that key; an id of
every noun; and the fields of bodies that name other objects, where ids cannot be told by their
looks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from accounts.models import Organization
from tests.contract.backoffice.belongings import everything as of_backoffice
from tests.contract.backoffice.conftest import V2, v2_key
from tests.contract.collector.belongings import everything as of_collector
from tests.contract.collector.conftest import Collector, bearer_for
from tests.contract.directory.belongings import everything as of_directory
from tests.contract.directory.conftest import Directory, directory_key
from tests.contract.enterprise.belongings import everything as of_enterprise
from tests.contract.wallet.belongings import everything as of_wallet
from tests.contract.wallet.conftest import v0_pair
from tests.v1 import V1, Answer, key_for


class Client(Protocol):
    """Calls with one key; `path` is below the dialect's prefix."""

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A dialect to attack. `belongings(client, suffix)` gives ids by their collection's name."""

    dialect: str
    prefix: str
    client: Callable[[Organization], Client]
    credentials: Callable[[Any], dict[str, str]]
    belongings: Callable[[Any, str], dict[str, Any]]
    # A field of a body or query -> the collection whose ids it takes.
    references: Mapping[str, str] = field(default_factory=dict)
    # Keys to send with in turn. Where a key has a fixed number of requests, this many times
    # as many pass; where the organization has it, the campaign gives it a limit of its own.
    keys: int = 100


_ALL = (
    Target(
        dialect="enterprise",
        prefix="/v1",
        client=lambda organization: V1(key_for(organization)),
        credentials=lambda v1: {"Authorization": f"Bearer {v1.secret}"},
        belongings=of_enterprise,
        keys=1,
    ),
    Target(
        dialect="backoffice",
        prefix="/api/v2",
        client=lambda organization: V2(v2_key(organization)),
        credentials=lambda v2: {"Authorization": f"Bearer {v2.secret}"},
        belongings=of_backoffice,
        references={
            "customer_id": "customers",
            "product_id": "products",
            "account_id": "accounts",
            "category_id": "categories",
            "department_id": "departments",
        },
    ),
    Target(
        dialect="directory",
        prefix="/api/integrations",
        client=lambda organization: Directory(directory_key(organization)),
        credentials=lambda directory: {"X-Invois-Key": directory.secret},
        belongings=of_directory,
    ),
    Target(
        dialect="wallet",
        prefix="/api/v0",
        client=v0_pair,
        credentials=lambda v0: {"x-client-key": v0.client_key, "x-client-secret": v0.secret},
        belongings=of_wallet,
        references={
            "customer_id": "customers",
            "walletId": "wallets",
            "taxId": "taxes",
            "product_id": "products",
            "productId": "products",
            "invoiceId": "invoices",
        },
    ),
    Target(
        dialect="collector",
        prefix="/api/v1",
        client=lambda organization: Collector(bearer_for(organization)),
        credentials=lambda collector: {"Authorization": f"Bearer {collector.secret}"},
        belongings=of_collector,
        references={"user_id": "users", "cid": "cid"},
    ),
)
TARGETS = {target.dialect: target for target in _ALL}
