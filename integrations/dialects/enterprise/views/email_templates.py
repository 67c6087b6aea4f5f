"""/v1/email-templates: the organization's own words for its mail."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.enterprise.bodies.account import EMAIL_TEMPLATE as EMAIL_TEMPLATE_BODY
from integrations.dialects.enterprise.presenters.email_templates import present_email_template
from integrations.dialects.enterprise.shapes.email_templates import (
    EMAIL_TEMPLATE,
    EMAIL_TEMPLATES,
)
from integrations.dialects.enterprise.views.base import EnterpriseView
from integrations.mail import templates
from integrations.mail.templates import StrayBrace, UnknownPlaceholder

_SETTINGS = ("settings:write",)


class EmailTemplateList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List email templates",
            scopes=_SETTINGS,
            answer=EMAIL_TEMPLATES,
            description="Every kind of mail in every language.",
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = templates.list_templates(self.actor.organization_id)
        shown = [present_email_template(words) for words in rows]
        return self.answer({"object": "list", "data": shown, "has_more": False})


class EmailTemplateDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve an email template", scopes=_SETTINGS, answer=EMAIL_TEMPLATE
        ),
        **partial_update(
            Endpoint(
                summary="Write an email template",
                scopes=_SETTINGS,
                body=EMAIL_TEMPLATE_BODY,
                answer=EMAIL_TEMPLATE,
                errors=(UnknownPlaceholder, StrayBrace),
                description="The customer's language decides which one is sent. Names in braces"
                " are replaced by the document's figures, and nothing is evaluated. What is"
                " empty is in the product's words.",
                example={
                    "subject": "Invoice {invoice_number} of {company_name}",
                    "message": "Hello {customer_name}, {amount_due} is due on {due_date}.",
                },
            )
        ),
        "DELETE": Endpoint(
            summary="Return to the standard email template", scopes=_SETTINGS, status=204
        ),
    }

    def get(self, request: HttpRequest, kind: str, language: str) -> HttpResponse:
        return self.answer(
            present_email_template(
                templates.get_template(self.actor.organization_id, kind, language)
            )
        )

    def put(self, request: HttpRequest, kind: str, language: str) -> HttpResponse:
        words = templates.set_template(
            actor=self.actor, at=self.at, kind=kind, language=language, **self.body()
        )
        return self.answer(present_email_template(words))

    patch = put

    def delete(self, request: HttpRequest, kind: str, language: str) -> HttpResponse:
        templates.reset_template(actor=self.actor, at=self.at, kind=kind, language=language)
        return self.no_content()
