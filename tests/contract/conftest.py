"""The contracts are tried with the clients of the dialects' own tests."""

from tests.integrations.dialects.conftest import (  # noqa: F401
    _count_in_the_database,
    clock,
    rival_v1,
    stranger,
    v1,
)
