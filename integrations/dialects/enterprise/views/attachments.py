"""Files on invoices, quotes, credit notes and customers, and /v1/attachments."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from accounts.pictures import PictureRefused
from billing.file_types import MOST_BYTES, FileRefused, FileTooLarge
from billing.operations import attachments
from billing.operations.attachments import SUBJECTS, scopes_of
from billing.queries.attachments import get_attachment, list_attachments, read_content
from billing.queries.lookup import find
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.base.shapes import File
from integrations.dialects.base.uploads import read_upload
from integrations.dialects.enterprise.bodies.attachments import ATTACHMENT as BODY
from integrations.dialects.enterprise.bodies.attachments import ATTACHMENT_FORM
from integrations.dialects.enterprise.presenters.attachments import present_attachment
from integrations.dialects.enterprise.shapes.attachments import ATTACHMENT, ATTACHMENTS
from integrations.dialects.enterprise.views.base import EnterpriseView, list_query

LIST = list_query("attachment")
_BYTES = "application/octet-stream"
# A stranger's file is never a page of ours: it is handed over, not shown.
_HANDED_OVER = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _endpoints(noun: str) -> Endpoints:
    _, reading, writing = SUBJECTS[noun]
    return {
        "GET": Endpoint(
            summary=f"List the files of a{'n' if noun[0] in 'aeiou' else ''} {noun}",
            scopes=(reading,),
            query=LIST,
            answer=ATTACHMENTS,
        ),
        "POST": Endpoint(
            summary=f"Attach a file to a{'n' if noun[0] in 'aeiou' else ''} {noun}",
            scopes=(writing,),
            body=BODY,
            body_schemas=ATTACHMENT_FORM,
            answer=ATTACHMENT,
            status=201,
            description=(
                "As a form with `file`, or as JSON with `filename` and `content_base64`. PDF,"
                " PNG, JPEG, CSV, text, XML, XLSX and DOCX up to 10 MB, told from their bytes."
            ),
            errors=(
                FileRefused,
                PictureRefused,
                FileTooLarge,
                attachments.TooManyAttachments,
                attachments.MailTooLarge,
            ),
            example={
                "filename": "timesheet.csv",
                "content_base64": "ZGF5LGhvdXJzCg==",
            },
        ),
    }


class _Files(EnterpriseView):
    noun: ClassVar[str]

    def read(self, request: HttpRequest) -> dict[str, Any]:
        return read_upload(request, MOST_BYTES)

    def subject(self, id: str) -> Any:
        """What the files belong to. Raises NotFound."""
        rows = SUBJECTS[self.noun][0].objects.of(self.actor.organization_id)
        return find(rows, self.uuid_of(self.noun, id), self.noun)

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        page = PageRequest.taken_from(self.query())
        mine = {self.noun.replace(" ", "_"): self.subject(id)}
        rows = list_attachments(self.actor.organization_id).filter(**mine)
        return self.list_answer(rows, page, present_attachment)

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        attachment = attachments.attach_file(
            actor=self.actor,
            at=self.at,
            noun=self.noun,
            subject_id=self.subject(id).pk,
            **self.body(),
        )
        shown = present_attachment(attachment)
        return self.answer(shown, 201, location=f"/v1/attachments/{shown['id']}")


class InvoiceFiles(_Files):
    noun = "invoice"
    endpoints: ClassVar[Endpoints] = _endpoints("invoice")


class QuoteFiles(_Files):
    noun = "quote"
    endpoints: ClassVar[Endpoints] = _endpoints("quote")


class CreditNoteFiles(_Files):
    noun = "credit note"
    endpoints: ClassVar[Endpoints] = _endpoints("credit note")


class CustomerFiles(_Files):
    noun = "customer"
    endpoints: ClassVar[Endpoints] = _endpoints("customer")


_DESCRIPTION = "Needs the scope that its invoice, quote, credit note or customer needs."


class AttachmentDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a file's description",
            scopes=(),
            answer=ATTACHMENT,
            description=_DESCRIPTION,
        ),
        "DELETE": Endpoint(
            summary="Delete a file", scopes=(), status=204, description=_DESCRIPTION
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        reference = self.uuid_of("attachment", id)
        attachment = get_attachment(self.actor.organization_id, reference)
        self.actor.require(scopes_of(attachment)[0])
        return self.answer(present_attachment(attachment))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        attachments.delete_attachment(
            actor=self.actor, at=self.at, attachment_id=self.uuid_of("attachment", id)
        )
        return self.no_content()


class AttachmentContent(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Download a file",
            scopes=(),
            answer=File(media_type=_BYTES, description="As it was uploaded."),
            description=f"{_DESCRIPTION} Always as a download.",
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        reference = self.uuid_of("attachment", id)
        attachment = get_attachment(self.actor.organization_id, reference)
        self.actor.require(scopes_of(attachment)[0])
        # Of no type that a browser would open by itself; the description names the real one.
        response = HttpResponse(read_content(attachment), content_type=_BYTES)
        response.headers["Content-Disposition"] = (
            content_disposition_header(True, attachment.file_name) or "attachment"
        )
        for name, value in _HANDED_OVER.items():
            response.headers[name] = value
        return response
