"""The collector's own description of itself, held against it by schemathesis."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route

from tests.collector.conftest import client_of
from trackplan.collector import create_app


def test_every_route_is_described() -> None:
    app = create_app(None, strict=False, write_code=None)
    served = {
        (route.path, method.lower())
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    with client_of(app) as client:
        paths = client.get("/api/openapi.json").json()["paths"]
    described = {
        (path, method)
        for path, operations in paths.items()
        for method in operations
        if method != "parameters"
    }
    assert described == served


@pytest.mark.parametrize("mode", ["lenient", "strict"])
def test_no_answer_is_undocumented_and_none_is_a_500(
    request: pytest.FixtureRequest, mode: str, tmp_path: Path
) -> None:
    client: httpx.Client = request.getfixturevalue(mode)
    checks = [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            f"{client.base_url}/api/openapi.json".replace("//api", "/api"),
            *("--checks", ",".join(checks) if mode == "lenient" else "all"),
            *("--exclude-path", "/api/stream"),  # its answer has no end
            *("--phases", "coverage,fuzzing", "--max-examples", "10", "--seed", "1"),
            *("--auth", "fake-write-code-0001:", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
