"""The error catalogue holds every code, each once, in words of people."""

import pytest

from integrations.docs.errors import catalogue
from tests.integrations.docs.codes import all_codes

# The parent of all errors, and a rule of query parameters, which speak as invalid_parameter.
NOT_RAISED = {"invalid", "too_deep"}


def test_every_code_of_the_source_is_explained_and_no_other() -> None:
    explained = {(code, kind) for code, text in catalogue().items() for kind in text.kinds}
    found = {each for each in all_codes() if each[0] not in NOT_RAISED}
    assert sorted(map(str, found - explained)) == []
    assert sorted(map(str, explained - found)) == []


@pytest.mark.parametrize("code", catalogue())
def test_each_is_told_in_whole_sentences(code: str) -> None:
    text = catalogue()[code]
    for sentence in (text.meaning, text.cause, text.remedy):
        assert sentence[0].isupper() or sentence[0] == "`"
        assert sentence.endswith(".")
        assert len(sentence) > 10
    assert text.title and not text.title.endswith(".")
    assert "{" not in text.example


def test_no_two_codes_share_their_words() -> None:
    meanings = [text.meaning for text in catalogue().values()]
    assert len(set(meanings)) == len(meanings)
