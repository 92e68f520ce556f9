"""The analyser behind the service: loaded in the background, one analysis at a time, bounded waiting, a time limit."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from nlp.analyzer import Analyzer
from nlp.report import Analysis, Report
from service.errors import BusyError
from service.settings import Settings


class Engine:
    """`ready` turns true when the analyser is loaded. Reports are analysed one at a time in one worker thread."""

    def __init__(self, settings: Settings, build: Callable[[], Analyzer]) -> None:
        self._settings = settings
        self._build = build
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="analyser")
        self._analyzer: Analyzer | None = None
        self._waiting = 0

    @property
    def ready(self) -> bool:
        return self._analyzer is not None

    async def start(self) -> None:
        """Load the analyser; `/healthz` answers meanwhile."""
        analyzer = await asyncio.get_running_loop().run_in_executor(self._worker, self._build)
        self._analyzer = analyzer

    def stop(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def analyze_all(self, reports: Sequence[Report]) -> list[Analysis]:
        """Analyses in order.

        Raises:
            BusyError: still loading, too many waiting, or the time limit is over.
        """
        analyzer = self._analyzer
        if analyzer is None:
            raise BusyError("The analyser is still starting. Try again in a few seconds.")
        if self._waiting >= self._settings.max_waiting:
            raise BusyError("Too many requests are waiting. Try again in a few seconds.")
        self._waiting += 1
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.time_limit_s
        try:
            analyses = []
            for report in reports:
                work = loop.run_in_executor(self._worker, analyzer.analyze, report)
                analyses.append(await asyncio.wait_for(work, max(0.001, deadline - loop.time())))
            return analyses
        except TimeoutError as error:
            raise BusyError(f"The analysis took longer than {self._settings.time_limit_s:g} seconds. Send a shorter text or fewer texts.") from error
        finally:
            self._waiting -= 1
