"""What /api/v1 answers, as declarations."""

from integrations.dialects.base.shapes import Many, Shape, Value, choice, flag, maybe, text, whole

FAULT = Shape(
    name="Error",
    fields={
        "type": choice("error"),
        "message": text("What went wrong, in words."),
        "reason": text("The same words once more, on 404 and 5xx."),
    },
    optional=frozenset({"reason"}),
)
_MOMENT = whole("Milliseconds since 1970.")
_COUNT = whole("-1 where there is no limit.")
_PRICE = whole()
PLAN = Shape(
    name="Plan",
    fields={
        "id": text(),
        "name": text(),
        "maxUsers": _COUNT,
        "maxCredentials": _COUNT,
        "maxInvoicesPerMonth": _COUNT,
        "maxCollectors": _COUNT,
        "priceBase": _PRICE,
        "pricePerUser": _PRICE,
        "pricePerCredential": _PRICE,
        "pricePerInvoice": _PRICE,
        "pricePerCollector": _PRICE,
        "features": Many(text()),
    },
)
CUSTOMER = Shape(
    name="Customer",
    fields={
        "id": text(),
        "email": text(),
        "name": text(),
        "callback": text("Where invoices are sent; empty: nowhere yet."),
        "remoteId": text(),
        "createdAt": _MOMENT,
        "theme": text(),
        "subscribedCollectors": Many(text()),
        "isSubscribedToAll": flag(),
        "displaySketchCollectors": flag(),
        "allowedOrigins": Many(text("A site that may show `/ui` in a frame.")),
        "maxDelayBetweenCollect": whole("Milliseconds between two collects at most."),
        "plan": PLAN,
    },
)
BEARER = Shape(name="Bearer", fields={"bearer": text("Shown here and never again.")})
SESSION = Shape(
    name="Session",
    fields={"bearer": text("For an hour."), "type": choice("customer")},
)
SECRET = Shape(
    name="CallbackSecret",
    fields={"secret": text("Signs what goes to the callback. Shown here and never again.")},
)
STATS = Shape(
    name="Stats",
    fields={"users": whole(), "credentials": whole(), "invoicesThisMonth": whole()},
)
_USER = {
    "id": text(),
    "customer_id": text(),
    "remote_id": text(),
    "locale": choice("fr", "en"),
    "createdAt": _MOMENT,
}
USER = Shape(name="User", fields=_USER)
USER_WITH_TOKEN = Shape(
    name="UserWithToken",
    fields={**_USER, "token": text("Lets this user in for ten minutes.")},
)
PARAM = Shape(
    name="CollectorParam",
    fields={
        "type": choice("string", "password", "number", "url", "email"),
        "name": text(),
        "placeholder": text(),
        "mandatory": flag(),
    },
)
COLLECTOR = Shape(
    name="Collector",
    fields={
        "id": text(),
        "name": text(),
        "description": text(),
        "instructions": text(),
        "version": text(),
        "type": choice("web", "agent", "api", "email", "sketch"),
        "website": text(),
        "logo": text(),
        "params": Shape(name="CollectorParams", fields={}, rest=PARAM),
        "useProxy": flag(),
        "captcha": choice(
            "none", "datadome", "cloudflare", "recaptcha", "friendly_captcha", "hcaptcha", "other"
        ),
        "state": choice("planned", "development", "active"),
        "authenticationMethod": choice("secretsOnly", "interactiveOnly", "all"),
    },
)
STATE = Shape(
    name="CredentialState",
    fields={
        "index": Value(
            kind="whole",
            description="-2 disconnected, -1 error, 0 scheduled, 1 preparing, 2 logging in,"
            " 3 waiting for a code, 4 sending the code, 5 collecting, 6 downloading, 7 done.",
        ),
        "max": whole(),
        "title": text(),
        "message": text(),
    },
)
CREDENTIAL = Shape(
    name="Credential",
    fields={
        "id": text(),
        "user_id": text(),
        "note": text(),
        "create_timestamp": _MOMENT,
        "download_from_timestamp": _MOMENT,
        "last_collect_timestamp": maybe(_MOMENT),
        "next_collect_timestamp": maybe(_MOMENT),
        "invoices": Many(
            Shape(
                name="KnownInvoice",
                fields={
                    "id": text(),
                    "timestamp": _MOMENT,
                    "collected_timestamp": maybe(
                        whole("Null for an invoice that is too old to be collected.")
                    ),
                },
            )
        ),
        "state": STATE,
        "collector": maybe(COLLECTOR),
    },
)
