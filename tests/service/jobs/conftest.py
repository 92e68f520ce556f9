"""Databases of both kinds, and a desk on an empty folder."""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.jobs.migration import upgrade
from service.jobs.store import JobStore, connect
from service.settings import Settings

PLACES = [Path(found).parent for found in [shutil.which("initdb")] if found] + sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
SERVER = next((place for place in PLACES if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgresql():
    """The address of a real server, started for the tests."""
    if SERVER is None:
        pytest.skip("There is no PostgreSQL on this machine (initdb, pg_ctl). Install the package 'postgresql' to run this test.")
    as_user = {"user": "postgres", "cwd": "/"} if os.geteuid() == 0 else {}  # the server refuses to run as root
    folder = tempfile.mkdtemp(prefix="secondstory-postgresql-")
    if as_user:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **as_user}
    subprocess.run([SERVER / "initdb", "-D", f"{folder}/data", "-U", "tester", "-A", "trust", "-N"], check=True, **quiet)
    subprocess.run(
        [SERVER / "pg_ctl", "-D", f"{folder}/data", "-w", "-o", f"-p {port} -k {folder} -c listen_addresses=127.0.0.1", "start"], check=True, **quiet
    )
    yield f"postgresql://tester@127.0.0.1:{port}/postgres"
    subprocess.run([SERVER / "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"], check=True, **quiet)
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    """An empty database."""
    engine = connect(f"sqlite:///{tmp_path / 'jobs.sqlite3'}" if request.param == "sqlite" else request.getfixturevalue("postgresql"))
    yield engine
    with engine.begin() as connection:
        for table in ("jobs", "alembic_version"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    engine.dispose()


@pytest.fixture
def store(engine):
    upgrade(engine)
    return JobStore(engine, retention_days=7)


@pytest.fixture
def service(tmp_path, analyzer):
    """A function that starts a service with these settings on a folder of this test; all end with the test."""
    with ExitStack() as stack:

        def start(**settings):
            app = create_app(Settings(**{"data_directory": tmp_path / "data", "job_workers": 1, **settings}), build=lambda: analyzer)
            return stack.enter_context(TestClient(app, raise_server_exceptions=False))

        yield start


@pytest.fixture
def idle(monkeypatch):
    """No job is ever started."""
    monkeypatch.setattr(JobStore, "claim", lambda _: None)
