"""HTTP routes, one module a topic."""
