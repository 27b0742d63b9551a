"""The schemas of a plan that have an `$id`: what references below them start from.

https://json-schema.org/draft/2020-12/json-schema-core#section-8.2
"""

from __future__ import annotations

from urllib.parse import urljoin

from trackplan.check.findings import Findings
from trackplan.check.tree import Path

_PLAN = "https://plan.invalid/"
"""The plan's own address: any, as long as relative `$id`s and references share it."""


class Resources:
    """The plan, and each schema in it that has an `$id`."""

    def __init__(self, found: Findings) -> None:
        self._addresses: dict[Path, str] = {}
        self._paths: dict[str, Path] = {}
        self.twice: list[tuple[Path, Path]] = []
        """Entries of `$defs` whose `$id` another one has already, with that one."""
        for path, schema in found.schemas:
            own = schema.get("$id")
            if isinstance(own, str):
                address = _joined(self._address(self.around(path)), own)
                self._addresses[path] = address.removesuffix("#")
                self._enter(path, self._addresses[path])

    def around(self, path: Path) -> Path:
        """Return the path of the resource that the schema at `path` belongs to."""
        lengths = range(len(path), 0, -1)
        above = (path[:length] for length in lengths)
        return next((one for one in above if one in self._addresses), ())

    def find(self, reference: str, path: Path) -> tuple[Path | None, str]:
        """Return the resource that a `$ref` at `path` leads to, and the rest of it."""
        resource = self.around(path)
        if not reference or reference[0] == "#":
            return resource, reference[1:]
        address, _, fragment = _joined(self._address(resource), reference).partition(
            "#"
        )
        return self._paths.get(address), fragment

    def _address(self, resource: Path) -> str:
        return self._addresses.get(resource, _PLAN)

    def _enter(self, path: Path, address: str) -> None:
        first = self._paths.setdefault(address, path)
        if first != path and path[0] == "$defs":
            self.twice.append((path, first))


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:  # `http://[`
        return reference
