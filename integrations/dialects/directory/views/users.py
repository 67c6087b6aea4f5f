"""/api/integrations/users."""

import functools
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.operations import directory as operations
from accounts.operations import memberships
from accounts.operations.users import EmailTaken
from accounts.queries import directory
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.directory import bodies, shapes
from integrations.dialects.directory.presenters import (
    present_listed_user,
    present_user,
    present_user_organization,
    shown_role,
)
from integrations.dialects.directory.views.base import DirectoryView
from integrations.dialects.directory.words import ROLES

_SCOPES = ("settings:write",)
_ABOUT_ROLES = (operations.OwnerRoleReserved, memberships.RoleAboveYours)


class UserList(DirectoryView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List users",
            scopes=_SCOPES,
            query=bodies.listed("a user's names or e-mail address"),
            answer=shapes.page_of(shapes.USER_IN_LIST),
        ),
        "POST": Endpoint(
            summary="Create a user",
            scopes=_SCOPES,
            body=bodies.USER,
            answer=shapes.USER,
            status=201,
            description="The user belongs to the key's organization and sets a password by the"
            " reset mail.",
            errors=(EmailTaken, memberships.SandboxHasNoTeam, *_ABOUT_ROLES),
            example={"name": "John Doe", "email": "john@example.com", "role": "customer"},
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = directory.list_people(self.actor, query.pop("query", ""))
        return self.page(rows, query, functools.partial(present_listed_user, self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        made = operations.add_person(**self.who, **self.body())
        where = f"/api/integrations/users/{made.uuid}"
        return self.answer(present_user(self.actor, made), 201, location=where)


class UserDetail(DirectoryView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Get a user", scopes=_SCOPES, answer=shapes.USER),
        "PUT": Endpoint(
            summary="Update a user",
            scopes=_SCOPES,
            body=bodies.USER_UPDATE,
            answer=shapes.USER,
            description="What is not sent stays. A user who also belongs to an organization"
            " that this key does not see is not changed, nor is an operator of the"
            " installation. Another e-mail address makes the user set a new password.",
            errors=(
                EmailTaken,
                operations.BelongsElsewhereToo,
                operations.PersonIsOperator,
                operations.BelongsNowhere,
                memberships.LastOwner,
                *_ABOUT_ROLES,
            ),
            example={"name": "John Smith", "email": "johnsmith@example.com"},
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(present_user(self.actor, self._user(id)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        person = self._user(id)
        changes = self.body()
        role = changes.get("role")
        # One word stands for several of our roles: whoever is called by it stays what they are.
        if role and ROLES.to_wire(role) == shown_role(self.actor, person):
            changes.pop("role")
        if changes.get("name") == person.get_full_name():
            # Somebody without a name is shown by their others; that makes it no name.
            changes.pop("name")
        changed = operations.update_person(**self.who, identifier=person.uuid, **changes)
        return self.answer(present_user(self.actor, changed))

    def _user(self, id: str) -> User:
        return directory.get_person(self.actor, self.path_uuid("user", id))


class UserOrganizations(DirectoryView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List a user's organizations",
            scopes=_SCOPES,
            answer=shapes.USER_ORGANIZATIONS,
            description="As far as this key sees.",
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        person = directory.get_person(self.actor, self.path_uuid("user", id))
        found = directory.organizations_of(self.actor, person)
        return self.answer(
            {
                "data": [present_user_organization(*each) for each in found],
                "meta": {"total": len(found), "count": len(found)},
            }
        )
