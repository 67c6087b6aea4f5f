"""Makes the demo organization once: settings, people, and a past in live and sandbox."""

import datetime
import random
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from accounts.actors import Actor, actor_for_membership, system_actor
from accounts.models import Membership, Organization, Role, User
from accounts.operations.memberships import invite_member
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user, update_user
from billing.models import Customer, Product, TaxProfile
from core.models import Event
from integrations.demo.catalogue import ARTICLES, SETTINGS, TAXES
from integrations.demo.customers import read_buyers
from integrations.demo.diary import Diary
from integrations.demo.history import tell
from integrations.demo.logo import logo_file
from integrations.demo.stage import set_stage
from integrations.demo.story import Story

NAME, SLUG = "Juniper & Slate", "juniper-and-slate-demo"
OWNER = ("mara@juniperslate.example", "Mara Lindqvist")
KEEPER = ("tomas@juniperslate.example", "Tomás Oliveira")
PAST = datetime.timedelta(days=548)
_SEED = 20_250_115


@dataclass(frozen=True, slots=True)
class Size:
    """How much past to make up."""

    buyers: int
    invoices: int
    quotes: int


FULL = Size(buyers=1_000, invoices=200, quotes=24)
SMALL = Size(buyers=6, invoices=18, quotes=5)


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo organization and the rows that scripts start from."""

    organization: Organization
    owner: User
    customer: Customer
    product: Product
    tax_profile: TaxProfile
    is_new: bool


@transaction.atomic
def ensure_demo(*, at: datetime.datetime, size: Size = FULL, sandbox: Size = SMALL) -> Demo:
    """The demo organization, made now unless it is there; nothing is changed if it is.

    Its events count as relayed: they lie in the past, and nobody is told of them.
    """
    live = Organization.objects.filter(slug=SLUG).select_related("sandbox").first()
    is_new = live is None
    if live is None:
        live = _make(at, size, sandbox)
    customers = Customer.objects.of(live.pk)
    products = Product.objects.of(live.pk)
    profiles = TaxProfile.objects.of(live.pk)
    return Demo(
        organization=live,
        owner=User.objects.get(email=OWNER[0]),
        customer=customers.filter(name=read_buyers()[0].name).earliest("pk"),
        product=products.get(sku=ARTICLES[0].sku),
        tax_profile=profiles.filter(name=TAXES["gst"]["name"]).earliest("pk"),
        is_new=is_new,
    )


def _make(at: datetime.datetime, size: Size, sandbox: Size) -> Organization:
    begins = at - PAST
    owner = _person(begins, *OWNER)
    update_user(at=begins, user_id=owner.pk, is_staff=True, is_superuser=True, is_active=True)
    live = create_organization(
        at=begins, name=NAME, slug=SLUG, owner=owner, logo=logo_file(), **SETTINGS
    )
    membership = Membership.objects.of(live.pk).get(user=owner)
    keeper = invite_member(
        actor=actor_for_membership(membership),
        at=begins,
        email=KEEPER[0],
        name=KEEPER[1],
        role=Role.ACCOUNTANT,
    )
    for organization, how_much in ((live.sandbox, sandbox), (live, size)):
        _live_through(
            organization,
            how_much,
            begins,
            at,
            actor_for_membership(membership, organization=organization),
            actor_for_membership(keeper, organization=organization),
        )
    ours = Event.objects.filter(organization_id__in=[live.pk, live.sandbox.pk])
    ours.filter(relayed_at=None).update(relayed_at=F("occurred_at"))
    return live


def _person(at: datetime.datetime, email: str, name: str) -> User:
    found = User.objects.filter(email=email).first()
    return found or create_user(at=at, email=email, name=name)


def _live_through(
    organization: Organization,
    size: Size,
    begins: datetime.datetime,
    ends: datetime.datetime,
    seller: Actor,
    keeper: Actor,
) -> None:
    stage = set_stage(actor=seller, begins=begins, ends=ends, buyers=size.buyers, seed=_SEED)
    story = Story(
        organization=organization,
        seller=seller,
        keeper=keeper,
        system=system_actor(organization.pk, livemode=organization.livemode),
        stage=stage,
        diary=Diary(ends),
        rng=random.Random(_SEED),  # noqa: S311 (a story, not a secret)
    )
    tell(story, begins=begins, invoices=size.invoices, quotes=size.quotes)
