"""No log has a query string."""

import logging

import pytest


def test_a_users_token_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="django.server"):
        logging.getLogger("django.server").info(
            '"%s" %s %s', "GET /api/v1/credentials?token=canary-6102 HTTP/1.1", "200", "2"
        )
    assert caplog.messages == ['"GET /api/v1/credentials HTTP/1.1" 200 2']
