"""Files of an invoice: put there, taken out, sent with its mail."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from billing.operations.attachments import attach_file, delete_attachment, scopes_of
from billing.queries.attachments import get_attachment, read_content
from billing.web.access import StaffRequest, staff_view


class UploadForm(forms.Form):
    file = forms.FileField()
    send_with_invoice = forms.BooleanField(required=False)


@staff_view("invoices:write", methods=("POST",))
def upload(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Keep a file on the invoice; what it may be, the operation knows."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file that is not empty."))
        return redirect("billing:invoice-detail", uuid)
    file = form.cleaned_data["file"]
    kept = attach_file(
        actor=request.actor,
        at=request.at,
        noun="invoice",
        subject_id=uuid,
        file_name=file.name or "",
        content=file.read(),
        send_with_invoice=form.cleaned_data["send_with_invoice"],
    )
    messages.success(request, _("{name} is attached.").format(name=kept.file_name))
    return redirect("billing:invoice-detail", uuid)


@staff_view()
def download(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Always as a download, of no type that a browser would open by itself."""
    attachment = get_attachment(request.actor.organization_id, uuid)
    if not request.actor.may(scopes_of(attachment)[0]):
        raise PermissionDenied
    response = HttpResponse(read_content(attachment), content_type="application/octet-stream")
    response["Content-Disposition"] = (
        content_disposition_header(True, attachment.file_name) or "attachment"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@staff_view(methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    attachment = get_attachment(request.actor.organization_id, uuid)
    noun, subject = attachment.subject
    delete_attachment(actor=request.actor, at=request.at, attachment_id=attachment.pk)
    messages.success(request, _("{name} is deleted.").format(name=attachment.file_name))
    if noun == "invoice":
        return redirect("billing:invoice-detail", subject.uuid)
    return redirect("billing:dashboard")
