"""The small parts of the design system that templates use everywhere."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context, Node, NodeList
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import BankAccount
from billing.documents.payment_details import group_iban
from billing.web import states
from billing.web.language import say as in_their_language

register = template.Library()


@register.filter
def say(text: object) -> str:
    """A label of a table or a choice in the reader's language."""
    return in_their_language(text)


@register.filter
def number_to_pay_to(account: BankAccount) -> str:
    """An IBAN in groups of four, or the local number."""
    return group_iban(account.iban) or account.account_number


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from the sprite. Decoration only: a word always stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("app/icons.svg"),
        name,
    )


@register.simple_tag
def state(word: str, label: str = "") -> SafeString:
    """A status badge: an icon and a word; colour only repeats them."""
    look = states.look_of(word)
    return format_html(
        '<span class="state {}">{}{}</span>', look.tone, icon(look.icon), say(label or look.label)
    )


@register.inclusion_tag("app/_field.html")
def field(bound: BoundField, wide: bool = False, label: str = "") -> dict[str, Any]:
    """A form field with its label, help and errors, wired together for screen readers."""
    kind = getattr(bound.field.widget, "input_type", "")
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs: dict[str, Any] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "widget": bound.as_widget(attrs=attrs),
        "is_tick": kind == "checkbox" and not getattr(bound.field, "choices", None),
        "is_group": getattr(bound.field.widget, "use_fieldset", False),
        "label": say(label or bound.label or ""),
        "help": say(bound.help_text),
        "wide": wide,
    }


@register.tag("sheet")
def sheet_tag(parser: Any, token: Any) -> Node:
    """{% sheet "Title" %} … {% endsheet %}: a titled panel."""
    arguments = token.split_contents()[1:]
    title = parser.compile_filter(arguments[0]) if arguments else None
    body = parser.parse(("endsheet",))
    parser.delete_first_token()
    return _Sheet(title, body)


class _Sheet(Node):
    def __init__(self, title: Any, body: NodeList) -> None:
        self.title, self.body = title, body

    def render(self, context: Context) -> SafeString:
        title = self.title.resolve(context) if self.title else ""
        head = format_html('<div class="sheet-head"><h2>{}</h2></div>', title) if title else ""
        return format_html(
            '<section class="sheet">{}<div class="sheet-body">{}</div></section>',
            head,
            self.body.render(context),
        )
