"""The README's recipes: all is delivered, though SIGTERM follows the last request."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from tests.frameworks.conftest import Program, SlowServer

    Run = Callable[..., Program]

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
USERS = ("ann", "bob")
NUMBERS = [str(number) for number in range(10)]
ALL = dict.fromkeys(USERS, NUMBERS)

GUNICORN = ("-m", "gunicorn", "--bind=127.0.0.1:0")
URL = r"http://127\.0\.0\.1:\d+"

DJANGO = {
    "settings": """
from generated import configure

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
configure(on_violation="raise" if DEBUG else "log")
""",
    "urls": """
from django.urls import path

from views import export

urlpatterns = [path("reports/<report_id>", export)]
""",
    "wsgi": """
import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
app = get_wsgi_application()
""",
}

FLASK_ON_ITS_OWN = """
from generated import configure
from shop import app

configure()
app.run(port=0)
"""

CELERY_CALLS = f"""
from tasks import app, export

app.conf.broker_url = "filesystem://"
for number in {NUMBERS}:
    for user in {USERS}:
        export.delay(user, number)
"""

PRELOADED = f"""
from generated import track_report_exported

def export(user):
    for number in {NUMBERS}:
        track_report_exported(user, report_id=number, format="csv")

def app(environ, start_response):
    raise NotImplementedError

export("master")
"""
GUNICORN_CONF = """
def post_worker_init(worker):
    from preloaded import export

    export(f"worker {worker.age}")
    print("a worker has called")
"""


def section(heading: str) -> str:
    return re.split(r"\n##+ ", README.partition(f"\n### {heading}\n")[2])[0]


def recipe(heading: str) -> dict[str, str]:
    """The Python blocks of a section, by the module that each one names."""
    blocks = re.findall(r"```python\n# (\w+)\.py\n(.*?)```", section(heading), re.S)
    assert blocks
    return dict(blocks)


def export_reports(url: str) -> None:
    for number in NUMBERS:
        for user in USERS:
            export = Request(f"{url}/reports/{number}?user={user}", method="POST")
            with urlopen(export, timeout=30) as answer:
                assert answer.status == 204


def test_django_under_gunicorn(run: Run, server: SlowServer) -> None:
    program = run(*GUNICORN, "wsgi:app", **DJANGO, **recipe("Django"))
    export_reports(program.read_until(URL))
    assert program.terminate() == 0
    assert server.reports() == ALL


def test_fastapi_under_uvicorn(run: Run, server: SlowServer) -> None:
    program = run("-m", "uvicorn", "--port=0", "main:app", **recipe("FastAPI"))
    export_reports(program.read_until(URL))
    program.terminate()
    assert server.reports() == ALL


@pytest.mark.parametrize("workers", ["sync", "gthread"])
def test_flask_under_gunicorn(run: Run, server: SlowServer, workers: str) -> None:
    options = (*GUNICORN, f"--worker-class={workers}")
    program = run(*options, "shop:app", **recipe("Flask"))
    export_reports(program.read_until(URL))
    assert program.terminate() == 0
    assert server.reports() == ALL


def test_flask_under_its_own_server(run: Run, server: SlowServer) -> None:
    program = run("own.py", own=FLASK_ON_ITS_OWN, **recipe("Flask"))
    export_reports(program.read_until(URL))
    assert program.terminate() == -signal.SIGTERM
    assert server.reports() == ALL


def test_celery(run: Run, server: SlowServer, tmp_path: Path) -> None:
    server.seconds = 0.3  # a child that has ended lives for a second
    (tmp_path / "data_in").mkdir()
    (tmp_path / "data_out").symlink_to("data_in")  # of the caller, to the worker
    celery = ("-m", "celery", "--app=tasks", "--broker=filesystem://", "worker")
    options = ("--concurrency=1", "--max-tasks-per-child=20", "--loglevel=info")
    worker = run(*celery, *options, **recipe("Celery"))
    assert run("calls.py", calls=CELERY_CALLS).wait() == 0
    for _ in range(20):
        worker.read_until("succeeded in")
    assert worker.terminate() == 0
    # In no order: the broker gives two tasks of one millisecond in any.
    in_order = {user: sorted(came, key=int) for user, came in server.reports().items()}
    assert in_order == ALL


def test_gunicorn_with_preload(run: Run, server: SlowServer) -> None:
    program = run(
        *GUNICORN,
        "--preload",
        "--workers=2",
        "preloaded:app",
        **{"preloaded": PRELOADED, "gunicorn.conf": GUNICORN_CONF},
    )
    for _ in range(2):
        program.read_until("a worker has called")
    assert program.terminate() == 0
    processes = ("master", "worker 1", "worker 2")
    assert server.reports() == dict.fromkeys(processes, NUMBERS)
