"""Trained parts and how to run them; empty until the first model is released."""
