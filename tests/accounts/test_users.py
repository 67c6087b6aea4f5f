"""People who sign in."""

import datetime

import pytest

from accounts.models import User
from accounts.operations.users import EmailTaken, create_user, set_password, update_user
from core.errors import InvalidFields, InvalidValue, NotFound
from core.models import Event


def test_addresses_are_kept_in_lower_case_and_used_once(owner: User, at: datetime.datetime) -> None:
    assert owner.email == "alice@acme.test"
    with pytest.raises(EmailTaken) as refusal:
        create_user(at=at, email="ALICE@acme.test")
    assert refusal.value.code == "email_taken"
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "password1234", "12345678901"[:9]])
def test_weak_passwords_are_refused(db: None, at: datetime.datetime, password: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        create_user(at=at, email="new@acme.test", password=password)
    assert refusal.value.param == "password"
    assert not User.objects.exists()


def test_nobody_makes_fields_up(owner: User, at: datetime.datetime) -> None:
    with pytest.raises(InvalidValue):
        update_user(at=at, user_id=owner.pk, password="in the clear!")
    owner.refresh_from_db()
    assert owner.check_password("correct horse battery")


def test_changes_are_recorded_without_the_password(owner: User, at: datetime.datetime) -> None:
    update_user(at=at, user_id=owner.pk, email="Alice.Archer@acme.test", is_staff=True)
    set_password(at=at, user_id=owner.pk, password="a new and longer secret")
    owner.refresh_from_db()
    assert (owner.email, owner.is_staff) == ("alice.archer@acme.test", True)
    assert owner.check_password("a new and longer secret")
    rows = Event.objects.filter(subject_type="user").order_by("sequence")
    assert [event.type for event in rows] == ["user.created", "user.updated", "user.password_set"]
    assert all(event.organization_id is None for event in rows)
    assert "secret" not in "".join(event.data + event.previous for event in rows)


def test_an_address_in_use_is_not_taken_over(owner: User, at: datetime.datetime) -> None:
    bob = create_user(at=at, email="bob@acme.test")
    with pytest.raises(EmailTaken):
        update_user(at=at, user_id=bob.pk, email="alice@ACME.test")
    bob.refresh_from_db()
    assert bob.email == "bob@acme.test"


def test_unknown_people_are_not_found(db: None, at: datetime.datetime) -> None:
    with pytest.raises(NotFound):
        set_password(at=at, user_id=1, password="a new and longer secret")
