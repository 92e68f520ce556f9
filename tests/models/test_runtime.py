"""The runtime keeps to itself."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["models.runtime", "training.export"])
def test_the_runtime_leaves_no_telemetry_behind(module, tmp_path):
    code = f"import {module}, onnxruntime; onnxruntime.SessionOptions()"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache")}
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"} | home
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
