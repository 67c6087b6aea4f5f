"""Forms of the import: which file, what its columns mean."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from billing.imports.cells import Style
from billing.imports.columns import COLUMNS
from billing.imports.reading import Table
from billing.models import Import
from billing.web import wording
from billing.web.forms.base import StaffForm

NOUNS = (
    ("customers", lazy("Customers")),
    ("products", lazy("Products")),
    ("invoices", lazy("Invoices")),
)
MARKS = ((".", "1,234.56"), (",", "1.234,56"))
DAYS = (("day", lazy("Day first: 31/12/2026")), ("month", lazy("Month first: 12/31/2026")))
EXISTING = (
    ("skip", lazy("Leave them as they are")),
    ("update", lazy("Bring them up to date")),
)
_LONGEST_SAMPLE = 40
# Said, so that no column is left out by oversight.
_OUT = "-"


class UploadForm(StaffForm):
    noun = forms.ChoiceField(
        label=lazy("What does the file hold?"),
        choices=NOUNS,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=lazy("File"),
        help_text=lazy(
            "Drop it here or choose it: CSV with a heading line, at most 5 MB and 1,000 records."
            " Commas, semicolons or tabs, UTF-8 or Windows: all are read."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        allow_empty_file=True,
    )

    def __init__(self, nouns: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["noun"]
        field.choices = [choice for choice in field.choices if choice[0] in nouns]


class ColumnsForm(StaffForm):
    """A choice for each column of the file, and how its cells are written."""

    decimal_mark = forms.ChoiceField(label=lazy("Numbers are written"), choices=MARKS)
    days = forms.ChoiceField(
        label=lazy("Days are written"),
        choices=DAYS,
        help_text=lazy("2026-12-31 is always understood."),
    )
    existing = forms.ChoiceField(label=lazy("Rows that are there already"), choices=EXISTING)

    def __init__(self, row: Import, table: Table, *args: Any, **kwargs: Any) -> None:
        initial = {
            "decimal_mark": row.decimal_mark,
            "days": "day" if row.is_day_first else "month",
            "existing": row.existing,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["existing"].help_text = _KNOWN_BY[row.noun]
        choices = [
            (_OUT, _("– leave out –")),
            *((c.name, f"{c.label} *" if c.is_required else c.label) for c in COLUMNS[row.noun]),
        ]
        self.column_names = [f"column.{index}" for index in range(len(table.headings))]
        for index, heading in enumerate(table.headings):
            samples = " · ".join(text[:_LONGEST_SAMPLE] for text in table.samples(index))
            self.fields[f"column.{index}"] = forms.ChoiceField(
                # In quotation marks it is nobody's word but the file's.
                label=f"“{heading}”" if heading else _("Column {n}").format(n=index + 1),
                help_text=samples or _("All its cells are empty."),
                choices=choices,
                initial=row.mapping[index] or _OUT if index < len(row.mapping) else _OUT,
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.column_names]

    @property
    def mapping(self) -> list[str]:
        said = [self.cleaned_data[name] for name in self.column_names]
        return ["" if name == _OUT else name for name in said]

    @property
    def style(self) -> Style:
        return Style(self.cleaned_data["decimal_mark"], self.cleaned_data["days"] == "day")


_KNOWN_BY = {
    "customers": lazy("A customer is known again by its number, else by its e-mail address."),
    "products": lazy("A product is known again by its SKU."),
    "invoices": lazy("An invoice is known again by its number; only drafts can be changed."),
}


# American Samoa, Guam, the Philippines, Palau, Puerto Rico and the United States.
_MONTH_FIRST = frozenset(("AS", "GU", "PH", "PW", "PR", "US"))


def usual_style(locale: str, country: str) -> Style:
    """How people of that locale and country write, for files that do not show it."""
    known = wording.known(locale)
    mark = str(known.number_symbols.get("latn", {}).get("decimal", "."))
    return Style("," if mark == "," else ".", country not in _MONTH_FIRST)
