"""Lints: TP5. Warnings about plans that work and will be regretted."""

from __future__ import annotations

from trackplan.rules.registry import lint

EVENT_CASE = lint(
    "TP501",
    "event-case",
    "An event name that is not written as the plan's events are.",
    "Analysts search by name. Userlens shows Title Case; `naming.events` sets another.",
    bad="""\
        trackplan: 1
        events:
          report_exported: {description: A report was exported., owner: reports}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported: {description: A report was exported., owner: reports}
        """,
)
EVENT_TENSE = lint(
    "TP502",
    "event-tense",
    "An event name without a verb in the past tense.",
    "An event is a fact: `Report Exported` says what happened, `Export` does not.",
    bad="""\
        trackplan: 1
        events:
          Export Report: {description: A report was exported., owner: reports}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported: {description: A report was exported., owner: reports}
        """,
)
PROPERTY_CASE = lint(
    "TP503",
    "property-case",
    "A property name that is not written as the plan's properties are.",
    "Queries are typed by hand. Userlens: camelCase; `naming.properties` sets another.",
    bad="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            properties:
              record_count: {type: integer}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            properties:
              recordCount: {type: integer}
        """,
)
NEAR_DUPLICATE = lint(
    "TP504",
    "near-duplicate",
    "Two names that differ in spelling alone.",
    "They become two columns, and every question has to be asked of both.",
    bad="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            properties:
              siteId: {type: string}
          Report Shared:
            description: A report was shared.
            owner: reports
            properties:
              siteID: {type: string}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            properties:
              siteId: {type: string}
          Report Shared:
            description: A report was shared.
            owner: reports
            properties:
              siteId: {type: string}
        """,
)
CONFLICTING_TYPES = lint(
    "TP505",
    "conflicting-types",
    "A property that has one type in one event and another in the next.",
    "Warehouses keep one column for both, and refuse or convert one of them.",
    bad="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            properties:
              count: {type: integer}
          Report Shared:
            description: A report was shared.
            owner: reports
            properties:
              count: {type: string}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            properties:
              count: {type: integer}
          Report Shared:
            description: A report was shared.
            owner: reports
            properties:
              count: {type: integer}
        """,
)
NO_DESCRIPTION = lint(
    "TP506",
    "no-description",
    "An event that nothing is said about, in a plan that describes others.",
    "Whoever reads the data has only the name, and guesses what made it happen.",
    bad="""\
        trackplan: 1
        events:
          Report Exported: {owner: reports}
          Report Shared: {description: A report was shared., owner: reports}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported: {description: A report was downloaded., owner: reports}
        """,
)
NO_OWNER = lint(
    "TP507",
    "no-owner",
    "An event that nobody answers for, in a plan that names owners for others.",
    "When its numbers look wrong, nobody knows whom to ask.",
    bad="""\
        trackplan: 1
        events:
          Report Exported: {description: A report was exported.}
          Report Shared: {description: A report was shared., owner: reports}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported: {description: A report was exported., owner: reports}
        """,
)
UNBOUNDED_PII = lint(
    "TP508",
    "unbounded-pii",
    "Personal data taken as free text of any length.",
    "Free text ends up holding more than anyone agreed to collect.",
    bad="""\
        trackplan: 1
        traits:
          user:
            properties:
              phone: {type: string, pii: true}
        """,
    good="""\
        trackplan: 1
        traits:
          user:
            properties:
              phone: {type: string, pii: true, maxLength: 20}
        """,
)
OVERDUE = lint(
    "TP509",
    "overdue",
    "Something deprecated that should have been removed by now.",
    "The date was a promise to whoever has to stop using it.",
    bad="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            deprecated: {remove_after: 2020-01-31}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            deprecated: {remove_after: 2999-01-31}
        """,
)
YAML_1_1_BOOLEAN = lint(
    "TP510",
    "yaml-1-1-boolean",
    "An allowed value that YAML 1.1 reads as true or false.",
    "It is text here; another tool that reads the plan may see a boolean.",
    bad="""\
        trackplan: 1
        events:
          Survey Answered:
            description: A survey was answered.
            owner: reports
            properties:
              answer: {enum: [yes, no]}
        """,
    good="""\
        trackplan: 1
        events:
          Survey Answered:
            description: A survey was answered.
            owner: reports
            properties:
              answer: {enum: ["yes", "no"]}
        """,
)
UNSATISFIABLE = lint(
    "TP511",
    "unsatisfiable",
    "Limits that leave no value, or refuse one that is listed.",
    "No call that carries the property, or that value of it, can ever be valid.",
    bad="""\
        trackplan: 1
        events:
          Seats Added:
            description: Seats were added.
            owner: reports
            properties:
              seats: {type: integer, minimum: 10, maximum: 1}
        """,
    good="""\
        trackplan: 1
        events:
          Seats Added:
            description: Seats were added.
            owner: reports
            properties:
              seats: {type: integer, minimum: 1, maximum: 10}
        """,
)
UNUSED_DEFINITION = lint(
    "TP512",
    "unused-definition",
    "An entry of `$defs` that nothing refers to.",
    "It looks like a rule and holds nowhere.",
    bad="""\
        trackplan: 1
        $defs:
          planTier: {enum: [free, pro]}
        events:
          Plan Changed: {description: The plan was changed., owner: reports}
        """,
    good="""\
        trackplan: 1
        $defs:
          planTier: {enum: [free, pro]}
        events:
          Plan Changed:
            description: The plan was changed.
            owner: reports
            properties:
              plan: {$ref: "#/$defs/planTier"}
        """,
)
OPEN_OBJECT = lint(
    "TP513",
    "open-object",
    "An object inside an event that takes any further property.",
    "JSON Schema leaves nested objects open: a misspelt key passes unseen.",
    bad="""\
        trackplan: 1
        events:
          Invoice Paid:
            description: An invoice was paid.
            owner: reports
            properties:
              price:
                type: object
                properties:
                  amount: {type: number}
        """,
    good="""\
        trackplan: 1
        events:
          Invoice Paid:
            description: An invoice was paid.
            owner: reports
            properties:
              price:
                type: object
                properties:
                  amount: {type: number}
                additionalProperties: false
        """,
)
SLOW_PATTERN = lint(
    "TP514",
    "slow-pattern",
    "A pattern whose time can grow much faster than the text.",
    "Repeats that share a text in many ways let one that just misses stop a caller.",
    bad="""\
        trackplan: 1
        events:
          Host Added:
            description: A host was added.
            owner: reports
            properties:
              host: {type: string, pattern: "^([a-z]+)*$"}
        """,
    good="""\
        trackplan: 1
        events:
          Host Added:
            description: A host was added.
            owner: reports
            properties:
              host: {type: string, pattern: "^[a-z]*$"}
        """,
)
IDLE_KEYWORD = lint(
    "TP515",
    "idle-keyword",
    "A keyword, a type or a listed value that says nothing beside the others.",
    "`minLength` lets every number pass; a null that `enum` does not list never does.",
    bad="""\
        trackplan: 1
        events:
          Seats Added:
            description: Seats were added.
            owner: reports
            properties:
              seats: {type: integer, minLength: 1}
        """,
    good="""\
        trackplan: 1
        events:
          Seats Added:
            description: Seats were added.
            owner: reports
            properties:
              seats: {type: integer, minimum: 1}
        """,
)
BAD_DEPRECATION = lint(
    "TP516",
    "bad-deprecation",
    "A `deprecated` whose dates cannot be, or whose replacement is not in the plan.",
    "No one is told when the day has come, and callers are sent to what is not there.",
    bad="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            deprecated: {remove_after: next year}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported:
            description: A report was exported.
            owner: reports
            deprecated: {remove_after: 2999-12-31}
        """,
)
UNSEEN_CHARACTER = lint(
    "TP517",
    "unseen-character",
    "A name or a listed value with a character that nobody sees.",
    "Calls and queries are typed without it: they are refused, or find nothing.",
    bad="""\
        trackplan: 1
        events:
          Plan Chosen:
            description: A plan was chosen.
            owner: reports
            properties:
              plan: {enum: [“free”, pro]}
        """,
    good="""\
        trackplan: 1
        events:
          Plan Chosen:
            description: A plan was chosen.
            owner: reports
            properties:
              plan: {enum: ["free", pro]}
        """,
)
IDLE_CONDITION = lint(
    "TP518",
    "idle-condition",
    "A condition on a name that a closed object does not declare, or a refused value.",
    "It always holds, or never: calls are refused that should pass, or the reverse.",
    bad="""\
        trackplan: 1
        events:
          Plan Changed:
            description: The plan was changed.
            owner: billing
            properties:
              toPlan: {enum: [free, pro]}
              seats: {type: integer}
            if: {properties: {to_plan: {const: pro}}}
            then: {required: [seats]}
        """,
    good="""\
        trackplan: 1
        events:
          Plan Changed:
            description: The plan was changed.
            owner: billing
            properties:
              toPlan: {enum: [free, pro]}
              seats: {type: integer}
            if: {properties: {toPlan: {const: pro}}}
            then: {required: [seats]}
        """,
)
SILENCE_WITHOUT_REASON = lint(
    "TP590",
    "silence-without-reason",
    "A `# trackplan: ignore[…]` that does not say why.",
    "Without the reason, nobody can tell later whether it still holds.",
    bad="""\
        trackplan: 1
        events:
          # trackplan: ignore[TP501]
          Report exported: {description: A report was exported., owner: reports}
        """,
    good="""\
        trackplan: 1
        events:
          # trackplan: ignore[TP501] the dashboards of 2021 use this name
          Report exported: {description: A report was exported., owner: reports}
        """,
)
IDLE_SILENCE = lint(
    "TP591",
    "idle-silence",
    "A `# trackplan: ignore[…]` that silences nothing.",
    "It would hide the next finding on its line, which nobody has judged.",
    bad="""\
        trackplan: 1
        events:
          # trackplan: ignore[TP501] an old name
          Report Exported: {description: A report was exported., owner: reports}
        """,
    good="""\
        trackplan: 1
        events:
          Report Exported: {description: A report was exported., owner: reports}
        """,
)
