"""Bring the demo up: database, demo archive, a worker for the jobs and the web server, until Ctrl+C."""

import contextlib
import os
import signal
import subprocess
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

from fonds.site.demo.accounts import ACCOUNTS, PASSWORD
from fonds.site.demo.loading import is_loaded
from fonds.site.demo.silence import Silence


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, port, **options) -> None:
        self.stdout.write("== Database")
        call_command("migrate", interactive=False, verbosity=0)
        if is_loaded():
            # A demo that an older version loaded: the roles and the key of this one.
            call_command("sync_roles", verbosity=0, stdout=Silence())
            call_command("make_signing_key", verbosity=0, stdout=Silence())
            self.stdout.write("== The demo archive is loaded.")
        elif subprocess.call([sys.executable, str(settings.ROOT / "manage.py"), "load_demo"]):
            raise CommandError("The demo archive was not loaded.")
        self.stdout.write(
            f"\n    Fonds is at  http://127.0.0.1:{port}/     working place: http://127.0.0.1:{port}/admin/\n"
        )
        self.stdout.write(f"    Accounts, each with the password {PASSWORD}:")
        for account in ACCOUNTS:
            self.stdout.write(f"      {account.username:<10}{account.role_text}")
        self.stdout.write("    Ctrl+C ends it; `make demo` starts it again.\n")
        self.stdout.flush()
        serve(port)


class WebServer(BaseApplication):
    """gunicorn out of this process, in which everything is loaded already: its workers are forks of it."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"127.0.0.1:{self.port}",
            "workers": 2,
            "threads": 4,
            "loglevel": "warning",
            "proc_name": "fonds-demo",
        }.items():
            self.cfg.set(name, value)

    def load(self):
        return get_wsgi_application()


def serve(port: int) -> None:
    """Run the worker for the jobs and the web server, until a signal ends the server; then end the worker too."""
    connections.close_all()
    here = os.getpid()
    worker = os.fork()
    if not worker:
        call_command("db_worker", interval=0.5, verbosity=0)
        os._exit(0)
    try:
        WebServer(port).run()
    finally:
        if os.getpid() == here:  # and not in one of the server's own forks
            with contextlib.suppress(ProcessLookupError):  # Ctrl+C reached it too, and gunicorn took note of its end
                os.kill(worker, signal.SIGTERM)
