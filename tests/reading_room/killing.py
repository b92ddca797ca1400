"""Processes killed by the system before each statement that writes: whatever a step leaves half done is found so."""

import os
import signal
from collections.abc import Callable

from django.db import connection, connections

WRITES = ("INSERT", "UPDATE", "DELETE")


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class KillerBefore:
    """Lets ``most`` statements pass that write, and ends the process before the next one reaches the database."""

    def __init__(self, most: int) -> None:
        self.most, self.written = most, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(WRITES):
            if self.written == self.most:
                kill()
            self.written += 1
        return execute(sql, params, many, context)


def killed(step: Callable[[], None], writes: int | None = None) -> bool:
    """Whether ``step``, done in a process of its own, was killed: by itself, or after ``writes`` writing statements.
    Raises ``AssertionError`` where it failed in another way."""
    connections.close_all()
    child = os.fork()
    if not child:
        code = 3
        try:
            if writes is None:
                step()
            else:
                with connection.execute_wrapper(KillerBefore(writes)):
                    step()
            code = 0
        finally:
            os._exit(code)
    _child, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the step failed before it was killed"
    return False


def killed_at_every_write(step: Callable[[], None], check: Callable[[bool], None], first: int = 0) -> int:
    """Do ``step`` again and again, killed one writing statement later each time, until it comes to its end; ``check(done)``
    follows each. How many times it was killed."""
    writes = first
    while killed(step, writes):
        check(False)
        writes += 1
        assert writes < 200
    check(True)
    return writes - first
