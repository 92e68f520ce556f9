"""Suggestions: what the author may write or ask instead. Nothing is invented; every suggestion passes `safeguards` before it leaves."""
