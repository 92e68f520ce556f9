"""The service: routes, page, limits and errors put together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from nlp.analyzer import Analyzer
from service.engine import Engine
from service.errors import RESPONSES, BusyError, add_handlers
from service.jobs.desk import JobDesk
from service.middleware import Guard
from service.routes import analyze, documents, jobs
from service.settings import Settings
from service.wiring import build_analyzer

STATIC = Path(__file__).parent / "page" / "static"


def create_app(settings: Settings | None = None, build: Callable[[], Analyzer] | None = None) -> FastAPI:
    """The application; the analyser loads in the background once it runs."""
    settings = settings or Settings.from_environment()
    build = build or partial(build_analyzer, settings=settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = Engine(settings, build)
        app.state.engine = engine
        loading = asyncio.create_task(engine.start())
        await asyncio.to_thread(app.state.jobs.open)
        yield
        await asyncio.to_thread(app.state.jobs.close)
        loading.cancel()
        engine.stop()

    app = FastAPI(
        title="Second Story",
        version=version("secondstory"),
        summary="Marks blame-oriented wording in incident reports; gives no verdict on anyone.",
        description=_limits(settings),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.jobs = JobDesk(settings)
    add_handlers(app)
    app.include_router(analyze.router)
    app.include_router(documents.router)
    app.include_router(jobs.router)

    @app.get("/healthz", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", responses={503: RESPONSES[503]})
    async def ready(request: Request) -> JSONResponse:
        if not request.app.state.engine.ready:
            raise BusyError("The analyser is still starting. Try again in a few seconds.")
        return JSONResponse({"status": "ready"})

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html")

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.get("/batch", include_in_schema=False)
    async def batch() -> FileResponse:
        return FileResponse(STATIC / "batch.html")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, max_body_bytes=settings.max_body_bytes, uploads=dict.fromkeys(jobs.UPLOADS, settings.max_upload_bytes))
    return app


def _limits(settings: Settings) -> str:
    numbers = {name: value for name in Settings.model_fields if isinstance(value := getattr(settings, name), int | float)}
    rows = (f"- `{name}` = {value:,}: {Settings.model_fields[name].description}" for name, value in numbers.items())
    return "Limits, answered with 413, 422 or 503 and never by cutting the text:\n\n" + "\n".join(rows)
