"""The plan's shape: TP1."""

from __future__ import annotations

from trackplan.rules.registry import rule

UNKNOWN_KEY = rule(
    "TP101",
    "unknown-key",
    "A key the plan format and JSON Schema do not know.",
    "A misspelt key that is ignored is a rule that is not kept.",
    bad="""\
        trackplan: 1
        events:
          Signed Up:
            proprties: {}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up:
            properties: {}
        """,
)
WRONG_KIND = rule(
    "TP102",
    "wrong-kind",
    "A value of the wrong kind: text where a list is wanted, and the like.",
    "The plan would mean something else than its author thinks.",
    bad="""\
        trackplan: 1
        events:
          Signed Up:
            tags: growth
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up:
            tags: [growth]
        """,
)
MISSING_KEY = rule(
    "TP103",
    "missing-key",
    "A key that the plan format asks for is not there.",
    "Without the format's version, a later trackplan could not read the plan as meant.",
    bad="""\
        events:
          Signed Up: {}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up: {}
        """,
)
BAD_VALUE = rule(
    "TP104",
    "bad-value",
    "A value that its key does not take.",
    "JSON Schema gives it no meaning, so nothing could be checked by it.",
    bad="""\
        trackplan: 1
        events:
          Signed Up:
            properties:
              name: {type: string, minLength: -1}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up:
            properties:
              name: {type: string, minLength: 1}
        """,
)
BAD_INCLUDE = rule(
    "TP105",
    "bad-include",
    "An `include` that cannot be followed.",
    "A file that is left out in silence takes its events with it.",
    bad="""\
        trackplan: 1
        include: [plan/no-such-file.yaml]
        events:
          Signed Up: {}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up: {}
        """,
)
