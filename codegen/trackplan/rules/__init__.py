"""Every rule of all commands. Codes come in families and are never reused.

TP0 reading · TP1 the plan's shape · TP2 names · TP3 schemas · TP4 examples · TP5 lints
· TP6 changes, which `diff` reports · TP7 what `usage` finds · TP8 generated code.
The examples of a rule, `bad` and `good`, run as tests, but for those of TP8.
"""

from __future__ import annotations

from trackplan.rules.changes import CHANGES
from trackplan.rules.examples import (
    BAD_EXAMPLE,
)
from trackplan.rules.lints import (
    BAD_DEPRECATION,
    CONFLICTING_TYPES,
    EVENT_CASE,
    EVENT_TENSE,
    IDLE_CONDITION,
    IDLE_KEYWORD,
    IDLE_SILENCE,
    NEAR_DUPLICATE,
    NO_DESCRIPTION,
    NO_OWNER,
    OPEN_OBJECT,
    OVERDUE,
    PROPERTY_CASE,
    SILENCE_WITHOUT_REASON,
    SLOW_PATTERN,
    UNBOUNDED_PII,
    UNSATISFIABLE,
    UNSEEN_CHARACTER,
    UNUSED_DEFINITION,
    YAML_1_1_BOOLEAN,
)
from trackplan.rules.names import (
    BAD_PYTHON_NAME,
    NAME_COLLISION,
    NO_PYTHON_NAME,
    RESERVED_NAME,
)
from trackplan.rules.reading import (
    DUPLICATE_KEY,
    KEY_NOT_TEXT,
    MERGE_KEY,
    NOT_YAML,
    VALUE_NOT_JSON,
)
from trackplan.rules.registry import ALL as _ENTERED
from trackplan.rules.registry import find
from trackplan.rules.schemas import (
    BAD_PATTERN,
    OLD_DRAFT,
    REFERENCE_LOOP,
    REQUIRED_UNDECLARED,
    UNKNOWN_FORMAT,
    UNKNOWN_REFERENCE,
    UNKNOWN_TYPE,
    UNSUPPORTED_KEYWORD,
)
from trackplan.rules.shape import (
    BAD_INCLUDE,
    BAD_VALUE,
    MISSING_KEY,
    UNKNOWN_KEY,
    WRONG_KIND,
)
from trackplan.rules.stale import STALE
from trackplan.rules.usage import USAGE

ALL = dict(sorted(_ENTERED.items()))
"""Every rule that `check` holds a plan to by its code, in order."""

EXPLAINED = {**ALL, **CHANGES, **USAGE, **STALE}
"""Every rule of all commands by its code, in order."""

__all__ = [
    "ALL",
    "BAD_DEPRECATION",
    "BAD_EXAMPLE",
    "BAD_INCLUDE",
    "BAD_PATTERN",
    "BAD_PYTHON_NAME",
    "BAD_VALUE",
    "CHANGES",
    "CONFLICTING_TYPES",
    "DUPLICATE_KEY",
    "EVENT_CASE",
    "EVENT_TENSE",
    "EXPLAINED",
    "IDLE_CONDITION",
    "IDLE_KEYWORD",
    "IDLE_SILENCE",
    "KEY_NOT_TEXT",
    "MERGE_KEY",
    "MISSING_KEY",
    "NAME_COLLISION",
    "NEAR_DUPLICATE",
    "NOT_YAML",
    "NO_DESCRIPTION",
    "NO_OWNER",
    "NO_PYTHON_NAME",
    "OLD_DRAFT",
    "OPEN_OBJECT",
    "OVERDUE",
    "PROPERTY_CASE",
    "REFERENCE_LOOP",
    "REQUIRED_UNDECLARED",
    "RESERVED_NAME",
    "SILENCE_WITHOUT_REASON",
    "SLOW_PATTERN",
    "STALE",
    "UNBOUNDED_PII",
    "UNKNOWN_FORMAT",
    "UNKNOWN_KEY",
    "UNKNOWN_REFERENCE",
    "UNKNOWN_TYPE",
    "UNSATISFIABLE",
    "UNSEEN_CHARACTER",
    "UNSUPPORTED_KEYWORD",
    "UNUSED_DEFINITION",
    "USAGE",
    "VALUE_NOT_JSON",
    "WRONG_KIND",
    "YAML_1_1_BOOLEAN",
    "find",
]
