"""What a program does with the printed Python client; says what it saw as JSON."""

import json
import os
import sys

from client import ApiError, InvoiceApiClient, sync_users_batch

BASE_URL, KEY = os.environ["BASE_URL"], os.environ["API_KEY"]


def refusal(work):
    try:
        work()
    except ApiError as error:
        return [error.status_code, error.error_data, str(error)]


def everything():
    api = InvoiceApiClient(BASE_URL, KEY)
    first = api.get_users(query="member", page=1, per_page=5)
    names = []
    for page in range(1, first["meta"]["last_page"] + 1):
        names += [user["name"] for user in api.get_users("member", page, 5)["data"]]
    jane = {"name": "Jane Doe", "email": "jane@example.com", "role": "customer"}
    made = api.create_user(jane)
    changed = api.update_user(made["id"], {"name": "Jane Smith"})
    places = api.get_user_organizations(made["id"])
    listed = api.get_organizations(query="acme")
    place = listed["data"][0]["id"]
    renamed = api.update_organization(place, {"name": "Acme Ltd"})
    refused = [
        refusal(lambda: api.create_user(jane)),
        refusal(lambda: api.create_user({"name": "J"})),
        refusal(lambda: api.get_user("user-123")),
        refusal(lambda: InvoiceApiClient(BASE_URL, "invalid-key").get_users()),
    ]
    seen = api.get_user(made["id"]) == changed
    rate = api.get_rate_limit_info()
    return {
        "meta": first["meta"],
        "names": names,
        "made": [made["name"], made["email"], made["role"]],
        "changed": changed["name"],
        "seen": seen,
        "places": places["meta"]["total"],
        "renamed": [renamed["name"], len(api.get_organization(place)["members"])],
        "refused": refused,
        "rate": [rate.limit, rate.remaining, rate.reset.timestamp()],
        "limited": api.is_rate_limited(),
    }


def retry():
    api = InvoiceApiClient(BASE_URL, KEY)
    total = api.get_users()["meta"]["total"]
    return {"total": total, "remaining": api.get_rate_limit_info().remaining}


def batch():
    sync_users_batch(InvoiceApiClient(BASE_URL, KEY), 100)


print("RESULT " + json.dumps({"everything": everything, "retry": retry, "batch": batch}[sys.argv[1]]()))
