"""Plan → {path: text} of the generated package. Pure: the same plan, the same bytes."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from trackplan.model import Plan
from trackplan.render.context import Module, Package
from trackplan.render.layout import prose, shielded


def render(plan: Plan, source: str) -> dict[str, str]:
    """Return the files of the generated package by their path below its folder.

    `source` is the plan's file name, for the headers.
    """
    package = Package(plan)
    files = {
        name: _rendered(name, package, source)
        for name in ("__init__", "definitions", "traits")
    }
    for name, module in package.events.items():
        files[name] = _rendered("events", package, source, module)
    return {f"{name}.py": text for name, text in sorted(files.items())}


def _rendered(
    template: str, package: Package, source: str, events: Module | None = None
) -> str:
    found = _environment().get_template(f"{template}.py.jinja")
    return shielded(found.render(package=package, source=prose(source), events=events))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("trackplan", "render/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
