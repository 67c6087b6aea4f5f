"""The books defend themselves: triggers that seal the ledger on both databases.

- A journal entry is refused unless it has postings of its own organization and day
  that sum to zero per currency and in the books' currency.
- A posting is refused once its entry exists.
- Neither can be changed or deleted, except by an operator who unlocks the ledger:
  PostgreSQL  SET LOCAL app.ledger_unlocked = 'on';
  SQLite      INSERT INTO billing_ledgerunlock (id) VALUES (1);  -- and DELETE it after
"""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION billing_ledger_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM billing_posting WHERE entry_uuid = NEW.uuid) THEN
        RAISE EXCEPTION 'journal entry % has no postings', NEW.uuid
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM billing_posting WHERE entry_uuid = NEW.uuid
               AND (organization_id <> NEW.organization_id OR entry_date <> NEW.entry_date)) THEN
        RAISE EXCEPTION 'journal entry % has postings of another organization or day', NEW.uuid
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM billing_posting WHERE entry_uuid = NEW.uuid
               GROUP BY currency HAVING sum(amount) <> 0)
       OR EXISTS (SELECT 1 FROM billing_posting WHERE entry_uuid = NEW.uuid
                  GROUP BY base_currency HAVING sum(base_amount) <> 0) THEN
        RAISE EXCEPTION 'journal entry % does not balance', NEW.uuid
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION billing_ledger_posting_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM billing_journalentry WHERE uuid = NEW.entry_uuid) THEN
        RAISE EXCEPTION 'journal entry % is sealed', NEW.entry_uuid
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION billing_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('app.ledger_unlocked', true), '') <> 'on' THEN
        RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_entry_balanced AFTER INSERT ON billing_journalentry
    FOR EACH ROW EXECUTE FUNCTION billing_ledger_entry_balanced();
CREATE TRIGGER ledger_posting_in_time BEFORE INSERT ON billing_posting
    FOR EACH ROW EXECUTE FUNCTION billing_ledger_posting_in_time();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON billing_journalentry
    FOR EACH ROW EXECUTE FUNCTION billing_ledger_append_only();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE ON billing_posting
    FOR EACH ROW EXECUTE FUNCTION billing_ledger_append_only();
"""

POSTGRESQL_UNDO = """
DROP TRIGGER ledger_entry_balanced ON billing_journalentry;
DROP TRIGGER ledger_posting_in_time ON billing_posting;
DROP TRIGGER ledger_entry_append_only ON billing_journalentry;
DROP TRIGGER ledger_posting_append_only ON billing_posting;
DROP FUNCTION billing_ledger_entry_balanced();
DROP FUNCTION billing_ledger_posting_in_time();
DROP FUNCTION billing_ledger_append_only();
"""

APPEND_ONLY = """
CREATE TRIGGER ledger_{name}_no_{verb} BEFORE {verb} ON {table}
WHEN NOT EXISTS (SELECT 1 FROM billing_ledgerunlock)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: {verb} refused'); END
"""

SQLITE = [
    "CREATE TABLE billing_ledgerunlock (id integer PRIMARY KEY CHECK (id = 1))",
    """
    CREATE TRIGGER ledger_entry_balanced AFTER INSERT ON billing_journalentry
    BEGIN
        SELECT RAISE(ABORT, 'journal entry has no postings')
        WHERE NOT EXISTS (SELECT 1 FROM billing_posting WHERE entry_uuid = NEW.uuid);
        SELECT RAISE(ABORT, 'journal entry has postings of another organization or day')
        WHERE EXISTS (SELECT 1 FROM billing_posting WHERE entry_uuid = NEW.uuid
                      AND (organization_id <> NEW.organization_id
                           OR entry_date <> NEW.entry_date));
        SELECT RAISE(ABORT, 'journal entry does not balance')
        WHERE EXISTS (SELECT 1 FROM billing_posting WHERE entry_uuid = NEW.uuid
                      GROUP BY currency HAVING sum(amount) <> 0)
           OR EXISTS (SELECT 1 FROM billing_posting WHERE entry_uuid = NEW.uuid
                      GROUP BY base_currency HAVING sum(base_amount) <> 0);
    END
    """,
    """
    CREATE TRIGGER ledger_posting_in_time BEFORE INSERT ON billing_posting
    WHEN EXISTS (SELECT 1 FROM billing_journalentry WHERE uuid = NEW.entry_uuid)
    BEGIN SELECT RAISE(ABORT, 'journal entry is sealed'); END
    """,
    APPEND_ONLY.format(name="entry", verb="UPDATE", table="billing_journalentry"),
    APPEND_ONLY.format(name="entry", verb="DELETE", table="billing_journalentry"),
    APPEND_ONLY.format(name="posting", verb="UPDATE", table="billing_posting"),
    APPEND_ONLY.format(name="posting", verb="DELETE", table="billing_posting"),
]

SQLITE_UNDO = [
    "DROP TRIGGER ledger_entry_balanced",
    "DROP TRIGGER ledger_posting_in_time",
    "DROP TRIGGER ledger_entry_no_UPDATE",
    "DROP TRIGGER ledger_entry_no_DELETE",
    "DROP TRIGGER ledger_posting_no_UPDATE",
    "DROP TRIGGER ledger_posting_no_DELETE",
    "DROP TABLE billing_ledgerunlock",
]


def seal(apps, schema_editor):
    _run(schema_editor, [POSTGRESQL], SQLITE)


def unseal(apps, schema_editor):
    _run(schema_editor, [POSTGRESQL_UNDO], SQLITE_UNDO)


def _run(schema_editor, postgresql, sqlite):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in postgresql if on_postgresql else sqlite:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunPython(seal, unseal),
    ]
