"""Runs one service's application under uvicorn; on SIGTERM open streams end first, then the lifespan closes."""

import gc
import logging
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn
from litestar import Litestar

from shared.settings import from_environment
from shared.web.app import Plan, make_app


class _Server(uvicorn.Server):
    """uvicorn waits for open responses before the lifespan ends, so streams must hear of the exit from the signal."""

    def __init__(self, config: uvicorn.Config, on_exit: list[Callable[[], None]]) -> None:
        super().__init__(config)
        self._on_exit = on_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for tell in self._on_exit:
            tell()
        super().handle_exit(sig, frame)


def main(plan: Plan) -> None:
    """Serve until stopped; everything it needs is in the environment."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    settings = from_environment()
    app: Litestar = make_app(plan, settings)
    host, _, port = settings.bind.rpartition(":")
    config = uvicorn.Config(
        app, host=host, port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="warning",
        proxy_headers=False, server_header=False, timeout_graceful_shutdown=5, backlog=2048,
    )  # fmt: skip
    gc.collect()
    gc.freeze()
    _Server(config, app.state.house.more["on_exit"]).run()
