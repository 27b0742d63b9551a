"""The pytest plugin: the fixture `tracked`, and how much of the plan tests cover."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .runtime.client import observed
from .testing import Tracked, capture

if TYPE_CHECKING:
    from .testing.coverage import Coverage, Portable


@pytest.fixture
def tracked() -> Iterator[Tracked]:
    """The wire bodies of all calls during the test; nothing is sent."""
    with capture() as sent:
        yield sent


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("trackplan", "tracking plan")
    group.addoption(
        "--trackplan-coverage",
        action="store_true",
        help="say which events of the tracking plan no test has called",
    )
    group.addoption(
        "--trackplan-coverage-fail-under",
        type=float,
        metavar="PERCENT",
        help="fail where fewer of them were called",
    )
    group.addoption(
        "--trackplan-coverage-json",
        type=Path,
        metavar="FILE",
        help="write the same as JSON",
    )
    parser.addini("trackplan_coverage", "as --trackplan-coverage", "bool", False)


def pytest_configure(config: pytest.Config) -> None:
    names = ("coverage", "coverage_fail_under", "coverage_json")
    asked = any(config.getoption(f"trackplan_{name}") for name in names)
    is_running = not config.option.collectonly
    if is_running and (asked or config.getini("trackplan_coverage")):
        config.pluginmanager.register(_Covering(config), "trackplan_coverage")


class _Covering:
    """Watches a run's calls; a worker of pytest-xdist reports to its controller."""

    def __init__(self, config: pytest.Config) -> None:
        from .testing.coverage import Coverage  # few runs ask for it

        self._config = config
        self._coverage: Coverage = Coverage()
        self._limit: float = config.getoption("trackplan_coverage_fail_under") or 0.0
        self._trouble = ""
        self._stack = ExitStack()
        self._stack.enter_context(observed(self._coverage.observe))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        output: dict[str, Portable] = getattr(
            node, "workeroutput", {}
        )  # one that crashed has none
        if found := output.get("trackplan_coverage"):
            self._coverage.add(found)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output["trackplan_coverage"] = self._coverage.portable()
            return
        report = self._coverage.report()
        path: Path | None = self._config.getoption("trackplan_coverage_json")
        if path:
            self._write(path, report.as_json())
        if report.percent < self._limit and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write(self, path: Path, text: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        except OSError as error:  # pytest has its own report still to print
            self._trouble = f"{path} cannot be written: {error.strerror}"

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        report = self._coverage.report()
        terminalreporter.section("tracking plan coverage")
        for line in report.lines():
            terminalreporter.line(line)
        if self._trouble:
            terminalreporter.line(self._trouble, red=True)
        if report.percent < self._limit:
            terminalreporter.line(
                f"That is less than the {self._limit:g} % asked for.", red=True
            )

    def pytest_unconfigure(self) -> None:
        self._stack.close()
