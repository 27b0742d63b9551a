"""Run where only the wheel is installed: the base install imports, checks and sends."""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from generated import (
    configure,
    flush,
    identify_user,
    stats,
    track_subscription_upgraded,
)
from trackplan.runtime import PlanViolation
from trackplan.testing import capture, examples

arrived: list[dict[str, object]] = []


class Userlens(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        arrived.append(json.loads(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


server = HTTPServer(("127.0.0.1", 0), Userlens)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
configure(write_code="only-for-this-test", events_url=url, on_violation="raise")
identify_user("user-123", email="jane@example.com")
track_subscription_upgraded("user-123", from_plan="free", to_plan="pro", revenue=99.0)
assert flush(10), stats()
assert [body["type"] for body in arrived] == ["identify", "track"], arrived
try:
    track_subscription_upgraded("user-123", from_plan="x", to_plan="pro", revenue=1)
except PlanViolation as violation:
    assert violation.violations[0].path == "fromPlan"
else:
    raise AssertionError("a wrong call was not stopped")
with capture() as tracked:
    for example in examples(track_subscription_upgraded):
        track_subscription_upgraded("user-123", **example)
tracked.assert_called("Subscription Upgraded", to_plan="pro")
command = subprocess.run(
    [sys.executable, "-m", "trackplan", "check"],
    capture_output=True,
    text=True,
    check=False,
)
assert command.returncode == 2, command
assert "pip install 'trackplan[cli]'" in command.stderr, command.stderr
assert command.stderr.count("\n") == 1, command.stderr
print("smoke test passed")
