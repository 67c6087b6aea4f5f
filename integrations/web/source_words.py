"""How connections to sources look: each state, step and outcome with its badge and its words."""

from integrations.models import CollectorCredential, CollectRun

State, Outcome = CollectorCredential.State, CollectRun.Outcome

STEP_LABELS = {
    State.DISCONNECTED: "The source wants you again.",
    State.ERROR: "The source refuses the access.",
    State.SCHEDULED: "It begins in a moment.",
    State.PREPARING: "The visit is prepared.",
    State.LOGGING_IN: "Logging in.",
    State.CODE_WANTED: "The source asks for a code.",
    State.CODE_GIVEN: "The code is sent.",
    State.COLLECTING: "Looking for invoices.",
    State.DOWNLOADING: "Fetching documents.",
    State.DONE: "It begins in a moment.",
}
# A badge of billing.web.states and its word.
OUTCOME_LABELS = {
    Outcome.DONE: ("succeeded", "Collected"),
    Outcome.NOTHING: ("succeeded", "No invoices there"),
    Outcome.REFUSED: ("refused", "Refused"),
    Outcome.DISCONNECTED: ("waiting", "Asks for you"),
    Outcome.FAILED: ("failed", "Failed"),
}
CODE, UNDER_WAY, STOPPED, PAUSED, AGAIN, FINE = range(6)
LOOK_LABELS = {
    CODE: ("waiting", "Asks for a code"),
    UNDER_WAY: ("pending", "Under way"),
    STOPPED: ("failed", "Asks for you"),
    PAUSED: ("paused", "Paused"),
    AGAIN: ("waiting", "Tried again"),
    FINE: ("active", "Active"),
}
