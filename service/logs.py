"""Structured logs, one JSON object a line: what was asked, how it went, how long it took. Never report text."""

import json
import logging
import sys


class JsonLines(logging.Formatter):
    """Level, logger, message and the `extra` fields listed here; exception texts are left out since they may hold report text."""

    FIELDS = ("request_id", "method", "route", "status", "milliseconds", "job", "rows", "count")

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        row.update({field: getattr(record, field) for field in self.FIELDS if hasattr(record, field)})
        return json.dumps(row)


def configure() -> None:
    """Send all logs to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True
