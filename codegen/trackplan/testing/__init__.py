"""For an application's tests: what it would have sent, and what it may be sent with.

`capture()` collects calls instead of sending them, `examples()` gives valid arguments,
`trackplan.testing.strategies` makes more of them with Hypothesis. The pytest plugin
offers `capture()` as the fixture `tracked`.
"""

from .examples import NoExampleError, examples
from .tracked import Tracked, capture

__all__ = ["NoExampleError", "Tracked", "capture", "examples"]
