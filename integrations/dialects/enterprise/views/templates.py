"""/v1/invoice-templates: the designs that `template_id` chooses from."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from billing.documents.sample import sample_pdf
from billing.models.base import TEMPLATES
from core.errors import NotFound
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.shapes import File
from integrations.dialects.enterprise.shapes.account import TEMPLATE, TEMPLATE_LIST
from integrations.dialects.enterprise.views.base import EnterpriseView

WORDS = {
    "tmpl_modern": ("Modern", "A band in your colour, room to breathe, the sum in large type."),
    "tmpl_classic": ("Classic", "A letterhead with serif type and ruled lines."),
    "tmpl_compact": ("Compact", "Small type and narrow rows: long invoices on few pages."),
}


class TemplateList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List invoice templates",
            scopes=(),
            answer=TEMPLATE_LIST,
            description="Any valid credential may read them.",
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        shown = [_present(template, self.organization.template) for template in TEMPLATES]
        return self.answer({"object": "list", "data": shown, "has_more": False})


class TemplateDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve an invoice template", scopes=(), answer=TEMPLATE)
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(_present(_known(id), self.organization.template))


class TemplatePreview(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Preview an invoice template",
            scopes=(),
            answer=File(media_type="application/pdf"),
            description="A sample invoice with your own name, colour and logo.",
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        template = _known(id)
        content = sample_pdf(self.organization, template, self.today)
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="Preview_{template}.pdf"'
        return response


def _known(template: str) -> str:
    if template not in TEMPLATES:
        raise NotFound(noun="invoice template", id=template[:100])
    return template


def _present(template: str, default: str) -> dict[str, Any]:
    name, description = WORDS[template]
    return {
        "id": template,
        "object": "invoice_template",
        "name": name,
        "description": description,
        "is_default": template == default,
        "preview_url": f"/v1/invoice-templates/{template}/preview",
    }
