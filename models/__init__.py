"""The trained model and how to run it; no torch at serving time."""
