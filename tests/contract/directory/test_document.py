"""The examples of the document, sent as printed."""

import datetime
import math
import time
import uuid

import pytest

from accounts.models import ApiKey, Membership, Organization, User
from integrations.dialects.base.ratelimit import count
from integrations.docs.documents import document
from tests.contract.directory.conftest import ISO, Directory
from tests.instants import AT

pytestmark = pytest.mark.django_db
JOHN = {"name": "John Doe", "email": "john@example.com", "role": "customer"}


def test_a_simple_get_with_authentication(directory: Directory, alice: User) -> None:
    answer = directory.get("/users")
    assert answer.json == {
        "data": [
            {
                "id": str(alice.uuid),
                "name": "Alice Archer",
                "firstName": None,
                "lastName": None,
                "email": "alice@acme.test",
                "phone": None,
                "role": "super-admin",
                "createdAt": "2025-01-15T10:30:00Z",
                "updatedAt": "2025-01-15T10:30:00Z",
            }
        ],
        "meta": {
            "total": 1,
            "per_page": 10,
            "current_page": 1,
            "last_page": 1,
            "from": 1,
            "to": 1,
        },
    }


def test_create_a_new_user(directory: Directory, acme: Organization) -> None:
    made = directory.made(**JOHN)
    assert {name: made[name] for name in JOHN} == JOHN
    assert uuid.UUID(made["id"])
    (member,) = made["members"]
    assert (member["organizationId"], member["role"]) == (str(acme.uuid), "customer")
    assert Membership.objects.of(acme.pk).get(uuid=member["id"]).role == "customer"
    assert directory.get(f"/users/{made['id']}").json == made


def test_create_with_every_field(directory: Directory) -> None:
    sent = {
        **JOHN,
        "firstName": "John",
        "lastName": "Doe",
        "phone": "+1 555 0100",
        "dob": "1990-05-17",
        "role": "admin",
    }
    made = directory.made(**sent)
    assert {name: made[name] for name in sent} == sent


def test_update_an_existing_user(directory: Directory) -> None:
    made = directory.made(**JOHN)
    sent = {"name": "John Smith", "email": "johnsmith@example.com"}
    changed = directory.put(f"/users/{made['id']}", sent)
    assert changed.status == 200
    assert {name: changed.json[name] for name in sent} == sent
    assert {**changed.json, **JOHN, "updatedAt": 0} == {**made, "updatedAt": 0}


def test_an_invalid_key(acme: Organization) -> None:
    for secret in ("invalid-key", "", "ivk_" + "a" * 38):
        answer = Directory(secret).get("/users")
        assert answer.status == 401
        assert answer.content == b'{"error":"Unauthorized: Valid API key required"}'


def test_a_key_in_the_address_opens_nothing(directory: Directory) -> None:
    for name in ("X-Invois-Key", "api_key", "key", "token"):
        assert Directory("").get(f"/users?{name}={directory.secret}").status == 401


def test_users_with_search(directory: Directory) -> None:
    for number in range(12):
        directory.made(name=f"John {number}", email=f"john{number}@example.com")
    directory.made(name="Mary Major", email="mary@example.com")
    answer = directory.get("/users?query=john&page=1&per_page=5").json
    assert [each["name"] for each in answer["data"]] == [f"John {n}" for n in range(5)]
    assert set(answer["data"][0]) & {"members", "dob"} == set()
    assert answer["meta"] == {
        "total": 12,
        "per_page": 5,
        "current_page": 1,
        "last_page": 3,
        "from": 1,
        "to": 5,
    }
    last = directory.get("/users?query=john&page=3&per_page=5").json
    assert [each["name"] for each in last["data"]] == ["John 10", "John 11"]
    assert (last["meta"]["from"], last["meta"]["to"]) == (11, 12)
    assert directory.get("/users").json["meta"]["last_page"] == 2


def test_a_page_beyond_the_last_is_empty(directory: Directory) -> None:
    answer = directory.get("/users?page=9").json
    assert answer["data"] == []
    assert (answer["meta"]["from"], answer["meta"]["to"], answer["meta"]["last_page"]) == (0, 0, 1)


def test_per_page_above_a_hundred_means_a_hundred(directory: Directory) -> None:
    assert directory.get("/users?per_page=5000").json["meta"]["per_page"] == 100


@pytest.mark.parametrize("query", ["page=x", "per_page=ten", "page=0", "per_page=0", "page=1.5"])
def test_pages_that_are_no_numbers(directory: Directory, query: str) -> None:
    answer = directory.get(f"/users?{query}")
    assert answer.status == 400
    assert answer.json["error"] == "Validation Error"
    assert list(answer.json["details"]) == [query.partition("=")[0]]


def test_a_users_organizations(directory: Directory, acme: Organization) -> None:
    made = directory.made()
    answer = directory.get(f"/users/{made['id']}/organizations").json
    assert answer["meta"] == {"total": 1, "count": 1}
    (shown,) = answer["data"]
    assert (shown["id"], shown["name"], shown["memberCount"]) == (str(acme.uuid), "Acme", 2)
    (member,) = made["members"]
    assert shown["membership"] == {
        "id": member["id"],
        "role": "customer",
        "createdAt": member["createdAt"],
    }


def test_organizations(directory: Directory, acme: Organization, alice: User) -> None:
    listed = directory.get("/organizations?query=acm&per_page=20").json
    tier = {"id": "professional", "name": "Professional", "features": []}
    assert listed["data"] == [
        {
            "id": str(acme.uuid),
            "name": "Acme",
            "slug": "acme",
            "logo": None,
            "memberCount": 1,
            "premiumTier": tier,
            "createdAt": "2025-01-15T10:30:00Z",
        }
    ]
    assert listed["meta"]["total"] == 1
    one = directory.get(f"/organizations/{acme.uuid}").json
    limits = {"maxUsers": None, "maxStorage": None, "apiCallsPerMonth": None}
    member = Membership.objects.of(acme.pk).get()
    assert one == {
        **listed["data"][0],
        "premiumTier": {**tier, "limits": limits},
        "members": [
            {
                "id": str(member.uuid),
                "userId": str(alice.uuid),
                "role": "super-admin",
                "user": {
                    "id": str(alice.uuid),
                    "name": "Alice Archer",
                    "email": "alice@acme.test",
                },
                "createdAt": "2025-01-15T10:30:00Z",
            }
        ],
    }
    assert directory.get("/organizations?query=nobody").json["meta"]["total"] == 0


def test_update_an_organization(directory: Directory, acme: Organization) -> None:
    path = f"/organizations/{acme.uuid}"
    changed = directory.put(path, {"name": "Acme Incorporated", "slug": "acme-inc"})
    assert changed.status == 200
    assert (changed.json["name"], changed.json["slug"]) == ("Acme Incorporated", "acme-inc")
    assert directory.get(path).json == changed.json
    twin = Organization.objects.get(sandbox_of=acme)
    assert (twin.name, twin.slug) == ("Acme Incorporated", "acme-inc-sandbox")


def test_a_taken_slug(directory: Directory, acme: Organization, rival: Organization) -> None:
    answer = directory.put(f"/organizations/{acme.uuid}", {"name": "X Inc", "slug": "rival"})
    assert answer.status == 409
    assert answer.json == {
        "error": "Conflict",
        "message": "Slug already exists",
        "details": {"slug": ["This slug is already taken"]},
    }
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_validation_error(directory: Directory) -> None:
    answer = directory.post("/users", {"name": "J", "email": "nonsense", "role": "king"})
    assert answer.status == 400
    assert answer.json["error"] == "Validation Error"
    assert answer.json["message"] == "The request contains invalid data"
    assert set(answer.json["details"]) == {"name", "email", "role"}
    missing = directory.post("/users", {})
    assert missing.json["details"] == {
        "name": ["name is required"],
        "email": ["email is required"],
    }


def test_a_date_that_is_none(directory: Directory) -> None:
    answer = directory.post("/users", {**JOHN, "dob": "17.05.1990", "firstName": "x" * 101})
    assert set(answer.json["details"]) == {"dob", "firstName"}


def test_an_email_that_is_taken(directory: Directory, mallory: User) -> None:
    directory.made(**JOHN)
    for email in ("john@example.com", "JOHN@example.com", mallory.email):
        answer = directory.post("/users", {**JOHN, "email": email})
        assert answer.status == 409
        assert answer.json == {
            "error": "Conflict",
            "message": "Email already exists",
            "details": {"email": ["This email is already registered"]},
        }
    assert User.objects.count() == 3


@pytest.mark.parametrize("id", ["user-123", "1", "x" * 36, "0195a3c0-0000-7000-8000-000000000000"])
def test_what_is_not_there(directory: Directory, id: str) -> None:
    for path in (f"/users/{id}", f"/users/{id}/organizations"):
        answer = directory.get(path)
        assert (answer.status, answer.json) == (
            404,
            {"error": "Not Found", "message": "User not found"},
        )
    answer = directory.put(f"/organizations/{id}", {"name": "Nobody"})
    assert (answer.status, answer.json["message"]) == (404, "Organization not found")


def test_rate_limit_headers(directory: Directory) -> None:
    first, second = directory.get("/users"), directory.get("/users")
    left = [int(answer.headers["X-RateLimit-Remaining"]) for answer in (first, second)]
    assert left == [999, 998]
    reset = datetime.datetime.fromisoformat(first.headers["X-RateLimit-Reset"])
    assert 0 < reset.timestamp() - time.time() <= 61


def test_too_many_requests(directory: Directory, clock: object) -> None:
    key = ApiKey.objects.get(dialect="directory")
    for _ in range(1_000):
        count(f"directory:api_key:{key.pk}", 1_000, 60)
    answer = directory.get("/users")
    assert answer.status == 429
    details = answer.json["details"]
    assert answer.json["error"] == "Rate Limit Exceeded"
    assert answer.json["message"] == "Too many requests. Please try again later."
    assert set(details) == {"retry_after", "limit", "remaining", "reset_time", "window"}
    assert (details["limit"], details["remaining"], details["window"]) == (1000, 0, 60)
    assert details["retry_after"] == 60
    assert answer.headers["Retry-After"] == "60"
    assert ISO.fullmatch(details["reset_time"])
    assert details["reset_time"] == answer.headers["X-RateLimit-Reset"]
    reset = datetime.datetime.fromisoformat(details["reset_time"])
    assert math.ceil((reset - AT).total_seconds()) == 60


def test_the_document_calls_the_reset_a_moment(directory: Directory) -> None:
    described = document("directory")["components"]["headers"]["X-RateLimit-Reset"]
    assert described["schema"] == {"type": "string", "format": "date-time"}
    shown = directory.get("/users").headers["X-RateLimit-Reset"]
    assert datetime.datetime.fromisoformat(shown).tzinfo is not None
