"""Where customers pay to: what invoices print and public pages show."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.operations import bank_accounts
from accounts.queries.bank_accounts import get_bank_account, list_bank_accounts
from billing.country_facts import facts_of
from billing.models import Wallet
from billing.operations import wallets
from billing.queries.wallets import get_wallet, list_wallets
from billing.templatetags.ui import number_to_pay_to
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm
from billing.web.forms.ways_to_pay import (
    BankAccountForm,
    WalletForm,
    account_initial,
    wallet_initial,
)
from billing.web.settings_saving import posted


@staff_view("settings:write")
def index(request: StaffRequest) -> HttpResponse:
    organization_id = request.actor.organization_id
    accounts = list_bank_accounts(organization_id).order_by("currency", "-is_default", "pk")
    found = list_wallets(organization_id).filter(kind=Wallet.Kind.CRYPTO)
    context = {"accounts": accounts[:200], "wallets": found.order_by("currency", "pk")[:200]}
    return render(request, "app/settings/ways_to_pay.html", context)


@staff_view("settings:write", methods=("GET", "POST"))
def create_account(request: StaffRequest) -> HttpResponse:
    form = account_form(request)
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: bank_accounts.create_bank_account(
                actor=request.actor, at=request.at, **form.values()
            )
        )
        if made:
            messages.success(request, gettext("The account {name} is added.").format(name=made))
            return redirect("billing:ways-to-pay")
    return _edit(request, form, gettext("New bank account"), "account")


@staff_view("settings:write", methods=("GET", "POST"))
def edit_account(request: StaffRequest, uuid: UUID) -> HttpResponse:
    account = get_bank_account(request.actor.organization_id, uuid)
    form = BankAccountForm(
        posted(request),
        initial=account_initial(account),
        locale=request.display_locale,
        currency=account.currency,
    )
    if request.method == "POST" and form.is_valid():
        saved = form.run(
            lambda: bank_accounts.update_bank_account(
                actor=request.actor, at=request.at, bank_account_id=account.pk, **form.values()
            )
        )
        if saved:
            messages.success(
                request, gettext("Saved. Issued invoices keep the account they were issued with.")
            )
            return redirect("billing:ways-to-pay")
    return _edit(request, form, number_to_pay_to(account), "account", account.uuid)


@staff_view("settings:write", methods=("POST",))
def remove_account(request: StaffRequest, uuid: UUID) -> HttpResponse:
    account = get_bank_account(request.actor.organization_id, uuid)
    bank_accounts.delete_bank_account(
        actor=request.actor, at=request.at, bank_account_id=account.pk
    )
    messages.success(
        request,
        gettext("{name} is archived. Invoices that were issued with it still show it.").format(
            name=account
        ),
    )
    return redirect("billing:ways-to-pay")


@staff_view("settings:write", methods=("GET", "POST"))
def create_wallet(request: StaffRequest) -> HttpResponse:
    form = WalletForm(posted(request), locale=request.display_locale)
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: wallets.create_wallet(
                actor=request.actor, at=request.at, kind=Wallet.Kind.CRYPTO, **form.values()
            )
        )
        if made:
            messages.success(request, gettext("{name} is added.").format(name=made.name))
            return redirect("billing:ways-to-pay")
    return _edit(request, form, gettext("New wallet"), "wallet")


@staff_view("settings:write", methods=("GET", "POST"))
def edit_wallet(request: StaffRequest, uuid: UUID) -> HttpResponse:
    wallet = get_wallet(request.actor.organization_id, uuid)
    form = WalletForm(
        posted(request), initial=wallet_initial(wallet), locale=request.display_locale
    )
    if request.method == "POST" and form.is_valid():
        saved = form.run(
            lambda: wallets.update_wallet(
                actor=request.actor,
                at=request.at,
                wallet_id=wallet.pk,
                # The contract follows from chain and currency anew.
                token_contract="",
                **form.values(),
            )
        )
        if saved:
            messages.success(request, gettext("{name} is saved.").format(name=saved.name))
            return redirect("billing:ways-to-pay")
    return _edit(request, form, wallet.name, "wallet", wallet.uuid)


@staff_view("settings:write", methods=("POST",))
def remove_wallet(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Gone, or retired where an invoice of an application leads to it; the operation knows."""
    wallet = get_wallet(request.actor.organization_id, uuid)
    wallets.delete_wallet(actor=request.actor, at=request.at, wallet_id=wallet.pk)
    messages.success(request, gettext("{name} is no longer shown.").format(name=wallet.name))
    return redirect("billing:ways-to-pay")


def account_form(request: StaffRequest) -> BankAccountForm:
    """For a new account, its holder and currency filled in."""
    organization = request.organization
    return BankAccountForm(
        posted(request),
        initial={
            "name": organization.legal_name or organization.display_name,
            "currency": organization.currency,
        },
        locale=request.display_locale,
        currency=organization.currency,
    )


def _edit(
    request: StaffRequest, form: StaffForm, title: str, noun: str, uuid: UUID | None = None
) -> HttpResponse:
    is_local = not facts_of(request.organization.country).has_iban
    context = {"form": form, "title": title, "noun": noun, "uuid": uuid, "is_local": is_local}
    status = 422 if form.is_bound else 200
    return render(request, "app/settings/way_to_pay.html", context, status=status)
