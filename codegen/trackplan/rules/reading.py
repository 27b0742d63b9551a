"""Reading: TP0."""

from __future__ import annotations

from trackplan.rules.registry import rule

NOT_YAML = rule(
    "TP001",
    "not-yaml",
    "The file is no YAML 1.2 document.",
    "Nothing can be said about a plan that cannot be read.",
    bad="""\
        trackplan: 1
        events:
        \tSigned Up: {}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up: {}
        """,
)
DUPLICATE_KEY = rule(
    "TP002",
    "duplicate-key",
    "A key stands twice in the same mapping, or a name in two files.",
    "Most YAML readers keep the last one and drop the first in silence.",
    bad="""\
        trackplan: 1
        events:
          Signed Up: {}
          Signed Up: {}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up: {}
        """,
)
KEY_NOT_TEXT = rule(
    "TP003",
    "key-not-text",
    "A key is a number, a boolean or null.",
    "Names travel as JSON keys, which are text; `404` is not `'404'`.",
    bad="""\
        trackplan: 1
        events:
          404: {}
        """,
    good="""\
        trackplan: 1
        events:
          "404": {}
        """,
)
VALUE_NOT_JSON = rule(
    "TP004",
    "value-not-json",
    "A value has no JSON form.",
    "Everything in a plan can end up on the wire or in a schema, and both are JSON.",
    bad="""\
        trackplan: 1
        events:
          Report Exported:
            properties:
              seconds: {type: number, maximum: .inf}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported:
            properties:
              seconds: {type: number, maximum: 3600}
        """,
)
MERGE_KEY = rule(
    "TP005",
    "merge-key",
    "The key `<<`, which merges mappings in YAML 1.1 alone.",
    "YAML 1.2 has no merge: one tool would merge, the next see a key named `<<`.",
    bad="""\
        trackplan: 1
        events:
          Signed Up: &common {tags: [growth]}
          Invite Sent:
            <<: *common
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up: {tags: [growth]}
          Invite Sent: {tags: [growth]}
        """,
)
