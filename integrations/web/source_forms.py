"""Forms that are made of what a source says of its parameters."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.web.forms.base import DayField, StaffForm
from billing.web.language import say
from core.errors import DomainError
from integrations.collectors.base import Param, Source
from integrations.collectors.credentials import ParamNotAccepted

# Where a line is too short to type it in.
_LONG = 3_000
_PREFIX = "param_"


class SecretInput(forms.PasswordInput):
    """Typed once and never shown again; no browser should offer to keep it."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})


class SecretArea(forms.Textarea):
    """The same for several lines, such as a private key."""

    def format_value(self, value: Any) -> None:
        return None


class ParamsForm(StaffForm):
    """The parameters of one source. In a repair, what is left empty stays as it is."""

    def __init__(self, *args: Any, source: Source, is_repair: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = {
            f"{_PREFIX}{name}": _field(param, is_repair)
            for name, param in source.description.params.items()
        }
        # First where it is, then everything else.
        self.fields = {**made, **self.fields}

    def params_given(self) -> dict[str, str]:
        return {
            name.removeprefix(_PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_PREFIX) and value
        }

    def shown_params(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(_PREFIX)]

    def refuse(self, error: DomainError) -> None:
        """A parameter that is not accepted says so at its field."""
        name = f"{_PREFIX}{error.details.get('name', '')}"
        if isinstance(error, ParamNotAccepted) and name in self.fields:
            self.refusal = error
            self.add_error(name, say(error.details["reason"]))
        else:
            super().refuse(error)


class ConnectForm(ParamsForm):
    since = DayField(
        label=gettext_lazy("Invoices since"),
        required=False,
        help_text=gettext_lazy("Older ones stay where they are. Without a day, only those of now."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("What tells it from others of its kind: whose mailbox it is."),
    )

    def download_from(self, timezone: str) -> datetime.datetime | None:
        day = self.cleaned_data["since"]
        midnight = datetime.time(tzinfo=ZoneInfo(timezone))
        return datetime.datetime.combine(day, midnight) if day else None


class RepairForm(ParamsForm):
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)


class CodeForm(StaffForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=64,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


def _field(param: Param, is_repair: bool) -> forms.Field:
    given: dict[str, Any] = {
        "label": say(param.name["en"].partition(" (" if param.choices else "\0")[0]),
        "required": param.is_mandatory and not is_repair,
    }
    if param.choices:
        choices = [(one, one.upper() if one != "none" else _("none")) for one in param.choices]
        unchanged = [("", _("as it is"))] if is_repair else []
        return forms.ChoiceField(choices=[*unchanged, *choices], **given)
    return forms.CharField(max_length=param.most, widget=_widget(param), **given)


def _widget(param: Param) -> forms.Widget:
    if param.most >= _LONG:
        kind = SecretArea if param.type == "password" else forms.Textarea
        area = {"rows": 5, "spellcheck": "false", "autocapitalize": "none", "class": "mono"}
        return kind(attrs={**area, "placeholder": param.placeholder})
    if param.type == "password":
        return SecretInput()
    plain: dict[str, Any] = {"placeholder": param.placeholder, "spellcheck": "false"}
    plain |= {"autocapitalize": "none", "autocomplete": "off"}
    if param.type == "number":
        plain["inputmode"] = "numeric"
    return forms.URLInput(attrs=plain) if param.type == "url" else forms.TextInput(attrs=plain)
