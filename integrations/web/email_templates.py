"""The organization's own words for its mail, with a preview of how they read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm
from integrations.mail import templates
from integrations.mail.naming import PLACEHOLDERS
from integrations.mail.previews import preview
from integrations.mail.templates import Words
from integrations.mail.words import LANGUAGES
from integrations.models import EmailTemplate

Kind = EmailTemplate.Kind
Language = EmailTemplate.Language


class TemplateForm(StaffForm):
    subject = forms.CharField(required=False, max_length=300)
    message = forms.CharField(
        label="Text", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 8})
    )


@staff_view("settings:write")
def index(request: StaffRequest) -> HttpResponse:
    """Every kind of mail in every language, with whose words it goes out in."""
    rows: dict[str, list[tuple[str, Words]]] = {}
    for words in templates.list_templates(request.organization.pk):
        label = Kind(words.kind).label
        rows.setdefault(label, []).append((Language(words.language).label, words))
    return render(request, "app/mail/templates.html", {"rows": list(rows.items())})


@staff_view("settings:write", methods=("GET", "POST"))
def edit(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """One of them. `show` in the post asks for a preview of what was typed, and saves nothing."""
    words = templates.get_template(request.organization.pk, kind, language)
    if request.method != "POST":
        form = TemplateForm(initial={"subject": words.subject, "message": words.message})
        return _page(request, words, form, words.subject, words.message)
    form = TemplateForm(request.POST)
    if not form.is_valid():
        return _page(request, words, form, words.subject, words.message, 422)
    subject, message = form.cleaned_data["subject"], form.cleaned_data["message"]
    if "show" in request.POST:
        refused = form.run(lambda: templates.check(kind, subject, message)) is None
        shown = (subject or words.subject, message or words.message)
        return _page(request, words, form, *shown, 422 if refused else 200)
    saved = form.run(
        lambda: templates.set_template(
            actor=request.actor,
            at=request.at,
            kind=kind,
            language=language,
            subject=subject,
            message=message,
        )
    )
    if saved:
        messages.success(request, gettext("Saved. It goes out with the next mail."))
        return redirect("integrations:email-template", kind, language)
    return _page(request, words, form, subject, message, 422)


@staff_view("settings:write", methods=("POST",))
def reset(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """Back to the product's words."""
    templates.reset_template(actor=request.actor, at=request.at, kind=kind, language=language)
    messages.success(request, gettext("The standard words are back."))
    return redirect("integrations:email-template", kind, language)


def _page(
    request: StaffRequest,
    words: Words,
    form: TemplateForm,
    subject: str,
    message: str,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "words": words,
        "kind_label": Kind(words.kind).label,
        "language_label": Language(words.language).label,
        "languages": [(each, Language(each).label) for each in LANGUAGES],
        "placeholders": PLACEHOLDERS[words.kind],
        "preview": preview(
            organization=request.organization,
            kind=words.kind,
            language=words.language,
            subject=subject,
            message=message,
            today=request.today,
        ),
    }
    return render(request, "app/mail/template.html", context, status=status)
