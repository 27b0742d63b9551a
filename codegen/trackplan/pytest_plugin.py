"""The pytest plugin: the fixture `tracked`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .testing import capture


@pytest.fixture
def tracked() -> Iterator[list[dict[str, object]]]:
    """The wire bodies of all calls during the test; nothing is sent."""
    with capture() as sent:
        yield sent
