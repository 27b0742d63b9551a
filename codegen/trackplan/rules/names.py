"""Names: TP2."""

from __future__ import annotations

from trackplan.rules.registry import rule

NO_PYTHON_NAME = rule(
    "TP201",
    "no-python-name",
    "No Python name can be made of a name.",
    "A function or a parameter needs a name of letters, digits and underscores.",
    bad="""\
        trackplan: 1
        events:
          "🚀": {}
        """,
    good="""\
        trackplan: 1
        events:
          "🚀": {python_name: rocket_launched}
        """,
)
NAME_COLLISION = rule(
    "TP202",
    "name-collision",
    "Two names become the same Python name.",
    "Numbering them would rename one when the other comes or goes, and break callers.",
    bad="""\
        trackplan: 1
        events:
          Signed Up: {}
          signed-up: {}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up: {}
          signed-up: {python_name: signed_up_legacy}
        """,
)
BAD_PYTHON_NAME = rule(
    "TP203",
    "bad-python-name",
    "`python_name` is not a name Python takes.",
    "It is written into the generated code as it stands.",
    bad="""\
        trackplan: 1
        events:
          Signed Up: {python_name: class}
        """,
    good="""\
        trackplan: 1
        events:
          Signed Up: {python_name: signed_up}
        """,
)
RESERVED_NAME = rule(
    "TP204",
    "reserved-name",
    "A name begins with `$ul_`, which belongs to the Userlens browser SDK.",
    "The service would take the event or property for one the SDK made.",
    bad="""\
        trackplan: 1
        events:
          $ul_pageview: {}
        """,
    good="""\
        trackplan: 1
        events:
          Page Viewed: {}
        """,
)
