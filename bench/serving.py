"""Two web workers that serve the database of this run, as in production."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command


@contextmanager
def served() -> Iterator[int]:
    """The port of a server that runs as long as the block."""
    port = _free_port()
    server = _serve(port)
    try:
        yield port
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _serve(port: int) -> subprocess.Popen:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "fonds.bench.settings"}
    call_command("collectstatic", interactive=False, verbosity=0)
    command = [sys.executable, "-m", "gunicorn", "fonds.site.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--log-level", "error", "--chdir", str(settings.ROOT)]
    server = subprocess.Popen(command, env=environment)
    for _try in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return server
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise RuntimeError("the server did not start")
