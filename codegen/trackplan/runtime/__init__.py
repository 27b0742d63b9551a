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
from .flushing import aflush, flushing
from .forward import forward_sdk_events
from .hooks import Report
from .outcome import Outcome
from .values import UNSET

__all__ = [
    "UNSET",
    "ConfigurationError",
    "ContractError",
    "Outcome",
    "PlanViolation",
    "Report",
    "Stats",
    "TrackplanError",
    "Violation",
    "aflush",
    "configure",
    "flush",
    "flushing",
    "forward_sdk_events",
    "shutdown",
    "stats",
]
