"""Schemas: TP3."""

from __future__ import annotations

from trackplan.rules.registry import rule

UNKNOWN_TYPE = rule(
    "TP301",
    "unknown-type",
    "A type JSON Schema does not have.",
    "Nothing could be checked by it.",
    bad="""\
        trackplan: 1
        events:
          Seats Added:
            properties:
              seats: {type: interger}
        """,
    good="""\
        trackplan: 1
        events:
          Seats Added:
            properties:
              seats: {type: integer}
        """,
)
UNSUPPORTED_KEYWORD = rule(
    "TP302",
    "unsupported-keyword",
    "A JSON Schema keyword that trackplan does not carry out.",
    "A keyword that is ignored is a rule that is not kept.",
    bad="""\
        trackplan: 1
        events:
          Signed Up:
            properties:
              name: {$dynamicRef: "#name"}
        """,
    good="""\
        trackplan: 1
        $defs:
          name: {type: string}
        events:
          Signed Up:
            properties:
              name: {$ref: "#/$defs/name"}
        """,
)
OLD_DRAFT = rule(
    "TP303",
    "old-draft",
    "A keyword, or a form of one, from an older draft of JSON Schema.",
    "In draft 2020-12 it means nothing, or something else.",
    bad="""\
        trackplan: 1
        events:
          Seats Added:
            properties:
              seats: {type: integer, minimum: 0, exclusiveMinimum: true}
        """,
    good="""\
        trackplan: 1
        events:
          Seats Added:
            properties:
              seats: {type: integer, exclusiveMinimum: 0}
        """,
)
UNKNOWN_REFERENCE = rule(
    "TP304",
    "unknown-reference",
    "A `$ref` that leads nowhere in this plan.",
    "References are local: `#/$defs/…`, `#anchor` or an `$id`. Nothing is fetched.",
    bad="""\
        trackplan: 1
        $defs:
          planTier: {enum: [free, pro]}
        events:
          Plan Changed:
            properties:
              plan: {$ref: "#/$defs/planTeir"}
        """,
    good="""\
        trackplan: 1
        $defs:
          planTier: {enum: [free, pro]}
        events:
          Plan Changed:
            properties:
              plan: {$ref: "#/$defs/planTier"}
        """,
)
REFERENCE_LOOP = rule(
    "TP305",
    "reference-loop",
    "A schema that refers to itself without going a step into the value.",
    "No value could ever be judged by it.",
    bad="""\
        trackplan: 1
        $defs:
          plan: {$ref: "#/$defs/plan"}
        events:
          Plan Changed:
            properties:
              plan: {$ref: "#/$defs/plan"}
        """,
    good="""\
        trackplan: 1
        $defs:
          folder:
            properties:
              inside: {$ref: "#/$defs/folder"}
        events:
          Folder Created:
            properties:
              folder: {$ref: "#/$defs/folder"}
        """,
)
BAD_PATTERN = rule(
    "TP306",
    "bad-pattern",
    "A regular expression that cannot be carried out.",
    "Patterns are ECMA-262 and are translated to Python's `re`, never approximately.",
    bad="""\
        trackplan: 1
        events:
          Key Created:
            properties:
              prefix: {type: string, pattern: "^[a-z"}
        """,
    good="""\
        trackplan: 1
        events:
          Key Created:
            properties:
              prefix: {type: string, pattern: "^[a-z]+$"}
        """,
)
UNKNOWN_FORMAT = rule(
    "TP307",
    "unknown-format",
    "A `format` that trackplan does not check.",
    "`format` is a promise here, not a remark: one that is not checked is refused.",
    bad="""\
        trackplan: 1
        events:
          Signed Up:
            properties:
              at: {type: string, format: datetime}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up:
            properties:
              at: {type: string, format: date-time}
        """,
)
REQUIRED_UNDECLARED = rule(
    "TP308",
    "required-undeclared",
    "A required property that a closed event does not declare.",
    "No call could ever satisfy the event.",
    bad="""\
        trackplan: 1
        events:
          Signed Up:
            properties:
              plan: {type: string}
            required: [plann]
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up:
            properties:
              plan: {type: string}
            required: [plan]
        """,
)
