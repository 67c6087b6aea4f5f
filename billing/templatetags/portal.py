"""Sentences of the portal with their figures filled in."""

from django import template

register = template.Library()


@register.simple_tag
def fill(sentence: str, **values: object) -> str:
    """`Due {date}` with the date in it; what is filled in is escaped like any other text."""
    return sentence.format(**values)
