"""What surrounds every request: body limit, security headers, one log line. Plain ASGI, so that bodies are counted as they stream."""

import logging
import time
import uuid
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import answer

logger = logging.getLogger(__name__)
HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


class TooLargeError(Exception):
    """Raised inside `receive` when a streamed body passes the limit."""


class Guard:
    """Counts the body, adds headers, logs route, status and time; never text, never a query string. `uploads` are paths with a limit of their own."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int, uploads: Mapping[str, int]) -> None:
        self.app = app
        self.default_limit = max_body_bytes
        self.uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status, seen = time.perf_counter(), 500, 0
        limit = self.uploads.get(scope["path"], self.default_limit)

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLargeError
            return message

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        declared = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if declared.isdigit() and int(declared) > limit:
                raise TooLargeError
            await self.app(scope, counted, sent)
        except TooLargeError:
            refusal = answer(413, f"The request is larger than {limit:,} bytes. Send less at a time.")
            await refusal(scope, receive, sent)
        finally:
            route = getattr(scope.get("route"), "path", "(none)")
            logger.info(
                "request",
                extra={
                    "request_id": uuid.uuid4().hex[:12],
                    "method": scope["method"],
                    "route": route,
                    "status": status,
                    "milliseconds": round(1000 * (time.perf_counter() - begun), 1),
                },
            )
