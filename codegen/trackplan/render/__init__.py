"""Plan → {path: text} of the generated package. Pure: the same plan, the same bytes."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from trackplan.model import Plan
from trackplan.render.context import Package
from trackplan.render.layout import prose, shielded

FILES = ("__init__.py", "definitions.py", "events.py", "traits.py")


def render(plan: Plan, source: str) -> dict[str, str]:
    """Return the files of the generated package by their path below its folder.

    `source` is the plan's file name, for the headers.
    """
    package = Package(plan)
    return {
        name: shielded(
            _environment()
            .get_template(f"{name}.jinja")
            .render(package=package, source=prose(source))
        )
        for name in FILES
    }


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
