"""The parts of an editor line that plain templates cannot say."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template import RequestContext
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing.templatetags.money import money
from billing.templatetags.ui import icon
from billing.web.forms.invoices import LineForm

register = template.Library()


@register.simple_tag
def line_name(line: LineForm) -> SafeString:
    """The name, which offers products while typing and fills the line when one is chosen."""
    return _widget(
        line["name"],
        {
            "hx-post": reverse("billing:invoice-line-fill", args=[line.key]),
            "hx-trigger": "change",
            "hx-swap": "none",
            "data-focus-first": "",
            "placeholder": "Name",
        },
    )


@register.simple_tag
def line_input(bound: BoundField) -> SafeString:
    return _widget(bound, {})


@register.simple_tag(takes_context=True)
def line_net(context: RequestContext, editor: Any, line: LineForm) -> str:
    """The line's amount after its discount, or a dash while it cannot be computed."""
    net = getattr(editor, "nets", {}).get(line.key)
    return "–" if net is None else money(context, net, editor.sums.currency)


@register.simple_tag
def line_errors(line: LineForm) -> SafeString | str:
    """Everything wrong with the line in one place, named by field."""
    if not line.is_bound or not line.errors:
        return ""
    rows = [
        (icon("alert"), f"{line.fields[name].label or name.replace('_', ' ').capitalize()}: {text}")
        if name in line.fields
        else (icon("alert"), text)
        for name, texts in line.errors.items()
        for text in texts
    ]
    items = format_html_join("", '<p class="field-error">{}<span>{}</span></p>', rows)
    return format_html('<div class="line-error" id="errors-{}">{}</div>', line.key, items)


@register.simple_tag
def line_filled(line: LineForm) -> SafeString:
    """The fields a chosen product fills in, each swapped in its own place."""
    names = ("product", "description", "unit_price", "tax")
    return format_html_join(
        "", "{}", ((_widget(line[name], {"hx-swap-oob": "true"}),) for name in names)
    )


def _widget(bound: BoundField, attrs: dict[str, str | bool]) -> SafeString:
    if bound.errors:
        key = bound.form.prefix
        attrs = {**attrs, "aria-invalid": "true", "aria-describedby": f"errors-{key}"}
    return bound.as_widget(attrs=attrs)
