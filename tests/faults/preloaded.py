"""What `gunicorn --preload` loads: calls in the master, and more in each worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .child import bench, report_at_exit

report_at_exit()
bench().call(bench().job.part(0, 3))


def post_worker_init(worker: Any) -> None:
    """Called by gunicorn in the first and in the second worker."""
    bench().call(bench().job.part(worker.age, 3))


def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("204 No Content", [])
    return []
