"""Signing in, second factors and reset mails, as a browser meets them (SAFETY A2)."""

import datetime
import re
import time
from collections.abc import Callable, Iterator

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import Organization, User
from accounts.operations.users import create_user, update_user
from core.models import Event
from tests.accounts.conftest import PASSWORD

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def sign_in(client: Client, email: str = "alice@acme.test", password: str = PASSWORD, **extra):  # type: ignore[no-untyped-def]
    return client.post(LOGIN, {"login": email, "password": password, **extra})


def plain(html: str) -> str:
    """The page without what differs by nature: tokens and the address typed in."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
    html = re.sub(r'nonce="[^"]+"', "", html)
    return re.sub(r"[\w.]+@[\w.]+", "", html)


@pytest.mark.parametrize("email", ["alice@acme.test", "ALICE@Acme.TEST", " alice@acme.test "])
def test_the_address_is_the_login_in_any_case(client: Client, owner: User, email: str) -> None:
    response = sign_in(client, email)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(owner.pk)
    event = Event.objects.get(type="user.signed_in")
    assert (event.actor_label, event.subject_uuid) == ("alice@acme.test", owner.uuid)


def test_a2_unknown_address_and_wrong_password_answer_alike(client: Client, owner: User) -> None:
    wrong = sign_in(client, password="wrong wrong wrong")
    unknown = sign_in(client, email="nobody@acme.test", password="wrong wrong wrong")
    assert wrong.status_code == unknown.status_code == 200
    assert plain(wrong.content.decode()) == plain(unknown.content.decode())
    assert "_auth_user_id" not in client.session
    assert not Event.objects.filter(type="user.signed_in").exists()


def test_a2_a_dead_account_does_not_sign_in(
    client: Client, owner: User, at: datetime.datetime
) -> None:
    update_user(at=at, user_id=owner.pk, is_active=False)
    sign_in(client)
    assert "_auth_user_id" not in client.session


def test_a2_ten_failures_lock_the_account_even_for_the_right_password(
    owner: User,
) -> None:
    # Ten addresses, so that it is the account that is locked and not the address.
    for n in range(10):
        sign_in(Client(REMOTE_ADDR=f"203.0.113.{n}"), password=f"wrong wrong {n}")
    locked = Client(REMOTE_ADDR="203.0.113.99")
    response = sign_in(locked)
    assert response.status_code == 200
    assert "Too many failed login attempts" in response.content.decode()
    assert "_auth_user_id" not in locked.session


def test_a2_nine_failures_do_not_lock(client: Client, owner: User) -> None:
    for n in range(9):
        sign_in(client, password=f"wrong wrong {n}")
    assert sign_in(client).status_code == 302


def test_a2_a_spray_over_accounts_locks_the_address(owner: User, db: None) -> None:
    sprayer = Client(REMOTE_ADDR="198.51.100.7")
    for n in range(10):
        sign_in(sprayer, email=f"user{n}@acme.test", password="Spring2026!!")
    assert "_auth_user_id" not in sprayer.session
    sign_in(sprayer)
    assert "_auth_user_id" not in sprayer.session
    elsewhere = Client(REMOTE_ADDR="198.51.100.8")
    assert sign_in(elsewhere).status_code == 302


def test_a2_a_forged_forwarded_address_does_not_escape_the_limit(owner: User) -> None:
    for n in range(10):
        sprayer = Client(REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
        sign_in(sprayer, email=f"user{n}@acme.test", password="Spring2026!!")
    sprayer = Client(REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="203.0.113.77")
    sign_in(sprayer)
    assert "_auth_user_id" not in sprayer.session


def test_nobody_signs_up_by_themselves(client: Client, db: None) -> None:
    data = {"email": "new@acme.test", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", data)
    assert not User.objects.exists()


def test_nobody_takes_an_unverified_address(client: Client, owner: User) -> None:
    client.force_login(owner)
    response = client.post("/accounts/email/", {"action_add": "", "email": "somebody@else.test"})
    assert response.status_code == 404
    owner.refresh_from_db()
    assert owner.email == "alice@acme.test"


def test_the_reset_mail_arrives_and_its_link_works_once(
    client: Client, owner: User, settings: object
) -> None:
    settings.BASE_URL = "https://bills.acme.test"  # type: ignore[attr-defined]
    response = client.post("/accounts/password/reset/", {"email": "Alice@ACME.test"})
    assert response["Location"] == "/accounts/password/reset/done/"
    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["alice@acme.test"],
        "InvoiceApp: Password Reset Email",
    )
    link = re.search(r"https://bills\.acme\.test(\S+)", message.body)
    assert link is not None
    form = client.get(link[1])
    # The key moves into the session at once, so that no Referer carries it.
    assert form["Location"].endswith("-set-password/")
    fresh = "a new and longer secret"
    done = client.post(form["Location"], {"password1": fresh, "password2": fresh})
    assert done["Location"] == "/accounts/password/reset/key/done/"
    owner.refresh_from_db()
    assert owner.check_password(fresh)
    again = Client().get(link[1])
    assert again.status_code == 200
    assert "invalid" in again.content.decode().lower()


def test_a_new_password_ends_the_sessions_of_before(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert client.get("/accounts/password/change/").status_code == 200
    owner.set_password("a new and longer secret")
    owner.save()
    assert client.get("/accounts/password/change/").status_code == 302


def test_a2_the_reset_page_tells_nobody_who_has_an_account(client: Client, owner: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": "alice@acme.test"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@acme.test"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["alice@acme.test"], ["nobody@acme.test"]]
    assert "/password/reset/key/" not in mail.outbox[1].body


def enrol(client: Client) -> str:
    """Turn on TOTP in a signed-in session, which asks for the password again; the secret."""
    page = client.get("/accounts/2fa/totp/activate/")
    assert page["Location"].startswith("/accounts/reauthenticate/")
    client.post(page["Location"], {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302
    return secret


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def later(clock: time_machine.Traveller) -> Callable[[], None]:
    """The code that enrolled is spent; half a minute later there is another."""
    return lambda: clock.shift(30)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.datetime(2026, 3, 2, 9, 30, 5, tzinfo=datetime.UTC)) as it:
        yield it


def test_a_second_factor_is_enrolled_and_then_asked_for(
    client: Client, owner: User, later: Callable[[], None]
) -> None:
    sign_in(client)
    secret = enrol(client)
    later()
    kinds = Authenticator.objects.filter(user=owner).values_list("type", flat=True)
    assert set(kinds) == {"totp", "recovery_codes"}
    browser = Client()
    first = sign_in(browser)
    assert first["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in browser.session
    refused = browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert refused.status_code == 200
    assert "_auth_user_id" not in browser.session
    passed = browser.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert (passed.status_code, passed["Location"]) == (302, "/")
    assert browser.session["_auth_user_id"] == str(owner.pk)


def test_a_recovery_code_signs_in_once(client: Client, owner: User) -> None:
    sign_in(client)
    enrol(client)
    row = Authenticator.objects.get(user=owner, type="recovery_codes")
    code = row.wrap().get_unused_codes()[0]
    for expected in (302, 200):
        browser = Client()
        sign_in(browser)
        answer = browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert answer.status_code == expected


def test_a_code_opens_one_session_only(
    client: Client, owner: User, later: Callable[[], None]
) -> None:
    sign_in(client)
    secret = enrol(client)
    later()
    code = code_of(secret)
    answers = []
    for _ in range(2):
        browser = Client()
        sign_in(browser)
        answers.append(browser.post("/accounts/2fa/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_passkeys_can_be_added_after_signing_in(client: Client, owner: User) -> None:
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/webauthn/add/")
    assert page.status_code == 200
    # What the sign-in page asks for by script: a challenge that names no account.
    challenge = Client().get(
        "/accounts/2fa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest"}
    )
    options = challenge.json()["request_options"]["publicKey"]
    assert options.get("allowCredentials", []) == []
    assert options["rpId"] == "testserver"


@pytest.fixture
def operator(at: datetime.datetime, db: None) -> User:
    return create_user(
        at=at, email="op@installation.test", password=PASSWORD, is_staff=True, is_superuser=True
    )


def test_admin_sends_to_the_products_own_login(client: Client, operator: User) -> None:
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    assert sign_in(client, operator.email, next="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_admin_takes_no_password_of_its_own(client: Client, operator: User) -> None:
    data = {"username": operator.email, "password": PASSWORD}
    response = client.post("/admin/login/?next=/admin/", data)
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert "_auth_user_id" not in client.session


def test_admin_refuses_who_is_no_operator(
    client: Client, studio: Organization, owner: User
) -> None:
    client.force_login(owner)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403


def test_an_operator_with_a_second_factor_must_pass_it(
    client: Client, operator: User, later: Callable[[], None]
) -> None:
    sign_in(client, operator.email)
    secret = enrol(client)
    later()
    browser = Client()
    sign_in(browser, operator.email, next="/admin/")
    assert browser.get("/admin/").status_code == 302
    passed = browser.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert passed["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200
