"""An editor with yaml-language-server completes and checks a plan by its modeline."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SERVER = "yaml-language-server@2.0.0"

pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None,
    reason="the language server is a Node program, and this machine has no npm",
)


class Editor:
    """As much of the Language Server Protocol as an editor with one file needs."""

    def __init__(self, process: subprocess.Popen[bytes], file: Path) -> None:
        self._process = process
        self._number = 0
        self.uri = file.as_uri()
        root = file.parent.as_uri()
        capabilities = {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
        self.request(
            "initialize",
            {"processId": None, "rootUri": root, "capabilities": capabilities},
        )
        self.notify("initialized", {})

    def open(self, text: str) -> list[dict[str, Any]]:
        """Open the file and return its diagnostics."""
        document = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        while True:
            message = self._read()
            if message.get("method") == "textDocument/publishDiagnostics":
                return message["params"]["diagnostics"]

    def at(self, method: str, line: int, character: int) -> Any:
        """Ask something about a place, both numbers counted from 0."""
        position = {"line": line, "character": character}
        document = {"uri": self.uri}
        return self.request(method, {"textDocument": document, "position": position})

    def request(self, method: str, params: dict[str, Any]) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self._number and "method" not in message:
                return message["result"]

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _read(self) -> dict[str, Any]:
        """Return the next message, after answering what the server itself asks."""
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message = json.loads(self._process.stdout.read(length))
        if "id" in message and "method" in message:
            items = message.get("params", {}).get("items", [])
            self._send({"id": message["id"], "result": [{} for _ in items]})
        return message

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("node")
    subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", SERVER],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder / "node_modules" / ".bin" / "yaml-language-server"


@pytest.fixture
def editor(server: Path, tmp_path: Path) -> Iterator[Editor]:
    subprocess.run(
        [sys.executable, "-m", "trackplan", "init"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    process = subprocess.Popen(
        [str(server), "--stdio"],
        env={**os.environ, "HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    yield Editor(process, tmp_path / "tracking_plan.yaml")
    process.kill()
    process.communicate()


MODELINE = "# yaml-language-server: $schema=./tracking_plan.schema.json\n"


def test_the_starter_plan_has_no_diagnostics(editor: Editor, tmp_path: Path) -> None:
    text = (tmp_path / "tracking_plan.yaml").read_text("utf-8")
    assert text.startswith(MODELINE)
    assert editor.open(text) == []


def test_a_wrong_key_is_marked(editor: Editor) -> None:
    text = f"{MODELINE}trackplan: 1\nevents:\n  Signed Up:\n    proprties: {{}}\n"
    (found,) = editor.open(text)
    assert "proprties" in found["message"]
    assert found["range"]["start"] == {"line": 4, "character": 4}


def test_keys_are_completed(editor: Editor) -> None:
    text = f"{MODELINE}trackplan: 1\nevents:\n  Signed Up:\n    prop\n"
    editor.open(text)
    found = editor.at("textDocument/completion", 4, 8)
    labels = {one["label"] for one in found["items"]}
    assert {"properties", "owner", "required"} <= labels


def test_a_key_is_explained(editor: Editor) -> None:
    text = f"{MODELINE}trackplan: 1\nevents:\n  Signed Up:\n    owner: growth\n"
    editor.open(text)
    hover = editor.at("textDocument/hover", 4, 6)
    assert "answers for it" in json.dumps(hover)
