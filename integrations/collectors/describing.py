"""A source as the API and the callback describe it, in one of its languages."""

from collections.abc import Mapping
from typing import Any

from integrations.collectors.base import Description

FALLBACK = "en"


def describe(description: Description, locale: str = FALLBACK) -> dict[str, Any]:
    """The configuration object of a collector."""

    def words(texts: Mapping[str, str]) -> str:
        return texts.get(locale) or texts.get(FALLBACK, "")

    return {
        "id": description.id,
        "name": words(description.name),
        "description": words(description.description),
        "instructions": words(description.instructions),
        "version": description.version,
        "type": description.kind,
        "website": description.website,
        "logo": "",
        "params": {
            key: {
                "type": param.type,
                "name": words(param.name),
                "placeholder": param.placeholder,
                "mandatory": param.is_mandatory,
            }
            for key, param in description.params.items()
        },
        "useProxy": False,
        "captcha": "none",
        "state": description.state,
        "authenticationMethod": "secretsOnly",
    }
