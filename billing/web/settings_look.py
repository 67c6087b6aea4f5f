"""How documents look, with an invoice that shows it while one is choosing."""

import copy

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Organization
from billing.documents.pictures import uploaded_logo
from billing.documents.sample import sample_pdf, sample_picture
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.settings import LookForm, settings_initial
from billing.web.settings_saving import posted, saved, shown

_TRIED = ("accent_color", "template", "legal_text")


@staff_view("settings:write", methods=("GET", "POST"))
def look(request: StaffRequest) -> HttpResponse:
    """The button "Preview" shows what is typed and keeps nothing."""
    form = look_form(request)
    if request.POST.get("intent") == "preview":
        picture = picture_of(request, form)
        response = shown(request, form, "app/settings/look.html", picture=picture)
        response.status_code = 422 if form.errors else 200
        return response
    if saved(request, form):
        return redirect("billing:look")
    return shown(request, form, "app/settings/look.html", picture=picture_of(request, form))


@staff_view("settings:write", methods=("POST",))
def preview(request: StaffRequest) -> HttpResponse:
    """The picture alone, for a form that is being filled in."""
    picture = picture_of(request, look_form(request))
    return render(request, "app/settings/_picture.html", {"picture": picture})


@staff_view("settings:write")
def sample(request: StaffRequest) -> HttpResponse:
    """The same invoice as the PDF that customers get, in the look that is saved."""
    content = sample_pdf(request.organization, request.organization.template, request.today)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="Sample.pdf"'},
    )


def look_form(request: StaffRequest) -> LookForm:
    return LookForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial=settings_initial(LookForm, request.organization),
        locale=request.display_locale,
    )


def picture_of(request: StaffRequest, form: LookForm) -> SafeString:
    """A sample invoice in the look of the form; what it says wrongly is as it was."""
    tried: Organization = copy.copy(request.organization)
    logo = None
    if form.is_bound:
        form.is_valid()
        for name in _TRIED:
            if name in form.cleaned_data:
                setattr(tried, name, form.cleaned_data[name])
        given = form.cleaned_data.get("logo")
        if given and hasattr(given, "image"):
            given.seek(0)
            logo = uploaded_logo(given.read())
            given.seek(0)
        elif form.cleaned_data.get("remove_logo"):
            # The field itself is a descriptor that the copy shares its file with.
            tried.logo = ""
    # Of our own pen, which escapes every word.
    return mark_safe(sample_picture(tried, tried.template, request.today, logo=logo))  # noqa: S308
