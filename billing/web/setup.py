"""The first run: from signing in to the first invoice, one small page after the other.

Each step is a plain form that may be skipped and come back to; what is there already
counts as done, however it came.
"""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.operations import bank_accounts
from accounts.operations.organizations import update_organization
from accounts.operations.setup import DONE, SKIPPED, STEPS, end_setup, note_setup_step
from billing.country_facts import facts_of
from billing.models import TaxProfile, Wallet
from billing.operations import tax_profiles, wallets
from billing.queries.setup import setup_steps
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm, country_choices
from billing.web.forms.settings import LookForm
from billing.web.forms.setup import BusinessForm, TaxesForm, business_initial, of_country
from billing.web.forms.ways_to_pay import BankAccountForm, WalletForm
from billing.web.language import say
from billing.web.settings_look import look_form, picture_of
from billing.web.settings_saving import posted
from billing.web.ways_to_pay import account_form

STEP_LABELS = {
    "organization": "Your organization",
    "taxes": "Taxes",
    "payment": "How you get paid",
    "look": "Look",
    "invoice": "Your first invoice",
}


def progress(request: StaffRequest) -> list[dict[str, str]]:
    """The steps with their words and what became of them."""
    found = setup_steps(request.organization)
    return [
        {"step": step, "label": say(STEP_LABELS[step]), "state": state}
        for step, state in found.items()
    ]


@staff_view("settings:write")
def overview(request: StaffRequest) -> HttpResponse:
    steps = progress(request)
    coming = next((each for each in steps if not each["state"]), None)
    context = {"steps": steps, "coming": coming or _first_open(steps)}
    return render(request, "app/setup/overview.html", context)


@staff_view("settings:write", methods=("GET", "POST"))
def step(request: StaffRequest, step: str) -> HttpResponse:
    pages = {
        "organization": _organization,
        "taxes": _taxes,
        "payment": _payment,
        "look": _look,
        "invoice": _invoice,
    }
    if step not in pages:
        raise Http404
    return pages[step](request)


@staff_view("settings:write", methods=("POST",))
def skip(request: StaffRequest, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    note_setup_step(actor=request.actor, step=step, outcome=SKIPPED)
    return _onward(step)


@staff_view("settings:write", methods=("POST",))
def end(request: StaffRequest) -> HttpResponse:
    """The list on the dashboard goes away for good; the settings still lead here."""
    end_setup(actor=request.actor, at=request.at)
    messages.success(request, gettext("The list is gone. You find the guide in the settings."))
    return redirect("billing:dashboard")


@staff_view("settings:write")
def country(request: StaffRequest) -> HttpResponse:
    """What follows from the country that was just chosen, for a form that is being filled in."""
    form = _business(request, of_country(request.GET.dict()))
    return render(request, "app/setup/_of_country.html", {"form": form})


def _organization(request: StaffRequest) -> HttpResponse:
    if request.POST.get("intent") == "country":
        return _page(
            request, "organization", _business(request, of_country(request.POST.dict())), status=200
        )
    initial = business_initial(request.organization, _likely_country(request), request.user.email)
    form = BusinessForm(posted(request), initial=initial, locale=request.display_locale)
    if form.is_bound and form.is_valid():
        saved = form.run(
            lambda: update_organization(
                actor=request.actor, at=request.at, **form.fields_for_operation()
            )
        )
        if saved:
            return _done(request, "organization")
    return _page(request, "organization", form)


def _business(request: StaffRequest, values: dict[str, Any]) -> BusinessForm:
    return BusinessForm(initial=values, locale=request.display_locale)


def _taxes(request: StaffRequest) -> HttpResponse:
    rows = TaxProfile.objects.of(request.organization.pk).filter(is_active=True)
    profiles = list(rows.order_by("pk")[:50])
    names = {profile.name for profile in profiles}
    rates = facts_of(request.organization.country).rates
    offered = [rate for rate in rates if rate.name not in names]
    form = TaxesForm(
        posted(request),
        rates=offered,
        locale=request.display_locale,
        initial={"rates": [offered[0].key] if offered and not profiles else []},
    )
    if form.is_bound and form.is_valid() and form.run(lambda: _add_taxes(request, form)):
        return _done(request, "taxes")
    return _page(request, "taxes", form, profiles=profiles)


@transaction.atomic
def _add_taxes(request: StaffRequest, form: TaxesForm) -> bool:
    for fields in form.profiles():
        tax_profiles.create_tax_profile(actor=request.actor, at=request.at, **fields)
    return True


def _payment(request: StaffRequest) -> HttpResponse:
    """Two forms on one page, an account or a wallet: the button that is pressed decides."""
    is_wallet = request.POST.get("kind") == "wallet"
    wallet_form = WalletForm(posted(request) if is_wallet else None, locale=request.display_locale)
    form = account_form(request)
    if is_wallet:
        form = BankAccountForm(
            initial=form.initial,
            locale=request.display_locale,
            currency=request.organization.currency,
        )
        if wallet_form.is_valid() and wallet_form.run(lambda: _add_wallet(request, wallet_form)):
            return _done(request, "payment")
    elif form.is_bound and form.is_valid() and form.run(lambda: _add_account(request, form)):
        return _done(request, "payment")
    status = 422 if form.is_bound or wallet_form.is_bound else 200
    is_local = not facts_of(request.organization.country).has_iban
    return _page(
        request, "payment", form, status=status, wallet_form=wallet_form, is_local=is_local
    )


def _add_account(request: StaffRequest, form: BankAccountForm) -> Any:
    return bank_accounts.create_bank_account(actor=request.actor, at=request.at, **form.values())


def _add_wallet(request: StaffRequest, form: WalletForm) -> Any:
    return wallets.create_wallet(
        actor=request.actor, at=request.at, kind=Wallet.Kind.CRYPTO, **form.values()
    )


def _look(request: StaffRequest) -> HttpResponse:
    form: LookForm = look_form(request)
    is_trial = request.POST.get("intent") == "preview"
    if form.is_bound and not is_trial and form.is_valid():
        saved = form.run(
            lambda: update_organization(
                actor=request.actor, at=request.at, **form.fields_for_operation()
            )
        )
        if saved:
            return _done(request, "look")
    status = 200 if is_trial and not form.errors else None
    return _page(request, "look", form, status=status, picture=picture_of(request, form))


def _invoice(request: StaffRequest) -> HttpResponse:
    """Nothing to fill in here: it leads to the editor."""
    return render(
        request, "app/setup/invoice.html", {"steps": progress(request), "step": "invoice"}
    )


def _done(request: StaffRequest, step: str) -> HttpResponse:
    note_setup_step(actor=request.actor, step=step, outcome=DONE)
    return _onward(step)


def _onward(step: str) -> HttpResponse:
    following = STEPS[STEPS.index(step) + 1 :]
    if not following:
        return redirect("billing:dashboard")
    return redirect("billing:setup-step", following[0])


def _first_open(steps: list[dict[str, str]]) -> dict[str, str] | None:
    return next((each for each in steps if each["state"] != DONE), None)


def _page(
    request: StaffRequest, step: str, form: StaffForm, status: int | None = None, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "step": step,
        "label": say(STEP_LABELS[step]),
        "steps": progress(request),
        **more,
    }
    if status is None:
        status = 422 if form.is_bound else 200
    return render(request, f"app/setup/{step}.html", context, status=status)


def _likely_country(request: StaffRequest) -> str:
    """That of the browser's first language with one: de-AT is Austria."""
    known = dict(country_choices(wording.FALLBACK))
    for part in request.headers.get("Accept-Language", "").split(","):
        _, _, region = part.split(";")[0].strip().partition("-")
        if region.upper() in known:
            return region.upper()
    return ""
