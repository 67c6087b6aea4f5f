"""Tests that share what is dear to make, or all there is of something, run in one process."""

import pytest


@pytest.mark.xdist_group("together")
def test_a_group_is_part_of_the_id_by_which_tests_are_dealt_out(
    request: pytest.FixtureRequest,
) -> None:
    """Otherwise groups are scattered, and nobody says so."""
    in_one_of_many = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith("@together") == in_one_of_many


@pytest.mark.postgres
def test_crowds_of_threads_are_a_group(request: pytest.FixtureRequest) -> None:
    """Two crowds of 64 would wait for each other's connections: the server has 100."""
    in_one_of_many = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith("@postgres") == in_one_of_many
