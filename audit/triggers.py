"""The guards in the database: events, seals, exports and removals may be added, never changed or taken away.

They bind every account, the application's own too. An event may be deleted only where a ``Purge`` row covers its number;
such a row is let in only for exactly the range of a seal whose events were exported. On PostgreSQL the guards also stand
when a session claims to be a replica (``ENABLE ALWAYS``). On SQLite a guard more keeps ``INSERT OR REPLACE`` from
putting a row in the place of another. A migration that rebuilds one of the tables on SQLite takes its guards along: it
must call ``create`` at its end (``verify_audit`` and the tests tell where one is missing).
"""

GUARDED = ("audit_event", "audit_seal", "audit_sealexport", "audit_purge")
REFUSED = "the audit log is append-only"
UNEXPORTED = "only a sealed and exported batch may be removed"
_PERMIT = "SELECT 1 FROM audit_purge WHERE OLD.id BETWEEN first_id AND last_id"
_EXPORTED = (
    "SELECT 1 FROM audit_seal s JOIN audit_sealexport x ON x.seal_id = s.number "
    "WHERE s.number = NEW.seal_id AND s.first_id = NEW.first_id AND s.last_id = NEW.last_id"
)


def names(vendor: str) -> set[str]:
    """The names of all guards on ``vendor``."""
    kinds = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete", "replace")
    return {f"{table}_no_{kind}" for table in GUARDED for kind in kinds} | {"audit_purge_only_exported"}


def missing(connection) -> set[str]:
    """The guards that are not there, or are switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'audit%%' AND tgenabled = 'A'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return names(connection.vendor) - {row[0] for row in cursor.fetchall()}


def create(connection) -> None:
    """Put all guards up."""
    _run(connection, _postgresql() if connection.vendor == "postgresql" else _sqlite())


def drop(connection) -> None:
    """Take all guards down: for undoing the migration, and for the tests to empty their tables."""
    statements = []
    for name in sorted(names(connection.vendor)):
        table = next(table for table in sorted(GUARDED, reverse=True) if name.startswith(f"{table}_"))
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        statements.append(f"DROP TRIGGER IF EXISTS {name}{on}")
    _run(connection, statements)


def _run(connection, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _postgresql() -> list[str]:
    statements = [
        f"""CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{REFUSED}: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$""",
        f"""CREATE OR REPLACE FUNCTION audit_refuse_unless_permitted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS ({_PERMIT}) THEN RETURN OLD; END IF;
            RAISE EXCEPTION '{REFUSED}: DELETE of event % refused', OLD.id USING ERRCODE = 'restrict_violation';
        END $$""",
        f"""CREATE OR REPLACE FUNCTION audit_refuse_unexported() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS ({_EXPORTED}) THEN RETURN NEW; END IF;
            RAISE EXCEPTION '{UNEXPORTED}' USING ERRCODE = 'restrict_violation';
        END $$""",
    ]
    guards = [("audit_purge", "audit_purge_only_exported", "INSERT", "ROW", "audit_refuse_unexported")]
    for table in GUARDED:
        row_wise = table == "audit_event"
        guards += [
            (table, f"{table}_no_update", "UPDATE", "STATEMENT", "audit_refuse"),
            (table, f"{table}_no_truncate", "TRUNCATE", "STATEMENT", "audit_refuse"),
            (table, f"{table}_no_delete", "DELETE", "ROW" if row_wise else "STATEMENT",
             "audit_refuse_unless_permitted" if row_wise else "audit_refuse"),
        ]  # fmt: skip
    for table, name, event, each, function in guards:
        statements.append(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"
        )
        statements.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return statements


def _sqlite() -> list[str]:
    def guard(table: str, name: str, event: str, sentence: str, when: str = "") -> str:
        condition = f" WHEN {when}" if when else ""
        return (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{condition} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )

    keys = {"audit_event": "id", "audit_seal": "number", "audit_sealexport": "id", "audit_purge": "seal_id"}
    statements = [guard("audit_purge", "audit_purge_only_exported", "INSERT", UNEXPORTED, f"NOT EXISTS ({_EXPORTED})")]
    for table, key in keys.items():
        permitted = f"NOT EXISTS ({_PERMIT})" if table == "audit_event" else ""
        present = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
        statements += [
            guard(table, f"{table}_no_update", "UPDATE", f"{REFUSED}: UPDATE refused"),
            guard(table, f"{table}_no_delete", "DELETE", f"{REFUSED}: DELETE refused", permitted),
            guard(table, f"{table}_no_replace", "INSERT", f"{REFUSED}: REPLACE refused", present),
        ]
    return statements
