"""Generated code passes the formatter, the linter and both type checkers as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG = "averyLongPropertyNameThatGoesOnAndOnForQuiteAWhile"
BUILTINS = "type str int float bool list dict len any object id format print property"
RUNTIME = "kind copied isJson value item unset call payload isEmail matcher key"

NASTY: dict[str, object] = {
    "trackplan": 1,
    "name": 'Ac"me\'\'\'\\ """ \u202e evil',
    "$defs": {
        'odd"name': {"enum": ['a"b', "c'd", "e\\f", '"""', "\n", "\u202e", "{{ x }}"]},
        "rec": {
            "type": "object",
            "properties": {
                "next": {"$ref": "#/$defs/rec"},
                "all": {"type": "array", "items": {"$ref": "#/$defs/rec"}},
            },
        },
        "longEnum": {"enum": [f"value-{n}-with-some-length" for n in range(12)]},
        "mixed": {"enum": [1, "a", None, True, 2.5]},
        "mapOf": {
            "type": "object",
            "additionalProperties": {"type": ["integer", "null"]},
        },
    },
    "traits": {
        "user": {
            "properties": {
                "class": {"type": "string"},
                "email": {"format": "email", "description": 'Mail """ \\ end\\'},
            }
        },
        "group": {"properties": {}},
    },
    "events": {
        '"""; import os; os.abort() #': {
            "description": '"""\nimport os\n\\',
            "when": "\u202e\x85 {{ 7 * 7 }} {% raw %}",
            "properties": {
                "it's": {"type": "string"},
                'a"b': {"type": "string", "pattern": "^\"'\\\\$"},
                "c\\d": {"const": "\\\"'"},
            },
        },
        "class": {
            "properties": {
                name: {"type": "string"} for name in ("def", "None", "1st", "self", "é")
            }
        },
        "Long Names": {
            "description": "x " * 400,
            "properties": {
                LONG: {"type": "string", "minLength": 3, "maxLength": 20},
                f"{LONG}Two": {"$ref": "#/$defs/longEnum"},
                f"{LONG}Three": {"type": ["string", "null"], "format": "date-time"},
                f"{LONG}Four": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "a-b": {"type": "string"},
                            "class": {"type": "integer"},
                            LONG: {"type": ["number", "null"]},
                        },
                        "required": ["a-b"],
                    },
                },
            },
            "required": [LONG],
        },
        "Names Of Ours": {
            "properties": {
                name: {"type": ["string", "number", "null"], "maxLength": 4}
                for name in f"{BUILTINS} {RUNTIME}".split()
            }
        },
        "Unions": {
            "properties": {
                "u": {
                    "anyOf": [
                        {"type": "string", "format": "uuid"},
                        {"type": "integer"},
                        {"$ref": "#/$defs/mapOf"},
                        {
                            "type": "object",
                            "properties": {"x": {"type": "number"}},
                            "required": ["x"],
                        },
                        {"type": "null"},
                    ]
                },
                "m": {"$ref": "#/$defs/mixed"},
                "r": {"$ref": "#/$defs/rec"},
                "o": {"$ref": '#/$defs/odd"name'},
                "t": {
                    "type": "array",
                    "prefixItems": [{"type": "string"}, {"type": "integer"}],
                    "items": False,
                },
                "n": {
                    "type": ["object", "null"],
                    "properties": {"k": {"const": "a"}},
                    "required": ["k"],
                    "if": {"properties": {"k": {"const": "a"}}},
                    "then": {"required": ["z"]},
                },
                "arr": {
                    "type": "array",
                    "items": {"type": "array", "items": {"type": "boolean"}},
                    "uniqueItems": True,
                },
                "un": {
                    "type": "object",
                    "properties": {"q": True},
                    "unevaluatedProperties": False,
                },
                "pp": {
                    "type": "object",
                    "patternProperties": {"^x": {"type": "string"}},
                    "propertyNames": {"maxLength": 5},
                },
                "cc": {
                    "type": "array",
                    "contains": {"type": "integer"},
                    "minContains": 2,
                },
                "no": {"not": {"type": "string"}},
                "nv": False,
            },
            "oneOf": [{"required": ["u"]}, {"required": ["m"]}],
        },
        "Opened": {
            "properties": {"a": {"type": "string"}},
            "additionalProperties": {
                "type": "object",
                "properties": {"d": {"type": "string", "format": "date"}},
            },
        },
        "Patterned": {
            "patternProperties": {"^p": {"type": "integer"}},
            "additionalProperties": False,
            "minProperties": 1,
        },
        'Deprecated "one"': {
            "deprecated": {"reason": 'it"s \\ old', "since": "2020"},
            "properties": {
                "x": {"type": "integer", "multipleOf": 5, "exclusiveMinimum": 0}
            },
        },
        "Nothing": {},
        "日本語 イベント": {"properties": {"名前": {"type": "string"}}},
        "🚀 launched": {
            "properties": {"🚀": {"type": "string", "python_name": "rocket"}}
        },
    },
}

RIGHT = """\
from generated import track_subscription_cancelled, track_subscription_upgraded

track_subscription_upgraded("u", from_plan="free", to_plan="pro", revenue=1)
track_subscription_cancelled(
    "u", from_plan="pro", reason="price", effective_on="2026-04-30", comment=None
)
"""
WRONG = {
    "a missing keyword": (
        'track_subscription_upgraded("u", from_plan="free", revenue=1)'
    ),
    "a wrong literal": (
        'track_subscription_upgraded("u", from_plan="x", to_plan="pro", revenue=1)'
    ),
    "None where null is not allowed": (
        'track_subscription_upgraded("u", from_plan="free", to_plan="pro", revenue=None)'
    ),
    "an unknown keyword": (
        'track_subscription_upgraded("u", from_plan="free", to_plan="pro", revenue=1, x=1)'
    ),
    "a number for a user": (
        'track_subscription_upgraded(42, from_plan="free", to_plan="pro", revenue=1)'
    ),
}


def run(folder: Path, *command: str) -> tuple[int, str]:
    paths = {"MYPYPATH": os.pathsep.join([str(ROOT / "codegen"), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def pyright(folder: Path, *names: str) -> tuple[int, str]:
    config = {
        "typeCheckingMode": "strict",
        "include": list(names),
        "extraPaths": [str(ROOT / "codegen"), str(ROOT)],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(config), encoding="utf-8")
    return run(folder, "pyright", "--pythonpath", sys.executable)


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package of a plan that tries to break its own code."""
    folder = tmp_path_factory.mktemp("nasty")
    plan = json.dumps(NASTY, ensure_ascii=False).replace("\x85", "\\x85")
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    code, printed = run(folder, "trackplan", "generate", "plan.yaml", "-o", "nasty")
    assert code == 0, printed
    return folder


def test_the_linter_finds_nothing(nasty: Path) -> None:
    assert run(nasty, "ruff", "check", "--isolated", "nasty")[0] == 0


def test_the_formatter_changes_nothing(nasty: Path) -> None:
    code, printed = run(nasty, "ruff", "format", "--isolated", "--diff", "nasty")
    assert code == 0, printed


def test_mypy_strict_finds_nothing(nasty: Path) -> None:
    code, printed = run(nasty, "mypy", "--strict", "nasty")
    assert code == 0, printed


def test_pyright_strict_finds_nothing(nasty: Path) -> None:
    code, printed = pyright(nasty, "nasty")
    assert code == 0, printed


def test_importing_runs_nothing_of_the_plan_s_own(nasty: Path) -> None:
    code, printed = run(nasty, "nasty")
    assert "os.abort" not in printed
    assert "No module named nasty.__main__" in printed
    assert code == 1


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one right module, and one for each way to call wrongly."""
    folder = tmp_path_factory.mktemp("callers")
    (folder / "right.py").write_text(RIGHT, encoding="utf-8")
    head = "from generated import track_subscription_upgraded\n\n"
    for number, call in enumerate(WRONG.values()):
        (folder / f"wrong{number}.py").write_text(f"{head}{call}\n", encoding="utf-8")
    return folder


CHECKERS: dict[str, Callable[[Path], tuple[int, str]]] = {
    "mypy": lambda folder: run(folder, "mypy", "--strict", "."),
    "pyright": lambda folder: pyright(folder, "."),
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_wrong_calls_are_reported_and_right_ones_are_not(
    callers: Path, checker: str
) -> None:
    _, printed = CHECKERS[checker](callers)
    reported = {
        name for number, name in enumerate(WRONG) if f"wrong{number}.py" in printed
    }
    assert reported == set(WRONG)
    assert "right.py" not in printed
