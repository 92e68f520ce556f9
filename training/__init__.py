"""Corpora and config to an artefact."""

import models as models  # turns the telemetry of ONNX Runtime off before anything here loads it
