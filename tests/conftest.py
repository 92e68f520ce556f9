"""The real analyser, loaded once for all tests."""

import os
import tempfile

import pytest
from starlette.testclient import TestClient

from nlp.analyzer import Analyzer
from nlp.report import Analysis, Report
from service.app import create_app
from service.settings import Settings
from service.wiring import build_analyzer


def pytest_configure(config):
    """Services made with default settings keep their jobs in a folder of this run, not in the user's."""
    folder = tempfile.TemporaryDirectory(prefix="secondstory-tests-")
    config.add_cleanup(folder.cleanup)
    os.environ["XDG_DATA_HOME"] = os.environ["LOCALAPPDATA"] = folder.name


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return build_analyzer("rules")


@pytest.fixture
def read(analyzer):
    def analyse(text: str) -> Analysis:
        return analyzer.analyze(Report("t", text))

    return analyse


@pytest.fixture(scope="session")
def client(analyzer):
    with TestClient(create_app(Settings(), build=lambda: analyzer), raise_server_exceptions=False) as client:
        for _ in range(100):
            if client.get("/readyz").status_code == 200:
                break
        yield client
