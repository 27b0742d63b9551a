"""No text of a plan, wherever it stands, becomes a statement of the generated code."""

from __future__ import annotations

import ast
import inspect

from hypothesis import given
from hypothesis import strategies as st

from trackplan.check import check_text
from trackplan.render import render
from trackplan.render.layout import docstring

SHARP = st.text(
    st.sampled_from("\"'\\\n\r\t {}%#abn\u202e\x00\x85\u2028é😀"), max_size=20
)


def test_a_docstring_says_what_the_plan_says() -> None:
    text = docstring(['He said """stop\\""" twice.'], 0)
    assert (
        inspect.cleandoc(ast.literal_eval(text)).strip()
        == 'He said """stop\\""" twice.'
    )


PLAN = """\
trackplan: 1
name: {text}
events:
  {text}:
    python_name: something
    description: {text}
    owner: {text}
    tags: [{text}]
    when: {text}
    deprecated: {{reason: {text}, replaced_by: {text}}}
    properties:
      {text}: {{python_name: one, description: {text}, enum: [{text}, {text}2]}}
      two: {{const: {text}}}
      three: {{type: object, properties: {{{text}: {{type: string}}}}}}
    examples: [{{{text}: {text}}}]
"""


@given(SHARP)
def test_no_text_of_a_plan_adds_a_statement(text: str) -> None:
    quoted = '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'
    plan = PLAN.format(text=quoted).replace(f"{quoted}2", f'{quoted[:-1]}2"')
    checked = check_text(plan, "plan.yaml")
    if checked.plan is None:  # refused with a diagnostic, which is an answer too
        assert checked.diagnostics
        return
    for code in render(checked.plan, "plan.yaml").values():
        kinds = {type(node) for node in ast.parse(code).body}
        known = (ast.Expr, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
        assert kinds <= {*known, ast.Assign, ast.AnnAssign}
        calls = [n for n in ast.parse(code).body if isinstance(n, ast.Expr)]
        assert len(calls) <= 2  # the docstring, and the contract's check
