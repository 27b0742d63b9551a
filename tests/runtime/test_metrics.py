from __future__ import annotations

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from trackplan.runtime import client as clients
from trackplan.runtime import metrics
from trackplan.runtime.client import Client
from trackplan.runtime.delivery.transport import Answer, MemoryTransport
from trackplan.runtime.wire import Record


def test_the_counts_are_observed(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = MemoryTransport([Answer(200), Answer(400)])
    client = Client(write_code="wc-0123456789", transport=transport)
    monkeypatch.setitem(clients._shared, "client", client)
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    metrics.observe(provider)
    for _ in range(3):
        client.accept(Record("track", "user-123", None, "A", {}, 0.0))
    client.count_violation()
    assert client.flush(10)
    client.shutdown(0)
    assert observed(reader) == {
        ("trackplan.events", "delivered", None): 2,
        ("trackplan.events", "set_aside", "http_400"): 1,
        ("trackplan.events.queued", None, None): 0,
        ("trackplan.violations", None, None): 1,
    }
    provider.shutdown()


def observed(reader: InMemoryMetricReader) -> dict[tuple[object, ...], object]:
    data = reader.get_metrics_data()
    assert data is not None
    metric_lists = [s.metrics for r in data.resource_metrics for s in r.scope_metrics]
    return {
        (metric.name, *map((point.attributes or {}).get, ("outcome", "reason"))): value
        for metrics_ in metric_lists
        for metric in metrics_
        for point in metric.data.data_points
        if (value := getattr(point, "value", None)) is not None
    }
