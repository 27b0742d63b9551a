"""What the collector knows: the plan it judges by, and what arrived."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from trackplan.model import Plan
from trackplan.runtime.values import Json

from .bench import Bench
from .feed import Feed
from .reload import Reading
from .store import Store, iso


@dataclass(slots=True)
class State:
    """For the thread of the event loop alone."""

    plan: Plan | None
    source: str | None
    """The name of the plan's file, for people."""
    strict: bool
    store: Store
    trouble: str = ""
    """Why the plan's file cannot be used as it is now."""
    faults: Counter[str] = field(default_factory=Counter)
    """How many requests a fault befell."""
    bench: Bench = field(init=False)
    feed: Feed = field(init=False)

    def __post_init__(self) -> None:
        self.bench = Bench(self.plan)
        self.feed = Feed(self.store, self.summary)

    def summary(self) -> dict[str, object]:
        """Return what `GET /api/summary` shows."""
        return {
            "count": self.store.last,
            "kept": self.store.count,
            "verdicts": dict(self.store.tally.verdicts),
            "started_at": iso(self.store.began),
            "strict": self.strict,
            "plan": self.plan and {"name": self.plan.name, "file": self.source},
            "plan_trouble": self.trouble or None,
            "faults": dict(self.faults),
        }

    def reset(self) -> None:
        """Forget what arrived."""
        self.store.clear()
        self.faults.clear()
        self.feed.tell()

    async def take(self, reading: Reading) -> None:
        """Judge by another plan, also what is kept; without one, say why."""
        self.trouble = reading.trouble
        if reading.plan is not None and reading.plan != self.plan:
            self.plan = reading.plan
            await asyncio.to_thread(self.bench.use, reading.plan)
            await self._judge_anew()
        self.feed.tell()

    async def _judge_anew(self) -> None:
        generation = self.store.generation
        for number, arrival in list(self.store.after(0)):
            if arrival.is_judged:
                body = cast("Mapping[str, Json]", arrival.body)
                judgement = await asyncio.to_thread(self.bench.judge, body)
                if self.store.generation != generation:  # it was emptied meanwhile
                    return
                self.store.judge_anew(number, judgement)
        self.store.renew()
