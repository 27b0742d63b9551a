"""What the runtime can raise.

::

    TrackplanError
    ├── ConfigurationError  a setting that cannot be used (also a ValueError)
    ├── ContractError       generated code and runtime differ (also an ImportError)
    └── PlanViolation       a call broke the tracking plan (also a ValueError)
"""

from typing import NamedTuple


class TrackplanError(Exception):
    """The base of every exception trackplan raises."""


class ConfigurationError(TrackplanError, ValueError):
    """A setting that cannot be used; the message names it and the cure."""


class ContractError(TrackplanError, ImportError):
    """Generated code and the installed runtime speak different contracts."""


class Violation(NamedTuple):
    """One way in which a call breaks the tracking plan."""

    event: str
    """The event's name on the wire, or `identify` / `group` for traits."""
    path: str
    """Where, in wire names: `revenue`, `lineItems[0].sku`, `userId`."""
    keyword: str
    """The JSON Schema keyword that was broken: `type`, `enum`, `minimum`, …"""
    expected: str
    """What the plan asks for, in words: `one of "free", "pro"`."""
    got: str
    """What came instead, shortened; never the value of a `pii` property."""

    def __str__(self) -> str:
        where = self.path or "the call"
        return f"{where}: expected {self.expected}, got {self.got}"


class PlanViolation(TrackplanError, ValueError):  # noqa: N818  the field's word
    """A call broke the tracking plan; `violations` lists every one, never none."""

    violations: tuple[Violation, ...]

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__(violations)
        self.violations = violations

    def __str__(self) -> str:
        count = len(self.violations)
        head = f"{self.violations[0].event}: {count} violation{'s' * (count > 1)}"
        return "\n".join([head, *(f"  {violation}" for violation in self.violations)])
