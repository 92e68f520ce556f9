"""Batch scoring: many reports in, tables out."""
