"""Runs the printed Python client as it is; says what it saw as JSON.

Its address, credentials, ids and dates are made of nobody's data: they are replaced on the
way out, where the document's reader would have put their own.
"""

import json
import os
import re
import sys

import requests

BASE_URL, IDS = os.environ["BASE_URL"], json.loads(os.environ["IDS"])
YEARS = int(os.environ["YEARS"])
KEYS = {
    "YOUR_CLIENT_KEY": os.environ["CLIENT_KEY"],
    "YOUR_CLIENT_SECRET": os.environ["CLIENT_SECRET"],
}
seen = []
really_post = requests.post


def post(url, headers=None, json=None, **more):
    url = url.replace("https://api.devdraft.com", BASE_URL)
    headers = {name: KEYS.get(value, value) for name, value in headers.items()}
    answer = really_post(url, headers=headers, json=own(json), **more)
    seen.append([answer.status_code, answer.json()])
    return answer


def own(body):
    text = json.dumps(body)
    for printed, real in IDS.items():
        text = text.replace(printed, real)
    return json.loads(re.sub(r"\b2024-", f"{2024 + YEARS}-", text))


requests.post = post
# Importing it runs its usage examples too.
import client  # noqa: E402

refused = ""
if sys.argv[1] == "refused":
    try:
        client.create_invoice({"name": ""}, "YOUR_CLIENT_KEY", "YOUR_CLIENT_SECRET")
    except Exception as error:
        refused = str(error)
print("RESULT " + json.dumps({"seen": seen, "refused": refused}))
