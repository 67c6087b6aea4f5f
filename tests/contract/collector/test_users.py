"""What users reach with a token, what their customer reaches, and what nobody else does."""

import datetime
import uuid
from typing import Any

import pytest

from integrations.collectors.sources import SOURCES
from integrations.models import CollectorCredential, CollectorUser, CollectorUserToken
from tests.contract.collector.conftest import CALLBACK, Collector, mailed_code

pytestmark = pytest.mark.django_db
FOLDER = {"collector": "folder", "params": {"folder": "in"}}


@pytest.fixture
def jane(collector: Collector) -> Collector:
    """A user of acme who has accepted the terms, with the customer's callback set."""
    collector.post("/customer", {"callback": CALLBACK})
    return Collector(token=collector.welcome()["token"])


def test_a_user_connects_watches_and_removes(jane: Collector) -> None:
    params = {"folder": "in", "note": "Scanner", "colour": "blue"}
    made = jane.post("/credential", {**FOLDER, "params": params}).json
    assert (made["note"], made["collector"]["name"]) == ("Scanner", "Dossier surveillé")
    assert made["state"] == {"index": 0, "max": 7, "title": "Scheduled", "message": ""}
    assert (made["last_collect_timestamp"], made["invoices"]) == (None, [])
    assert made["next_collect_timestamp"] == made["create_timestamp"]
    assert jane.get(f"/credential/{made['id']}").json == made
    assert jane.get("/credentials").json == [made]
    assert jane.delete(f"/credential/{made['id']}").status == 200
    assert jane.get("/credentials").json == []


def test_no_answer_shows_a_parameter(jane: Collector) -> None:
    sent = {"host": "127.0.0.1", "email": "jane", "password": "canary-4471", "port": 1143}
    answer = jane.post("/credential", {"collector": "imap", "params": sent})
    assert answer.status == 200
    assert b"canary-4471" not in answer.content + jane.get("/credentials").content


def test_the_customer_reaches_the_same_below_the_user(collector: Collector) -> None:
    user = collector.welcome()
    made = collector.connected(user["id"], download_from_timestamp=1731603196397)
    assert made["download_from_timestamp"] == 1731603196397
    below = f"/user/{user['id']}/credential"
    assert collector.get(f"{below}s").json == [made]
    assert collector.get(f"{below}/{made['id']}").json == made
    assert collector.post(f"{below}/{made['id']}/collect").status == 200
    assert collector.get("/credentials").json[0]["id"] == made["id"]
    assert collector.delete(f"{below}/{made['id']}").status == 200
    assert not CollectorCredential.objects.exists()


def test_a_bearer_names_the_user_in_the_body(collector: Collector) -> None:
    user = collector.welcome()
    collector.post("/customer", {"callback": CALLBACK})
    refused = collector.post("/credential", FOLDER)
    assert refused.json["message"] == 'The field "user_id" is missing.'
    made = collector.post("/credential", {**FOLDER, "user_id": user["id"]})
    assert made.json["user_id"] == user["id"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"collector": "folder", "params": {}}, 'The param "folder" is missing'),
        (
            {"collector": "imap", "params": {"host": "127.0.0.1"}},
            'The params "email", "password" are missing',
        ),
        ({"collector": "acme", "params": {}}, 'There is no collector "acme".'),
        ({"collector": "folder", "params": {"folder": ".."}}, 'The param "folder" is not'),
        ({"params": {}}, 'The field "collector" is missing.'),
        ({"collector": "folder", "params": []}, "must be an object"),
    ],
)
def test_what_cannot_be_connected(jane: Collector, body: Any, message: str) -> None:
    answer = jane.post("/credential", body)
    assert answer.status == 400
    assert message in answer.json["message"]
    assert not CollectorCredential.objects.exists()


def test_without_a_callback_nothing_is_connected(collector: Collector) -> None:
    jane = Collector(token=collector.welcome()["token"])
    answer = jane.post("/credential", FOLDER)
    assert (answer.status, answer.json["message"]) == (
        400,
        "No callback url defined for the customer. Please define a callback URL first.",
    )


def test_only_subscribed_collectors_are_offered(collector: Collector, jane: Collector) -> None:
    collector.post("/customer", {"isSubscribedToAll": False, "subscribedCollectors": ["imap"]})
    assert [each["id"] for each in jane.get("/collectors").json] == ["imap"]
    answer = jane.post("/credential", FOLDER)
    assert answer.json["message"] == (
        'Customer has not subscribed to collector "folder". Available collectors are: imap'
    )


def test_what_is_announced_is_listed_but_cannot_be_connected(
    collector: Collector, jane: Collector
) -> None:
    planned = [each for each in jane.get("/collectors").json if each["state"] == "planned"]
    assert {(each["type"], each["authenticationMethod"]) for each in planned} == {
        ("sketch", "secretsOnly")
    }
    answer = jane.post("/credential", {"collector": planned[0]["id"], "params": {}})
    assert (answer.status, answer.json["message"]) == (
        400,
        f'The collector "{planned[0]["id"]}" is announced and cannot collect yet.',
    )
    collector.post("/customer", {"displaySketchCollectors": False})
    assert {each["state"] for each in jane.get("/collectors").json} == {"active"}


def test_anybody_sees_the_collectors_in_their_language() -> None:
    english, french = (Collector().get(f"/collectors?locale={one}").json for one in ("en", "fr"))
    names = {each["id"]: each["name"] for each in english}
    assert list(names) == [each["id"] for each in french] == list(SOURCES)
    assert names["folder"] == "Watched folder"
    assert french[0]["params"]["password"] == {
        "type": "password",
        "name": "Mot de passe",
        "placeholder": "",
        "mandatory": True,
    }


def test_a_code_nobody_asked_for(jane: Collector) -> None:
    made = jane.post("/credential", FOLDER).json
    answer = jane.post(f"/credential/{made['id']}/2fa", {"code": "123456"})
    assert answer.status == 400
    assert answer.json["message"] == f'No collect in progress for credential "{made["id"]}".'


def test_a_code_that_is_asked_for(jane: Collector) -> None:
    made = jane.post("/credential", FOLDER).json
    CollectorCredential.objects.update(state=3)
    assert jane.post(f"/credential/{made['id']}/2fa", {"code": 123456}).status == 400
    assert jane.post(f"/credential/{made['id']}/2fa", {"code": "123456"}).status == 200
    assert CollectorCredential.objects.get().state == 4


# --- walls -----------------------------------------------------------------------------------


def test_a_token_does_not_open_what_is_the_customers(jane: Collector) -> None:
    for method, path in (
        ("GET", "/customer"),
        ("POST", "/customer"),
        ("POST", "/customer/bearer"),
        ("GET", "/users"),
        ("POST", "/user"),
        ("DELETE", "/user"),
        ("GET", "/test_callback"),
        ("DELETE", "/user/me"),
    ):
        assert jane.call(method, path, None if method == "GET" else {}).status == 401


def test_a_user_reads_and_changes_themselves_alone(collector: Collector, jane: Collector) -> None:
    john = collector.user("JOHN")
    me = jane.get("/user/me").json
    assert (me["remote_id"], me["locale"]) == ("A1B2C3D4", "fr")
    assert jane.call("PUT", "/user/me", {"locale": "en"}).json == {**me, "locale": "en"}
    assert jane.get(f"/user/{me['id']}").json["locale"] == "en"
    refused = jane.call("PUT", "/user/me", {"locale": "de"})
    assert (refused.status, refused.json["message"]) == (
        400,
        'Locale "de" not supported. Available locales are: fr, en.',
    )
    assert jane.get(f"/user/{john['id']}").status == 401
    assert jane.call("PUT", f"/user/{john['id']}", {"locale": "en"}).status == 401
    assert collector.get("/user/me").status == 404
    put = collector.call("PUT", f"/user/{john['id']}", {"locale": "en"})
    assert (put.status, put.json["locale"]) == (200, "en")


def test_another_users_credential_is_403(collector: Collector, jane: Collector) -> None:
    made = jane.post("/credential", FOLDER).json
    john = Collector(token=collector.welcome("JOHN")["token"])
    answer = john.get(f"/credential/{made['id']}")
    assert (answer.status, answer.json["message"]) == (
        403,
        f'Credential with id "{made["id"]}" does not belong to user.',
    )
    assert john.get(f"/user/{made['user_id']}/credentials").status == 401
    assert john.delete(f"/credential/{made['id']}").status == 403
    assert CollectorCredential.objects.count() == 1


def test_another_customers_rows_answer_like_unknown_ids_T1(
    collector: Collector, theirs: Collector
) -> None:
    user = collector.welcome()
    made = collector.connected(user["id"])
    unknown = str(uuid.uuid4())
    for method, path, known in (
        ("GET", "/user/{}", user["id"]),
        ("DELETE", "/user/{}", user["id"]),
        ("GET", "/user/{}/credentials", user["id"]),
        ("GET", "/credential/{}", made["id"]),
        ("DELETE", "/credential/{}", made["id"]),
        ("POST", "/credential/{}/collect", made["id"]),
    ):
        seen = theirs.call(method, path.format(known))
        other = theirs.call(method, path.format(unknown))
        assert seen.status == 404
        assert seen.content.replace(known.encode(), b"ID") == other.content.replace(
            unknown.encode(), b"ID"
        )
    assert theirs.get("/users").json == theirs.get("/credentials").json == []
    assert theirs.delete("/user", {"remote_id": "A1B2C3D4"}).status == 400
    assert CollectorUser.objects.count() == 1


def test_the_token_also_comes_in_a_header(collector: Collector) -> None:
    token = collector.welcome()["token"]
    assert Collector().call("GET", "/credentials", X_User_Token=token).status == 200


def test_a_token_ends_after_ten_minutes(collector: Collector) -> None:
    token = collector.user()["token"]
    row = CollectorUserToken.objects.get()
    assert row.expires_at - row.created_at == datetime.timedelta(minutes=10)
    assert token not in str(vars(row))
    CollectorUserToken.objects.update(expires_at=row.created_at)
    answer = Collector(token=token).get("/credentials")
    assert (answer.status, answer.json["message"]) == (401, "Invalid Oauth token")


def test_twenty_wrong_tokens_a_minute() -> None:
    seen = [Collector(token="0" * 128).get("/credentials").status for _ in range(21)]
    assert seen == [401] * 20 + [429]


# --- codes -----------------------------------------------------------------------------------


def test_five_wrong_codes_end_it(collector: Collector) -> None:
    person, right = Collector(token=collector.user()["token"]), mailed_code()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        answer = person.post("/terms", {"verification_code": wrong})
        assert (answer.status, answer.json["message"]) == (400, "Incorrect verification code")
    assert person.post("/terms", {"verification_code": right}).status == 400
    assert CollectorUser.objects.get().terms_accepted_at is None


def test_a_code_ends_after_half_an_hour(collector: Collector) -> None:
    person = Collector(token=collector.user()["token"])
    sent_at = CollectorUser.objects.get().code_sent_at
    assert sent_at is not None
    CollectorUser.objects.update(code_sent_at=sent_at - datetime.timedelta(minutes=31))
    assert person.post("/terms", {"verification_code": mailed_code()}).status == 400


def test_a_code_is_not_mailed_twice_in_half_a_minute(collector: Collector) -> None:
    collector.user()
    before = CollectorUser.objects.get().code_digest
    collector.user()
    assert CollectorUser.objects.get().code_digest == before


def test_the_customer_cannot_accept_for_its_users(collector: Collector) -> None:
    collector.user()
    assert collector.post("/terms", {"verification_code": mailed_code()}).status == 401


def test_without_terms_nothing_is_mailed_or_asked(collector: Collector, settings: Any) -> None:
    settings.COLLECTOR_TERMS = False
    answer = collector.post("/user", {"locale": "en", "remote_id": "X"})
    assert answer.status == 200
    assert Collector(token=answer.json["token"]).get("/credentials").json == []


def test_once_accepted_no_address_is_needed(collector: Collector) -> None:
    collector.welcome()
    assert collector.post("/user", {"locale": "en", "remote_id": "A1B2C3D4"}).status == 200
