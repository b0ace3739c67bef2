"""A line of the log as JSON, for whoever collects logs: one object a line, its moment in UTC."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class JSONLine(logging.Formatter):
    """When, how grave, in which request, from where in the program, and what. No line break gets in unescaped."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "request": getattr(record, "request_id", "–"),
            "from": record.name,
            "said": record.getMessage(),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)
