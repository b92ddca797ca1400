"""Run a command with DATABASE_URL set to a PostgreSQL of its own: a temporary folder, a free port, gone afterwards.

python tests/with_postgres.py COMMAND [ARGUMENT …]
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def programs() -> Path:
    """The folder of PostgreSQL's server programs, the newest where there are several."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    beside = shutil.which("initdb")
    if found:
        return found[-1].parent
    if beside:
        return Path(beside).parent
    sys.exit("PostgreSQL's server is not installed: apt-get install postgresql-15")


def as_server_user() -> dict:
    """PostgreSQL refuses to run as root; there its own account runs it."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(command: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="fonds-postgres-"))
    account = as_server_user()
    if account:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    port, data = free_port(), folder / "data"
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    options += " -c synchronous_commit=off -c max_connections=100 -c shared_buffers=256MB"
    control = [str(programs() / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, **account}
    subprocess.run(
        [
            str(programs() / "initdb"),
            "-D",
            str(data),
            "-U",
            "fonds",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        check=True,
        **quiet,
    )
    subprocess.run([*control, "-o", options, "start"], check=True, **quiet)
    try:
        url = f"postgres://fonds@127.0.0.1:{port}/postgres"
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, **quiet)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
