"""/api/integrations/organizations."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from accounts.models import Organization
from accounts.operations import directory as operations
from accounts.operations.organizations import SandboxFollowsLive, SlugTaken
from accounts.queries import directory
from billing.documents.pictures import logo_png
from core.errors import InvalidValue, NotFound
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.shapes import File
from integrations.dialects.directory import bodies, shapes
from integrations.dialects.directory.presenters import (
    logo_address,
    present_listed_organization,
    present_organization,
)
from integrations.dialects.directory.views.base import DirectoryView

_SCOPES = ("settings:write",)


class OrganizationList(DirectoryView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List organizations",
            scopes=_SCOPES,
            query=bodies.listed("an organization's name or short name"),
            answer=shapes.page_of(shapes.ORGANIZATION_IN_LIST),
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = directory.list_organizations(self.actor, query.pop("query", ""))
        return self.page(rows, query, present_listed_organization)


class OrganizationDetail(DirectoryView):
    max_body_bytes = bodies.MOST_BODY_BYTES
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Get an organization", scopes=_SCOPES, answer=shapes.ORGANIZATION),
        "PUT": Endpoint(
            summary="Update an organization",
            scopes=_SCOPES,
            body=bodies.ORGANIZATION_UPDATE,
            answer=shapes.ORGANIZATION,
            description="What is not sent stays.",
            errors=(SlugTaken, SandboxFollowsLive),
            example={"name": "Acme Incorporated", "slug": "acme-inc"},
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self._answered(self._organization(id))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        organization = self._organization(id)
        changes = self.body()
        if isinstance(changes.get("logo"), str) and changes["logo"]:
            _check_stays(organization, changes)
        changed = operations.update_profile(**self.who, identifier=organization.uuid, **changes)
        return self._answered(changed)

    def _organization(self, id: str) -> Organization:
        return directory.get_organization(self.actor, self.path_uuid("organization", id))

    def _answered(self, organization: Organization) -> HttpResponse:
        members = list(directory.members_of(organization))
        return self.answer(present_organization(organization, members))


class OrganizationLogo(DirectoryView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Get an organization's logo",
            scopes=_SCOPES,
            answer=File(media_type="image/png", description="At most 640 pixels a side."),
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        identifier = self.path_uuid("organization", id)
        organization = directory.get_organization(self.actor, identifier)
        content = logo_png(organization.logo.name or "")
        if content is None:
            raise NotFound(noun="logo", id=id)
        return HttpResponse(content, content_type="image/png")


def _check_stays(organization: Organization, changes: dict[str, Any]) -> None:
    """An address is only good for saying that the logo stays: nothing is fetched for strangers."""
    if not organization.logo or changes.pop("logo") != logo_address(organization):
        raise InvalidValue(
            "Send the picture itself as a data: address, such as data:image/png;base64,…:"
            " logos are not fetched from other servers.",
            param="logo",
        )
