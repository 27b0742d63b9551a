"""Plan → {path: text} of the generated package. Pure: the same plan, the same bytes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from trackplan.model import Plan
from trackplan.render.context import Module, Package
from trackplan.render.layout import prose, shielded

if TYPE_CHECKING:
    from jinja2 import Environment


def render(plan: Plan, source: str) -> dict[str, str]:
    """Return the files of the generated package by their path below its folder.

    `source` is the plan's file name, for the headers.
    """
    package = Package(plan)
    files = {
        f"{name}.py": _rendered(name, source, package=package)
        for name in ("__init__", "definitions")
    }
    for name in package.calls:
        template = "traits" if name == "traits" else "events"
        files[f"{name}.py"] = _rendered(
            template, source, module=package.functions(name)
        )
    return dict(sorted(files.items()))


def _rendered(template: str, source: str, **context: Package | Module) -> str:
    found = _environment().get_template(f"{template}.py.jinja")
    return shielded(found.render(source=prose(source), **context))


@cache
def _environment() -> Environment:
    # Here, since `diff` and the catalog use this room without its templates.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("trackplan", "render/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
