"""SAFETY 2.4, to the letter."""

from invoiceapp import celeryconfig


def test_a_task_survives_its_worker() -> None:
    assert celeryconfig.task_acks_late is True
    assert celeryconfig.task_reject_on_worker_lost is True
    assert celeryconfig.worker_prefetch_multiplier == 1


def test_the_visibility_timeout_stands_in_all_three_places() -> None:
    assert celeryconfig._VISIBILITY_SECONDS == 300
    assert celeryconfig.visibility_timeout == 300
    assert celeryconfig.result_backend_transport_options == {"visibility_timeout": 300}
    is_memory = celeryconfig.broker_url.startswith("memory:")
    assert is_memory or celeryconfig.broker_transport_options["visibility_timeout"] == 300


def test_only_a_kill_ends_a_task_that_takes_too_long() -> None:
    """A soft limit raises anywhere: a run that it hit was kept as a failure of its schedule."""
    assert celeryconfig.task_time_limit == 120
    assert not hasattr(celeryconfig, "task_soft_time_limit")
    assert celeryconfig.worker_soft_shutdown_timeout == 30


def test_messages_are_json_and_nobody_waits_for_results() -> None:
    assert (celeryconfig.task_serializer, celeryconfig.accept_content) == ("json", ["json"])
    assert celeryconfig.task_ignore_result is True
