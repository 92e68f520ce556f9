"""Trained parts and how to run them. No torch at serving time."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before ONNX Runtime loads: from 1.32 on it would gather facts of the machine and send them
