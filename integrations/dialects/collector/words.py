"""Our words and those of /api/v1."""

from integrations.models import CollectorCredential

State = CollectorCredential.State
# A credential's state as people read it, by its index.
TITLES = {
    State.DISCONNECTED: "Disconnected",
    State.ERROR: "Error",
    State.SCHEDULED: "Scheduled",
    State.PREPARING: "Connection in progress",
    State.LOGGING_IN: "Connection in progress",
    State.CODE_WANTED: "2FA required",
    State.CODE_GIVEN: "Connection in progress",
    State.COLLECTING: "Active",
    State.DOWNLOADING: "Active",
    State.DONE: "Active",
}
HIGHEST_STATE = 7
