"""What an application needs at run time: settings, delivery, counts and exceptions."""

from .client import configure, flush, shutdown, stats
from .counts import Stats
from .errors import (
    ConfigurationError,
    ContractError,
    PlanViolation,
    TrackplanError,
    Violation,
)
from .values import UNSET

__all__ = [
    "UNSET",
    "ConfigurationError",
    "ContractError",
    "PlanViolation",
    "Stats",
    "TrackplanError",
    "Violation",
    "configure",
    "flush",
    "shutdown",
    "stats",
]
