"""Two plans → what changed, judged for those who call and those who read.

For callers a change is safe where code that calls today type-checks and passes: every
call that was valid is. For consumers it is safe where what they read today goes on
arriving, and nothing arrives in its place that could not before; what is new beside it,
an event or a property, is none of theirs. Safe is proved, `breaks` is shown by a value,
and what is neither may break.
"""

from __future__ import annotations

from trackplan.diff.calls import Plans
from trackplan.diff.change import Change, Judgement, Verdict
from trackplan.model import Plan

__all__ = ["Change", "Judgement", "Verdict", "diff"]


def diff(before: Plan, after: Plan) -> list[Change]:
    """Return what changed: the whole, definitions, traits, then the events by name.

    Judged by what schemas mean: what is only written otherwise is no change.
    """
    plans = Plans(before, after)
    whole, shared = plans.remarks(), plans.definitions()
    return [*whole, *shared, *plans.traits(), *plans.events()]
