import enum
from dataclasses import dataclass


class Level(enum.StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "FAILURE"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in one sentence, and what to do unless all is well."""

    level: Level
    sentence: str
    advice: str = ""


def ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def warning(sentence: str, advice: str) -> Finding:
    return Finding(Level.WARNING, sentence, advice)


def failure(sentence: str, advice: str) -> Finding:
    return Finding(Level.FAILURE, sentence, advice)
