"""An arrival as something to paste: a pytest, a curl command."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterator, Mapping
from typing import cast

from trackplan.model import Call, Event
from trackplan.runtime.values import Json

from .judge import data_of


def as_curl(url: str, data: bytes) -> str:
    """Return a command for a POSIX shell that sends `data` to `url` once more.

    The Write Code is left to the variable USERLENS_WRITE_CODE.
    """
    return (
        f'{_printing(data)} | curl -sS -u "$USERLENS_WRITE_CODE:" '
        f"-H 'Content-Type: application/json' --data-binary @- {shlex.quote(url)}"
    )


def _printing(data: bytes) -> str:
    """Return what prints `data`: of any size, and nothing that a terminal obeys."""
    text = data.decode(errors="replace")
    if text.encode() == data and text.replace("\n", "").isprintable():
        return f"printf %s {shlex.quote(text)}"
    return f"printf %s {base64.b64encode(data).decode()} | base64 -d"


def as_test(
    call: Call, body: Mapping[str, Json], wrong: list[str], package: str
) -> str:
    """Return a pytest that makes the call of `body` by its generated function.

    It passes as long as the plan says the same of the call: `wrong` are the paths
    where it breaks the plan.
    """
    given = cast("dict[str, Json]", data_of(body))
    expects, imports = _expected(call, given, wrong)
    lines = [
        *(["import pytest", ""] if wrong else []),
        f"from {package} import {', '.join(sorted([*imports, call.function]))}",
        *([] if wrong else ["from trackplan.testing import capture"]),
        "",
        "",
        f"def test_{call.function}() -> None:",
        f"    with {expects}:",
        f"        {call.function}(",
        *(f"            {argument}," for argument in _arguments(call, body, given)),
        "        )",
        *_assertions(call, given, wrong, imports),
    ]
    return "\n".join(lines) + "\n"


def _expected(
    call: Call, given: Mapping[str, Json], wrong: list[str]
) -> tuple[str, list[str]]:
    """Return what stands behind `with`, and what it needs of the package."""
    if not wrong:
        return "capture() as sent", []
    known = {one.wire_name for one in call.properties}
    needed = {one.wire_name for one in call.properties if one.required}
    if needed - given.keys() or (given.keys() - known and not call.open):
        # Python itself refuses an argument that is missing or unknown.
        return "pytest.raises(TypeError)", []
    return "pytest.raises(PlanViolation) as caught", ["PlanViolation"]


def _arguments(
    call: Call, body: Mapping[str, Json], given: Mapping[str, Json]
) -> Iterator[str]:
    yield repr(str(body["userId"]))
    if call.is_group:
        yield repr(str(body["groupId"]))
    names = {one.wire_name: one.python_name for one in call.properties}
    for key, value in given.items():
        if key in names:
            yield f"{names[key]}={value!r}"
    others = {key: value for key, value in given.items() if key not in names}
    if others:
        yield f"additional_properties={others!r}" if call.open else f"**{others!r}"


def _assertions(
    call: Call, given: Mapping[str, Json], wrong: list[str], imports: list[str]
) -> Iterator[str]:
    if imports:
        yield f"    assert [one.path for one in caught.value.violations] == {wrong!r}"
    elif not wrong:
        part = "properties" if isinstance(call, Event) else "traits"
        yield f"    assert sent[0][{part!r}] == {given!r}"
