"""Which kind of work waits in which queue, so that hosts can share the kinds among them.

A worker without -Q works on all of them. Work that is slow because others are (mail
servers, receivers of webhooks) keeps out of the way of everything else.
"""

DEFAULT = "default"
MAIL, WEBHOOKS, DOCUMENTS, SCHEDULE = "mail", "webhooks", "documents", "schedule"
COLLECTORS = "collectors"
QUEUES = (DEFAULT, MAIL, WEBHOOKS, DOCUMENTS, COLLECTORS, SCHEDULE)

_TASKS = {
    MAIL: ("send_mail", "read_bounces"),
    WEBHOOKS: ("deliver_webhooks", "deliver_collected"),
    # The only work that opens what suppliers' portals are opened with.
    COLLECTORS: ("collect_invoices",),
    # They make and issue invoices, many at once.
    DOCUMENTS: (
        "run_recurring",
        "release_invoices",
        "charge_lateness",
        "advance_clocks",
        "book_orders",
        "run_jobs",
        "make_exports",
    ),
    # What the scheduler starts: quick looks at what is due, and the nightly cleaning.
    SCHEDULE: (
        "sweep",
        "bring_back_strays",
        "raise_overdue",
        "raise_expired",
        "send_reminders",
        "note_ending_keys",
        "reset_sandboxes",
        "seal_events",
        "clean_up",
    ),
}
ROUTES = {
    f"integrations.tasks.{task}": {"queue": queue}
    for queue, tasks in _TASKS.items()
    for task in tasks
}
