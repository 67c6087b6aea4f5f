"""/api/v1/credentials, for a customer on behalf of a user and for the user alone."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse

from core.errors import DomainError, InvalidFields, Kind
from integrations.collectors import accounts, credentials, people
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.shapes import Many
from integrations.dialects.collector import bodies, shapes
from integrations.dialects.collector.authentication import InvalidUserToken
from integrations.dialects.collector.presenters import present_credential
from integrations.dialects.collector.views.base import SCOPES, CollectorView
from integrations.models import CollectedInvoice, CollectorCredential, CollectorUser

_ABOUT_CONNECTING = (
    people.TermsNotAccepted,
    accounts.CallbackMissing,
    credentials.UnknownCollector,
    credentials.NotSubscribed,
    credentials.CollectorPlanned,
    credentials.ParamsMissing,
    credentials.ParamNotAccepted,
    InvalidUserToken,
)
_EXAMPLE = {
    "collector": "imap",
    "params": {"host": "imap.example.com", "email": "jane@example.com", "password": "…"},
}


class CredentialOfAnotherUser(DomainError):
    kind, code = Kind.FORBIDDEN, "credential_of_another_user"
    message = 'Credential with id "{shown}" does not belong to user.'


class CredentialView(CollectorView):
    takes_user_tokens = True

    def owner(self, id: str | None) -> CollectorUser | None:
        """Whose credentials are meant: the user of the path, else of the token, else anybody's."""
        if id is None:
            return self._consenting(self.caller_user)
        user = people.get_user(self.organization.pk, id)
        if self.caller_user is not None and user.pk != self.caller_user.pk:
            raise InvalidUserToken()
        return self._consenting(user)

    def credential(self, cid: str, id: str | None) -> CollectorCredential:
        owner = self.owner(id)
        found = credentials.get_credential(self.organization.pk, cid)
        if owner is not None and found.user_id != owner.pk:
            raise CredentialOfAnotherUser(shown=cid[:64])
        return found

    def shown(self, rows: QuerySet[CollectorCredential]) -> list[dict[str, Any]]:
        seen = CollectedInvoice.objects.of(self.organization.pk).filter(duplicate_of=None)
        seen = seen.defer("sealed_document").order_by("issued_at", "pk")
        fetched = rows.prefetch_related(Prefetch("invoices", seen, to_attr="shown_invoices"))
        return [present_credential(row) for row in fetched]

    def show_one(self, credential: CollectorCredential) -> HttpResponse:
        rows = credentials.list_credentials(self.organization.pk).filter(pk=credential.pk)
        return self.answer(self.shown(rows)[0])

    def _consenting(self, user: CollectorUser | None) -> CollectorUser | None:
        if user is not None and self.caller_user is not None and people.needs_consent(user):
            raise people.TermsNotAccepted()
        return user


class CredentialList(CredentialView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List credentials",
            scopes=SCOPES,
            answer=Many(shapes.CREDENTIAL),
            description="With a user token, those of that user.",
            errors=(people.TermsNotAccepted, InvalidUserToken),
        )
    }

    def get(self, request: HttpRequest, id: str | None = None) -> HttpResponse:
        rows = credentials.list_credentials(self.organization.pk, self.owner(id))
        return self.answer(self.shown(rows))


class CredentialsOfUser(CredentialView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Connect a collector",
            scopes=SCOPES,
            body=bodies.CREDENTIAL,
            answer=shapes.CREDENTIAL,
            description="It is collected at once, in the background.",
            errors=_ABOUT_CONNECTING,
            example=_EXAMPLE,
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        owner = self.owner(id)
        if owner is None:
            raise AssertionError("the path names a user")
        return self.connect(owner, self.body())

    def connect(self, user: CollectorUser, body: dict[str, Any]) -> HttpResponse:
        note = body["params"].pop("note", "")
        made = credentials.connect(**self.who, user=user, note=note, **body)
        return self.show_one(made)


class Credentials(CredentialsOfUser):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Connect a collector of one's own",
            scopes=SCOPES,
            body=bodies.CREDENTIAL_OF,
            answer=shapes.CREDENTIAL,
            description="With a user token, for that user; a customer's bearer names the user"
            " in `user_id`. It is collected at once, in the background.",
            errors=_ABOUT_CONNECTING,
            example=_EXAMPLE,
        )
    }

    def post(self, request: HttpRequest, id: str = "") -> HttpResponse:
        body = self.body()
        named = body.pop("user_id", None)
        owner = self.owner(None)
        if owner is None and named is None:
            raise InvalidFields([("user_id", "required", "user_id is required")])
        return self.connect(owner or people.get_user(self.organization.pk, named), body)


class CredentialDetail(CredentialView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Get a credential with its state",
            scopes=SCOPES,
            answer=shapes.CREDENTIAL,
            errors=(CredentialOfAnotherUser, people.TermsNotAccepted, InvalidUserToken),
        ),
        "PUT": Endpoint(
            summary="Repair a credential",
            scopes=SCOPES,
            body=bodies.REPAIR,
            answer=shapes.CREDENTIAL,
            description="Changes what is given, and collects at once. Passwords are given anew"
            " where anything besides them changes, so that nobody has a password that they do not"
            " know sent elsewhere.",
            errors=(
                CredentialOfAnotherUser,
                people.TermsNotAccepted,
                credentials.ParamsMissing,
                credentials.ParamNotAccepted,
                InvalidUserToken,
            ),
            example={"params": {"password": "…"}},
        ),
        "DELETE": Endpoint(
            summary="Remove a credential",
            scopes=SCOPES,
            description="Its secrets and documents are erased; a collect under way is given up.",
            errors=(CredentialOfAnotherUser, people.TermsNotAccepted, InvalidUserToken),
        ),
    }

    def get(self, request: HttpRequest, cid: str, id: str | None = None) -> HttpResponse:
        return self.show_one(self.credential(cid, id))

    def put(self, request: HttpRequest, cid: str, id: str | None = None) -> HttpResponse:
        body = self.body()
        if "note" in body.get("params", {}):
            body["note"] = body["params"].pop("note")
        found = self.credential(cid, id)
        return self.show_one(credentials.repair(**self.who, credential=found, **body))

    def delete(self, request: HttpRequest, cid: str, id: str | None = None) -> HttpResponse:
        credentials.remove(**self.who, credential=self.credential(cid, id))
        return self.done()


class CredentialCode(CredentialView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Answer with the code that the supplier sent",
            scopes=SCOPES,
            body=bodies.CODE,
            description="While the state has the index 3.",
            errors=(
                CredentialOfAnotherUser,
                people.TermsNotAccepted,
                credentials.NoCollectInProgress,
                InvalidUserToken,
            ),
            example={"code": "123456"},
        )
    }

    def post(self, request: HttpRequest, cid: str, id: str | None = None) -> HttpResponse:
        found = self.credential(cid, id)
        credentials.answer_code(**self.who, credential=found, **self.body())
        return self.done()


class CredentialCollect(CredentialView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Collect now",
            scopes=SCOPES,
            description="Joins a collect that is under way.",
            errors=(CredentialOfAnotherUser, people.TermsNotAccepted, InvalidUserToken),
        )
    }

    def post(self, request: HttpRequest, cid: str, id: str | None = None) -> HttpResponse:
        credentials.collect_now(**self.who, credential=self.credential(cid, id))
        return self.done()
