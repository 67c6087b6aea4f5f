"""How the Django admin treats our rows: it reads everything and writes through operations.

Nothing here can write a row past the domain: a page either only shows, or hands what was
typed to one operation and shows its refusal next to the field.
"""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import JSONField, Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.html import format_html

from core import exactjson
from core.errors import DomainError, InvalidFields
from core.fields import ExactDecimalField, MinorUnitsField
from core.models import Event, EventSeal, Lease, WorkerHeartbeat
from core.money import Money

# A callable column; Django takes one wherever it takes a field's name.
Column = Any


def money(field: str, currency: str = "currency") -> Column:
    """A column that shows minor units as an amount with its currency: 7,128.00 USD.

    `currency` is the path from the row to its currency code, such as invoice.currency.
    """

    @admin.display(description=field.replace("_", " "), ordering=field)
    def column(row: Any) -> str | None:
        minor = getattr(row, field)
        if minor is None:
            return None
        owner = row
        for step in currency.split("."):
            owner = getattr(owner, step)
        value = Money.from_minor(minor, owner)
        return f"{value.amount:,} {value.currency}"

    column.__name__ = f"{field}_as_money"
    return column


def exact(field: str) -> Column:
    """A column that shows a decimal with the digits it has."""

    @admin.display(description=field.replace("_", " "))
    def column(row: Any) -> str:
        value = getattr(row, field)
        return "" if value is None else f"{value:f}"

    column.__name__ = f"{field}_exact"
    return column


def structure(field: str) -> Column:
    """A column that shows stored JSON, indented."""

    @admin.display(description=field.replace("_", " "))
    def column(row: Any) -> str:
        value = getattr(row, field)
        if isinstance(value, str):
            value = exactjson.loads(value)
        return format_html("<pre>{}</pre>", exactjson.dumps_indented(value))

    column.__name__ = f"{field}_indented"
    column.is_structure = True  # type: ignore[attr-defined]
    return column


def shown(
    model: type[Model],
    *,
    hidden: Iterable[str] = (),
    currencies: dict[str, str] | None = None,
    plain: Iterable[str] = (),
    structures: Iterable[str] = (),
) -> list[Any]:
    """Every stored field of the model as a person reads it, but for the hidden ones.

    `currencies` names the path to the currency where it is not `currency`; `plain`
    names integers in minor-unit columns that are no money.
    """
    columns: list[Any] = []
    left_out, paths, numbers = {"id", *hidden}, currencies or {}, set(plain)
    for field in model._meta.concrete_fields:
        if field.name in left_out:
            continue
        if isinstance(field, MinorUnitsField) and field.name not in numbers:
            columns.append(money(field.name, paths.get(field.name, paths.get("*", "currency"))))
        elif isinstance(field, ExactDecimalField):
            columns.append(exact(field.name))
        elif isinstance(field, JSONField) or field.name in set(structures):
            columns.append(structure(field.name))
        else:
            columns.append(field.name)
    return columns


class _Looking:
    """What every page here has in common: looking never changes anything."""

    # Counting every row of a long table is the slowest thing a list could do.
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_Looking, admin.ModelAdmin):
    """For rows that only operations write: documents, the ledger, events, logs."""

    # The columns of the page of one row; see `shown`.
    detail: ClassVar[list[Any]] = []
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.detail or shown(self.model)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The facts first; stored structures below them, folded."""
        fields = self.get_fields(request, obj)
        folded = [field for field in fields if getattr(field, "is_structure", False)]
        facts = [field for field in fields if field not in folded]
        sets: list[Any] = [(None, {"fields": facts})]
        if folded:
            sets.append(("Stored structures", {"fields": folded, "classes": ("collapse",)}))
        return sets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)


class ReadOnlyInline(_Looking, admin.TabularInline):
    """Rows that belong to the one above them."""

    extra = 0
    max_num = 0
    show_change_link = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)


class OperationAdmin(admin.ModelAdmin):
    """For rows an operator may write: each page calls one operation with what was typed.

    Subclasses say how; a DomainError comes back as an error of the form, and nothing
    is written.
    """

    show_full_result_count = False
    list_per_page = 50
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    # Fields that are chosen when the row is made and stay.
    fixed: ClassVar[tuple[str, ...]] = ()
    can_delete: ClassVar[bool] = False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Model:
        """Make the row from the cleaned form by one operation."""
        raise TypeError(f"{type(self).__name__} makes nothing")

    def update(self, request: HttpRequest, row: Any, changes: dict[str, Any]) -> Model:
        """Change the row by one operation; `changes` holds what differs."""
        raise TypeError(f"{type(self).__name__} changes nothing")

    def remove(self, request: HttpRequest, row: Any) -> None:
        """Remove the row by one operation."""
        raise TypeError(f"{type(self).__name__} removes nothing")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a row is the operation's business, not a right to be had per table."""
        rows, counts, _, protected = super().get_deleted_objects(objs, request)
        return rows, counts, set(), protected

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if obj is None else (*fields, *self.fixed)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        names = form.changed_data if change else form.fields
        values = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
        row = self.update(request, obj, values) if change else self.create(request, values)
        # The page goes on with what was written, its id and its cleaned values.
        obj.__dict__.update(row.__dict__)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self.remove(request, row)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        refusal: DomainError | None = getattr(request, "refusal", None)
        if refusal is None:
            return form

        def clean(self: ModelForm) -> Any:
            cleaned = form.clean(self)
            for param, sentence in _sentences(refusal):
                self.add_error(param if param in self.fields else None, sentence)
            return cleaned

        return type(form.__name__, (form,), {"clean": clean})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            # The same form again, now with the refusal in it and all that was typed.
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_message(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_message(request, super().changelist_view, *args, **kwargs)

    def _or_message(self, request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())


def _sentences(refusal: DomainError) -> list[tuple[str | None, str]]:
    if isinstance(refusal, InvalidFields):
        return [(param, sentence) for param, _, sentence in refusal.errors]
    return [(refusal.param, str(refusal))]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("occurred_at", "type", "actor_label", "subject_type", "subject_id", "relayed")
    list_filter = ("livemode", "actor_kind", "subject_type")
    search_fields = ("type", "actor_label", "request_id", "subject_uuid")
    detail = shown(Event, structures=("data", "previous"))

    @admin.display(boolean=True)
    def relayed(self, event: Event) -> bool:
        return event.relayed_at is not None

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """A whole uuid is looked up as one; anything else is searched as text."""
        try:
            subject = uuid.UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(subject_uuid=subject), False


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "seen_at")
    search_fields = ("name",)


@admin.register(EventSeal)
class EventSealAdmin(ReadOnlyAdmin):
    list_display = ("number", "organization_id", "event_count", "sealed_at", "hash")


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    list_display = ("name", "holder", "held_until")
    search_fields = ("name", "holder")
