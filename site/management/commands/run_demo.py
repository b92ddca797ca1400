"""Bring the demo up: database, demo archive, a worker for the jobs and the web server, until Ctrl+C."""

import os
import signal
import subprocess
import sys
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from fonds.site.demo.accounts import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, port, **options) -> None:
        settings.FONDS_DATA.mkdir(parents=True, exist_ok=True)
        self.stdout.write("== Database")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_demo")
        self.stdout.write(
            f"\n    Fonds is at  http://127.0.0.1:{port}/     working place: http://127.0.0.1:{port}/admin/\n"
        )
        self.stdout.write(f"    Accounts, each with the password {PASSWORD}:")
        for account in ACCOUNTS:
            self.stdout.write(f"      {account.username:<10}{account.role_text}")
        self.stdout.write("    Ctrl+C ends it; `make demo` starts it again.\n")
        self.stdout.flush()
        serve(port)


def serve(port: int) -> None:
    """Run web server and worker until one ends or a signal comes; then end both."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    manage = [sys.executable, str(settings.ROOT / "manage.py")]
    web = [sys.executable, "-m", "gunicorn", "fonds.site.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    web += ["--workers", "2", "--threads", "4", "--chdir", str(settings.ROOT)]
    running = [
        subprocess.Popen(web, env=environment),
        subprocess.Popen([*manage, "db_worker", "--interval", "0.5"], env=environment, stderr=subprocess.DEVNULL),
    ]

    def stop(*_signal) -> None:
        for process in running:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass
    stop()
    codes = [process.wait() for process in running]
    if codes[0] not in (0, -signal.SIGTERM, -signal.SIGINT):
        raise CommandError(f"The web server ended. Is port {port} taken? Try PORT=8001 make demo.")
