"""`make fuzz` in short, the same each time: a few generated requests per operation, in process."""

import json
import warnings
from collections import Counter
from contextlib import suppress
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from accounts.models import Organization
from integrations.docs.documents import rendered
from tests.fuzz.known_ids import KnownIds, leading_nowhere
from tests.fuzz.targets import TARGETS, Client, Target
from tests.v1 import Answer

_TAKEN = {"method", "url", "headers", "params", "json", "data", "files"}
_OURS = {"Content-Length", "Accept-Encoding", "Connection", "X-Schemathesis-TestCaseId"}
_PROMISES = [
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.status_code_conformance,
]
_FEW = settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def attack(dialect: str, organization: Organization) -> Counter[int]:
    """How often each status came back; every answer has been held against the document."""
    target = TARGETS[dialect]
    Organization.objects.update(rate_limit_per_minute=1_000_000)
    client = target.client(organization)
    document = leading_nowhere(json.loads(rendered(dialect, "json").content))
    sets = [target.belongings(client, f" {number}") for number in range(4)]
    known = KnownIds(sets, target.references)
    seen: Counter[int] = Counter()
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        if not operation.path.startswith(f"{target.prefix}/"):
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @_FEW
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: Any) -> None:
                known.put_into(case)
                seen[_call(target, client, case)] += 1

            with warnings.catch_warnings(), suppress(Unsatisfiable):
                # Where everything fits the schema, nothing can be made up that breaks it.
                warnings.simplefilter("ignore")
                send()
    return seen


def _call(target: Target, client: Client, case: Any) -> int:
    """Send what was made up, with the key; the answer's status."""
    kwargs = case.as_transport_kwargs(base_url="http://testserver")
    sent = requests.Request(
        **{name: value for name, value in kwargs.items() if name in _TAKEN}
    ).prepare()
    left_out = _OURS | target.credentials(client).keys()
    headers = {name: value for name, value in sent.headers.items() if name not in left_out}
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    path = (sent.path_url or "").removeprefix(target.prefix)
    answer = client.call(str(sent.method), path, raw=body or b"", **headers)
    case.validate_response(_response(answer, sent), checks=_PROMISES)
    return answer.status


def _response(answer: Answer, sent: requests.PreparedRequest) -> Response:
    return Response(
        status_code=answer.status,
        headers={name: [value] for name, value in answer.headers.items()},
        content=answer.content,
        request=sent,
        elapsed=0.0,
        verify=False,
    )
