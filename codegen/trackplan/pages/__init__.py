"""Pages: one stylesheet, templates, plain JavaScript in files of their own.

A page carries its style and its script in itself, and lets the browser run no other.
Everything else that goes into a template is text, escaped.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def page(name: str, **values: object) -> str:
    """Return the page of the template `name`, with the script of the same name."""
    style, script = _asset("style.css"), _asset(f"{name}.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template(f"{name}.html.jinja")
        .render(policy=policy, style=Markup(style), script=Markup(script), **values)
    )


def json_text(value: object, indent: int | None = None) -> str:
    """Return JSON in which an escape stands for each character that hides itself."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1]


_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {9, 10}, "\ufffd")


def _visible(value: object) -> object:
    """Replace the control characters that HTML has no place for."""
    return value.translate(_CONTROLS) if isinstance(value, str) else value


@cache
def _asset(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("trackplan", "pages"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
        finalize=_visible,
    )
    environment.filters["json"] = json_text
    return environment
