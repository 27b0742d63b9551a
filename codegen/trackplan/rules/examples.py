"""Examples: TP4."""

from __future__ import annotations

from trackplan.rules.registry import rule

BAD_EXAMPLE = rule(
    "TP401",
    "bad-example",
    "An example, or a `default`, that its own schema refuses.",
    "Both are read as the truth and are copied.",
    bad="""\
        trackplan: 1
        events:
          Seats Added:
            properties:
              seats: {type: integer, minimum: 1}
            examples: [{seats: 0}]
        """,
    good="""\
        trackplan: 1
        events:
          Seats Added:
            properties:
              seats: {type: integer, minimum: 1}
            examples: [{seats: 5}]
        """,
)
