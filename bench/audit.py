"""Events a second that four writers leave at once, each in a transaction of its own, and events a second that
``verify_audit`` checks against their seals.

    python tests/with_postgres.py .venv/bin/python bench/run.py audit

The events stay (the log is append-only): run it against a database of its own, as ``make bench`` does. On SQLite, which
has one writer at a time, the writers take turns.
"""

import multiprocessing
import time

from django.db import connection, connections

WRITERS = 4
EACH = 2_500
VERIFIED = 100_000
WRITE_GOAL = 1_000
VERIFY_GOAL = 100_000


def run(writers: int = WRITERS, each: int = EACH, verified: int = VERIFIED) -> dict:
    """``{"writers", "events_per_second", "seal_events_per_second", "verified_events", "verify_events_per_second", …}``."""
    from fonds.audit.sealing import seal
    from fonds.audit.verification import verify

    written = _write_at_once(writers, each)
    _fill(verified - writers * each)
    started = time.perf_counter()
    sealed = sum(batch.count for batch in seal())
    sealing = time.perf_counter() - started
    reports = [verify() for _round in range(3)]
    if not all(report.is_sound for report in reports):
        raise RuntimeError("the log that was just written does not verify")
    best = min(reports, key=lambda report: report.seconds)
    return {
        "writers": writers,
        "events_per_second": round(writers * each / written),
        "goal_events_per_second": WRITE_GOAL,
        "seal_events_per_second": round(sealed / sealing),
        "verified_events": best.events,
        "verify_events_per_second": round(best.events / best.seconds),
        "goal_verify_events_per_second": VERIFY_GOAL,
    }


def _write_at_once(writers: int, each: int) -> float:
    """Seconds from the start signal until the last of ``writers`` processes has written ``each`` events."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(writers + 1)
    processes = [context.Process(target=_write, args=(barrier, each)) for _number in range(writers)]
    for process in processes:
        process.start()
    barrier.wait()
    started = time.perf_counter()
    for process in processes:
        process.join()
    taken = time.perf_counter() - started
    if any(process.exitcode for process in processes):
        raise RuntimeError("a writer failed")
    return taken


def _write(barrier, each: int) -> None:
    from fonds.audit.events import record

    connection.ensure_connection()
    barrier.wait()
    for number in range(each):
        record(
            "session.sign_in",
            subject=f"bench {number}",
            before={"title": "关于企业登记管理工作的通知", "opening_status": "unreviewed"},
            after={"title": "关于企业登记管理工作的通知", "opening_status": "open"},
            detail={"reason": "measurement", "number": number},
        )
    connections.close_all()


def _fill(count: int) -> None:
    """More events for the verification, written in bulk."""
    from fonds.audit.canonical import row_hash
    from fonds.audit.events import build
    from fonds.audit.models import Event

    for start in range(0, max(count, 0), 2_000):
        rows = [
            build("look.unit", subject=f"绍工商〔2008〕{number}号 关于企业登记管理工作的通知", detail={"page": number})
            for number in range(start, min(start + 2_000, count))
        ]
        for row in rows:
            row.row_hash = row_hash(row)
        Event.objects.bulk_create(rows)
