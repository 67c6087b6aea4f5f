"""/v1/account/late-fees, those of a customer, and the fees on an invoice."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.models import LateFee, LateFeePolicy
from billing.operations.guards import InvoiceHasPayments
from billing.operations.late_fee_policies import (
    NothingToCharge,
    late_fee_policy_snapshot,
    remove_late_fee_policy,
    set_late_fee_policy,
)
from billing.operations.late_fees import (
    FeeAlreadyWaived,
    NotALateFee,
    late_fee_snapshot,
    waive_late_fee,
)
from billing.queries.customers import get_customer
from billing.queries.invoices import get_invoice
from billing.queries.late_fees import get_late_fee_policy, list_late_fees
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.enterprise.bodies.late_fees import POLICY as POLICY_BODY
from integrations.dialects.enterprise.bodies.late_fees import WAIVE
from integrations.dialects.enterprise.presenters.late_fees import (
    present_late_fee,
    present_late_fee_policy,
)
from integrations.dialects.enterprise.shapes.late_fees import LATE_FEE, LATE_FEES, POLICY
from integrations.dialects.enterprise.views.base import EnterpriseView, list_query

_SCOPES = ("settings:write",)
EXAMPLE = {
    "enabled": True,
    "fee_type": "fixed",
    "fee_value": 40,
    "interest_rate": 9.12,
    "grace_days": 5,
}


class _PolicyView(EnterpriseView):
    def shown(self, policy: LateFeePolicy) -> HttpResponse:
        snapshot = late_fee_policy_snapshot(policy, self.organization.base_currency)
        return self.answer(present_late_fee_policy(snapshot))


class LateFeePolicyDetail(_PolicyView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve the late fee policy", scopes=_SCOPES, answer=POLICY),
        **partial_update(
            Endpoint(
                summary="Change the late fee policy",
                scopes=_SCOPES,
                body=POLICY_BODY,
                answer=POLICY,
                errors=(NothingToCharge,),
                description="What is switched on charges for the time from that day on.",
                example=EXAMPLE,
            )
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(get_late_fee_policy(self.actor.organization_id))

    def put(self, request: HttpRequest) -> HttpResponse:
        return self.shown(set_late_fee_policy(actor=self.actor, at=self.at, **self.body()))

    patch = put


class CustomerLateFeePolicy(_PolicyView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve the late fee policy that holds for a customer",
            scopes=_SCOPES,
            answer=POLICY,
            description="The organization's, with `customer_id` null, unless there is an own one.",
        ),
        **partial_update(
            Endpoint(
                summary="Give a customer a late fee policy of its own",
                scopes=_SCOPES,
                body=POLICY_BODY,
                answer=POLICY,
                errors=(NothingToCharge,),
                description="It begins as a copy of the organization's and replaces it.",
                example={"enabled": False},
            )
        ),
        "DELETE": Endpoint(
            summary="Remove a customer's own late fee policy",
            scopes=_SCOPES,
            status=204,
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        return self.shown(get_late_fee_policy(self.actor.organization_id, customer))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        customer_id = self.uuid_of("customer", id)
        changes = self.body()
        return self.shown(
            set_late_fee_policy(actor=self.actor, at=self.at, customer_id=customer_id, **changes)
        )

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        customer_id = self.uuid_of("customer", id)
        remove_late_fee_policy(actor=self.actor, at=self.at, customer_id=customer_id)
        return self.no_content()


class InvoiceLateFees(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List what was charged for an invoice's lateness",
            scopes=("invoices:read",),
            query=list_query("late fee"),
            answer=LATE_FEES,
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        page = PageRequest.taken_from(self.query())
        invoice = get_invoice(self.actor.organization_id, self.uuid_of("invoice", id))
        return self.list_answer(list_late_fees(invoice), page, _present)


class InvoiceWaiveLateFee(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Waive a late fee",
            scopes=("invoices:write",),
            body=WAIVE,
            answer=LATE_FEE,
            errors=(NotALateFee, FeeAlreadyWaived, InvoiceHasPayments),
            description="The id is that of the invoice over the fee, which becomes void. The day"
            " it was for is not charged again.",
            example={"reason": "A good customer"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice_id = self.uuid_of("invoice", id)
        fee = waive_late_fee(actor=self.actor, at=self.at, invoice_id=invoice_id, **self.body())
        return self.answer(_present(fee))


def _present(fee: LateFee) -> dict[str, object]:
    return present_late_fee(late_fee_snapshot(fee))
