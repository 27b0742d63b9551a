"""What `usage` finds where code and plan do not fit: TP7.

Examples are small projects: each part begins with the name of its file.
"""

from __future__ import annotations

from functools import partial

from trackplan.diagnostic import Rule
from trackplan.rules.registry import rule

USAGE: dict[str, Rule] = {}
"""Every rule of `usage` by its code."""

_rule = partial(rule, family=USAGE)

_PLAN = """\
# tracking_plan.yaml
trackplan: 1
events:
  Signed Up:
    properties:
      method: {type: string}
    required: [method]
"""
_CALL = """
from generated import track_signed_up

track_signed_up("user-123", method="google")
"""
_GOOD = f"{_PLAN}\n# app.py{_CALL}"
_DEPRECATED = """\
# tracking_plan.yaml
trackplan: 1
events:
  Plan Upgraded: {deprecated: true}
  Subscription Upgraded: {}

# app.py
from generated import track_plan_upgraded, track_subscription_upgraded

"""
_EXTERNAL = """\
# tracking_plan.yaml
trackplan: 1
events:
  Invoice Paid:
    usage: {external: the billing service}
  Signed Up: {}

# app.py
from generated import track_invoice_paid, track_signed_up

track_signed_up("user-123")
"""

NEVER_USED = _rule(
    "TP701",
    "never-used",
    "An event that no code calls, and that is not said to come from elsewhere.",
    "A plan with dead events is not believed, and nobody misses the event that broke.",
    bad=f"{_PLAN}\n# app.py\nfrom generated import track_signed_up\n",
    good=_GOOD,
)
TESTS_ONLY = _rule(
    "TP702",
    "tests-only",
    "An event that only tests call.",
    "Users cause no test to run: the event is never sent.",
    bad=f"{_PLAN}\n# tests/test_app.py{_CALL}",
    good=_GOOD,
)
DEPRECATED_USED = _rule(
    "TP703",
    "deprecated",
    "A deprecated event that code still calls.",
    "It cannot be removed before the last call is.",
    level="warning",
    bad=f'{_DEPRECATED}track_plan_upgraded("user-123")\ntrack_subscription_upgraded("user-123")\n',
    good=f'{_DEPRECATED}track_subscription_upgraded("user-123")\n',
)
BYPASS = _rule(
    "TP704",
    "bypass",
    "A call of an SDK that names its event by text.",
    "No plan names what is sent so, and nothing checks it.",
    bad=f"""{_GOOD}
import posthog

posthog.capture("Signed Up", distinct_id="user-123")
""",
    good=_GOOD,
)
UNKNOWN_KEYWORD = _rule(
    "TP705",
    "unknown-keyword",
    "A call with an argument that the event does not have.",
    "The call raises a TypeError when it runs.",
    bad=_GOOD.replace('method="google"', 'method="google", methd="google"'),
    good=_GOOD,
)
MISSING_KEYWORD = _rule(
    "TP706",
    "missing-keyword",
    "A call without an id or a property that the event requires.",
    "The call raises a TypeError when it runs.",
    bad=_GOOD.replace(', method="google"', ""),
    good=_GOOD,
)
UNKNOWN_FUNCTION = _rule(
    "TP707",
    "unknown-function",
    "A function of the generated package whose event the plan does not have.",
    "It is gone when the code is generated the next time.",
    bad=_GOOD + "\nfrom generated import track_signed_in\n\ntrack_signed_in()\n",
    good=_GOOD,
)
UNRESOLVED = _rule(
    "TP708",
    "unresolved",
    "A place where it cannot be known what is used.",
    "An event that is used there alone is reported as never used.",
    level="note",
    bad=_GOOD + "\nimport generated\n\ngetattr(generated, input())()\n",
    good=_GOOD,
)
EXTERNAL_USED = _rule(
    "TP709",
    "external-used",
    "An event that is said to come from elsewhere, and that code here calls.",
    "One of the two is not so any more.",
    level="note",
    bad=f'{_EXTERNAL}track_invoice_paid("user-123")\n',
    good=_EXTERNAL,
)
STALE_BASELINE = _rule(
    "TP710",
    "stale-baseline",
    "An entry of the baseline that nothing fits any more.",
    "It would hide the next finding of its kind.",
    level="warning",
    bad=f"{_GOOD}\n# baseline.txt\nbypass app.py posthog capture Signed Up\n",
    good=_GOOD,
)
