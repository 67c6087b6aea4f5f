"""/v1/account: the organization's own settings, its look and where it is paid."""

from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse

from accounts.models import Organization
from accounts.operations import bank_accounts, logos, organizations
from accounts.pictures import PictureRefused
from accounts.queries.bank_accounts import get_bank_account, list_bank_accounts
from core.errors import NotFound
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.base.shapes import File
from integrations.dialects.base.uploads import read_upload
from integrations.dialects.enterprise.bodies.account import ACCOUNT as ACCOUNT_BODY
from integrations.dialects.enterprise.bodies.account import BANK_ACCOUNT as BANK_ACCOUNT_BODY
from integrations.dialects.enterprise.bodies.account import account_values
from integrations.dialects.enterprise.bodies.attachments import LOGO, LOGO_FORM
from integrations.dialects.enterprise.presenters.account import (
    present_account,
    present_bank_account,
)
from integrations.dialects.enterprise.shapes.account import ACCOUNT, BANK_ACCOUNT, BANK_ACCOUNTS
from integrations.dialects.enterprise.views.base import EnterpriseView, list_query

_SETTINGS = ("settings:write",)


class AccountDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve the account",
            scopes=(),
            answer=ACCOUNT,
            description="Any valid credential may read the organization it belongs to.",
        ),
        **partial_update(
            Endpoint(
                summary="Update the account",
                scopes=_SETTINGS,
                body=ACCOUNT_BODY,
                answer=ACCOUNT,
                description=(
                    "Documents that exist keep the rules they were made with. A sandbox follows"
                    " its live account, and books that are open keep their currency."
                ),
                errors=(
                    organizations.SandboxFollowsLive,
                    organizations.BooksCurrencyFixed,
                ),
                example={"payment_terms": 14, "timezone": "Europe/Berlin"},
            )
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(present_account(self.organization))

    def put(self, request: HttpRequest) -> HttpResponse:
        changes = account_values(self.body(), self.organization)
        changed = organizations.update_organization(actor=self.actor, at=self.at, **changes)
        return self.answer(present_account(changed))

    patch = put


class AccountLogo(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Download the logo",
            scopes=(),
            answer=File(media_type="image/png"),
            errors=(NotFound,),
        ),
        "PUT": Endpoint(
            summary="Replace the logo",
            scopes=_SETTINGS,
            body=LOGO,
            body_schemas=LOGO_FORM,
            answer=ACCOUNT,
            description="PNG, JPEG, GIF or WebP up to 2 MB; kept as a PNG drawn anew.",
            errors=(PictureRefused, organizations.SandboxFollowsLive),
        ),
        "DELETE": Endpoint(summary="Remove the logo", scopes=_SETTINGS, status=204),
    }

    def read(self, request: HttpRequest) -> dict[str, Any]:
        return read_upload(request, logos.MOST_BYTES)

    def get(self, request: HttpRequest) -> HttpResponse:
        content = _stored_logo(self.organization)
        if content is None:
            raise NotFound(noun="logo", id="logo")
        response = HttpResponse(content, content_type="image/png")
        response.headers["Content-Disposition"] = 'attachment; filename="logo.png"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def put(self, request: HttpRequest) -> HttpResponse:
        content = self.body()["content"]
        changed = logos.set_logo(actor=self.actor, at=self.at, content=content)
        return self.answer(present_account(changed))

    def delete(self, request: HttpRequest) -> HttpResponse:
        logos.remove_logo(actor=self.actor, at=self.at)
        return self.no_content()


class BankAccountList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List bank accounts",
            scopes=_SETTINGS,
            query=list_query("bank account"),
            answer=BANK_ACCOUNTS,
        ),
        "POST": Endpoint(
            summary="Add a bank account",
            scopes=_SETTINGS,
            body=BANK_ACCOUNT_BODY,
            answer=BANK_ACCOUNT,
            status=201,
            description="Needs an IBAN or an account number. The first of a currency is printed.",
            example={
                "name": "Acme GmbH",
                "iban": "DE89370400440532013000",
                "bic": "COBADEFFXXX",
                "currency": "EUR",
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        page = PageRequest.taken_from(self.query())
        rows = list_bank_accounts(self.actor.organization_id)
        return self.list_answer(rows, page, present_bank_account)

    def post(self, request: HttpRequest) -> HttpResponse:
        account = bank_accounts.create_bank_account(actor=self.actor, at=self.at, **self.body())
        shown = present_bank_account(account)
        return self.answer(shown, 201, location=f"/v1/account/bank-accounts/{shown['id']}")


class BankAccountDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve a bank account", scopes=_SETTINGS, answer=BANK_ACCOUNT),
        **partial_update(
            Endpoint(
                summary="Update a bank account",
                scopes=_SETTINGS,
                body=BANK_ACCOUNT_BODY.optional(),
                answer=BANK_ACCOUNT,
                example={"is_default": True},
            )
        ),
        "DELETE": Endpoint(summary="Delete a bank account", scopes=_SETTINGS, status=204),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        reference = self.uuid_of("bank account", id)
        return self.answer(
            present_bank_account(get_bank_account(self.actor.organization_id, reference))
        )

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        account = bank_accounts.update_bank_account(
            actor=self.actor,
            at=self.at,
            bank_account_id=self.uuid_of("bank account", id),
            **self.body(),
        )
        return self.answer(present_bank_account(account))

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        bank_accounts.delete_bank_account(
            actor=self.actor, at=self.at, bank_account_id=self.uuid_of("bank account", id)
        )
        return self.no_content()


def _stored_logo(organization: Organization) -> bytes | None:
    """The logo as a PNG, or None where there is none or its file is lost."""
    if not organization.logo:
        return None
    try:
        with default_storage.open(organization.logo.name or "", "rb") as file:
            content: bytes = file.read()
    except OSError:
        return None
    return content
