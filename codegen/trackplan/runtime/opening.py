"""How a generated package opens: for this runtime, and no more of it than is used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

from .errors import ContractError

CONTRACT = 1
"""A change that code generated before would not survive gets a new number."""


def require_contract(number: int, package: str) -> None:
    """Raise ContractError unless `package` was made for this runtime's contract."""
    if number != CONTRACT:
        older, newer = ("generated code", "runtime")
        if number > CONTRACT:
            older, newer = newer, older
        raise ContractError(
            f"{package} was generated for contract {number}, and the installed runtime "
            f"keeps contract {CONTRACT}: the {older} is older than the {newer}. Run "
            f"`trackplan generate` with the installed version, or install the version "
            f"of trackplan that generated it."
        )


def on_first_use(
    number: int, package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package that imports a name when asked.

    `homes` names the module of the package that each name comes from. Threads may ask
    at once: the import system lets one of them import. Raises as `require_contract`.
    """
    require_contract(number, package)
    module = sys.modules[package]

    def get(name: str) -> object:
        if name not in homes:
            fact = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(fact, name=name, obj=module)
        value: object = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(module, name, value)  # from now on nobody asks for it here
        return value

    return get, lambda: sorted({*vars(module), *homes})
