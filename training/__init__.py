"""Corpora and a config in, an artefact out; empty until the first corpus lands."""
