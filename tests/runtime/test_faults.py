"""Quick rows of the bench of faults: what arrives, never how fast."""

from __future__ import annotations

import pytest
from faults.rows import ROWS
from faults.run import Subject, run

ROW = {row.name: row for row in ROWS}


@pytest.mark.parametrize(
    "name",
    ["200", "connections closed at random", "ten poison events", "os.fork, twice"],
)
@pytest.mark.parametrize("spool", [False, True])
def test_nothing_is_lost_and_the_order_is_kept(name: str, spool: bool) -> None:
    outcome = run(ROW[name]._replace(calls=200), Subject("trackplan", spool))
    assert (outcome.lost, outcome.out_of_order, outcome.garbled) == (0, 0, 0)
    assert (outcome.calls, outcome.sums, outcome.note) == (200, True, "")
