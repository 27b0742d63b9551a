"""The counts as OpenTelemetry metrics, for applications that have it installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter

from .client import stats


def observe(meter_provider: MeterProvider | None = None) -> None:
    """Register the counts of this process with OpenTelemetry.

    `trackplan.events` counts events by `outcome` (delivered, or set_aside with a
    `reason`), `trackplan.events.queued` those that wait, `trackplan.violations` calls
    that broke the plan. To be called once; without a provider, the global one is used.
    """
    meter = get_meter("trackplan", meter_provider=meter_provider)
    meter.create_observable_counter("trackplan.events", [_events], unit="{event}")
    meter.create_observable_gauge("trackplan.events.queued", [_queued], unit="{event}")
    meter.create_observable_counter("trackplan.violations", [_violations])


def _events(_options: CallbackOptions) -> Iterator[Observation]:
    counts = stats()
    yield Observation(counts.delivered, {"outcome": "delivered"})
    for reason, count in counts.reasons.items():
        yield Observation(count, {"outcome": "set_aside", "reason": reason})


def _queued(_options: CallbackOptions) -> Iterable[Observation]:
    return [Observation(stats().queued)]


def _violations(_options: CallbackOptions) -> Iterable[Observation]:
    return [Observation(stats().violations)]
