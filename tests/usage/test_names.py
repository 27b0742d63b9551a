"""Names are resolved as Python does: a line marked `# use` is a use, and no other is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from usage.conftest import Project, uses

ONE_FILE = {
    "a call of the imported function": """
        from generated import track_signed_up
        track_signed_up("u", method="x")  # use
    """,
    "an alias of the function": """
        from generated import track_signed_up as t
        t("u")  # use
    """,
    "the package under another name": """
        import generated as g
        g.track_signed_up("u")  # use
    """,
    "the package under another name, and a star": """
        import generated as g
        from generated import *
        g.track_signed_up("u")  # use
    """,
    "a module of the package": """
        import generated.events
        from generated.events import track_signed_up as t
        from generated import events
        generated.events.track_signed_up("u")  # use
        t("u")  # use
        events.track_signed_up("u")  # use
    """,
    "a module of a package of many events": """
        import generated._events_03
        from generated._events_03 import track_signed_up as t
        from generated import _events_03
        generated._events_03.track_signed_up("u")  # use
        t("u")  # use
        _events_03.track_signed_up("u")  # use
    """,
    "another name, assigned": """
        from generated import track_signed_up
        send = track_signed_up  # use
        def f():
            send("u")  # use
    """,
    "names assigned together": """
        from generated import track_signed_up, track_trial_started
        a, b = track_trial_started, track_signed_up  # use
        a("u")
        b("u")  # use
    """,
    "one of two names": """
        from generated import track_signed_up, track_trial_started
        send = track_signed_up if input() else track_trial_started  # use
        send("u")  # use
    """,
    "a name assigned in an expression": """
        from generated import track_signed_up
        if send := track_signed_up:  # use
            send("u")  # use
        [last := track_signed_up for _ in "ab"]  # use
        last("u")  # use
    """,
    "a value passed on": """
        from generated import track_signed_up
        register(track_signed_up)  # use
        handlers = {"signup": track_signed_up}  # use
        thread = Thread(target=track_signed_up)  # use
    """,
    "a partial": """
        from functools import partial
        import functools as ft
        from generated import track_signed_up
        send = partial(track_signed_up, "u")  # use
        other = ft.partial(track_signed_up, "u")  # use
        send(method="x")  # use
        other(method="x")  # use
    """,
    "getattr with a literal": """
        import generated
        getattr(generated, "track_signed_up")("u")  # use
        send = getattr(generated, "track_signed_up", None)  # use
        send("u")  # use
    """,
    "a module imported by a literal": """
        import importlib
        importlib.import_module("generated").track_signed_up("u")  # use
        g = __import__("generated")
        g.track_signed_up("u")  # use
    """,
    "a conditional import": """
        try:
            from generated import track_signed_up
        except ImportError:
            track_signed_up = None
        if track_signed_up:  # use
            track_signed_up("u")  # use
    """,
    "a fallback defined in place of the import": """
        try:
            from generated import track_signed_up
        except ImportError:
            def track_signed_up(*args, **kwargs): ...
        track_signed_up("u")  # use
    """,
    "an import for the type checker alone": """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from generated import track_signed_up
            check = track_signed_up
        def f(send: "track_signed_up"): ...
        track_signed_up("u")
    """,
    "the other branch of the type checker": """
        import typing as t
        if not t.TYPE_CHECKING:
            from generated import track_signed_up
        else:
            track_signed_up = None
        track_signed_up("u")  # use
    """,
    "a comment and a text": '''
        from generated import track_signed_up
        # track_signed_up("u")
        text = "track_signed_up('u')"
        """track_signed_up("u")"""
    ''',
    "a longer name beside it": """
        from generated import track_signed_up_v2, track_signed_up
        track_signed_up_v2("u")
        def track_signed_up_now(): ...
        track_signed_up_now()
    """,
    "an attribute of that name of something else": """
        from generated import track_signed_up
        import other
        other.track_signed_up("u")
        object().track_signed_up("u")
    """,
    "a parameter of that name": """
        from generated import track_signed_up
        def f(track_signed_up):
            track_signed_up("u")
        g = lambda track_signed_up: track_signed_up("u")
    """,
    "a local of that name": """
        from generated import track_signed_up
        def f():
            track_signed_up = print
            track_signed_up("u")
        def g():
            for track_signed_up in []:
                track_signed_up("u")
        def h():
            track_signed_up("u")
            def track_signed_up(): ...
    """,
    "a comprehension's own name": """
        from generated import track_signed_up
        [track_signed_up("u") for track_signed_up in []]
        {track_signed_up("u"): 1 for _ in "a"}  # use
    """,
    "a function's own import": """
        def f():
            from generated import track_signed_up
            track_signed_up("u")  # use
            def inner():
                track_signed_up("u")  # use
        track_signed_up("u")
    """,
    "a class body hides from its methods": """
        class A:
            from generated import track_signed_up
            track_signed_up("u")  # use
            def f(self):
                track_signed_up("u")
                self.track_signed_up("u")  # use
    """,
    "a global": """
        send = None
        def setup():
            global send
            from generated import track_signed_up
            send = track_signed_up  # use
        def f():
            send("u")  # use
    """,
    "a nonlocal": """
        from generated import track_signed_up
        def f():
            send = None
            def setup():
                nonlocal send
                send = track_signed_up  # use
            setup()
            send("u")  # use
    """,
    "a name that is bound anew": """
        from generated import track_signed_up
        track_signed_up("u")  # use
        track_signed_up = print
        track_signed_up("u")
        def f():
            track_signed_up("u")
    """,
    "the other branch": """
        import sys
        if sys.argv:
            from generated import track_signed_up
        else:
            track_signed_up("u")
    """,
    "a loop goes round": """
        send = print
        while True:
            send("u")  # use
            from generated import track_signed_up as send
    """,
    "a match": """
        from generated import track_signed_up
        match input():
            case "a":
                track_signed_up("u")  # use
            case track_signed_up:
                track_signed_up("u")
    """,
    "a static method and an attribute of a class": """
        from generated import track_signed_up
        class A:
            send = staticmethod(track_signed_up)  # use
            other = track_signed_up  # use
            def f(self):
                self.send("u")  # use
            @classmethod
            def g(cls):
                cls.send("u")  # use
        A.send("u")  # use
        A().send("u")  # use
        a = A()
        a.other("u")  # use
    """,
    "an attribute of an object": """
        from generated import track_signed_up
        class A:
            def __init__(self):
                self.send = track_signed_up  # use
            def f(self):
                def inner():
                    self.send("u")  # use
                self.other("u")
        class B(A):
            def g(self):
                self.send("u")  # use
        def h(a: A, b: "B | None" = None):
            a.send("u")  # use
            b.send("u")  # use
    """,
    "what a function returns": """
        from generated import track_signed_up
        def sender():
            return track_signed_up  # use
        sender()("u")  # use
        class A:
            @property
            def send(self):
                return track_signed_up  # use
            def f(self):
                self.send("u")  # use
    """,
    "a decorator and a wrapper": """
        from generated import track_signed_up
        @on_signup(track_signed_up)  # use
        def f(): ...
        def wrap(user, **kwargs):
            return track_signed_up(user, method="x")  # use
        logged = log(track_signed_up)  # use
        on_click(lambda user: track_signed_up(user, method="x"))  # use
    """,
    "a default": """
        from generated import track_signed_up
        def f(send=track_signed_up):  # use
            send("u")  # use
    """,
    "a task queue": """
        from generated import track_signed_up
        track_signed_up.delay("u")  # use
        print(track_signed_up("u").queued)  # use
    """,
    "async code": """
        from generated import track_signed_up
        async def f(source):
            async with source as s:
                async for one in s:
                    await wait(track_signed_up(one))  # use
    """,
    "an f-string": """
        from generated import track_signed_up
        print(f"{track_signed_up('u')}")  # use
    """,
    "a deleted name": """
        from generated import track_signed_up
        del track_signed_up
        track_signed_up("u")
    """,
    "characters of more than one byte before it": """
        from generated import track_signed_up
        "ü"; track_signed_up("u")  # use
    """,
}

SEVERAL_FILES: dict[str, dict[str, str]] = {
    "a re-export through a package": {
        "app/__init__.py": "",
        "app/analytics/__init__.py": "from .events import track_signed_up as signed_up\n",
        "app/analytics/events.py": "from generated import track_signed_up\n",
        "main.py": "from app.analytics import signed_up\nsigned_up('u')  # use\n",
    },
    "a star import": {
        "app/events.py": "from generated import *\n",
        "main.py": "from app.events import *\ntrack_signed_up('u')  # use\n",
    },
    "a star that `__all__` limits": {
        "app/events.py": "from generated import *\n__all__ = ['track_trial_started']\n",
        "main.py": "from app.events import *\ntrack_signed_up('u')\n",
    },
    "a star that `__all__` lets through": {
        "app/events.py": (
            "from generated import *\n__all__ = []\n__all__ += ['track_signed_up']\n"
        ),
        "main.py": "from app.events import *\ntrack_signed_up('u')  # use\n",
    },
    "a star in a circle": {
        "a.py": "from b import *\n",
        "b.py": "from a import *\nfrom generated import *\n",
        "main.py": "from a import track_signed_up\ntrack_signed_up('u')  # use\n",
    },
    "a module passed through": {
        "app/__init__.py": "import generated as events\n",
        "main.py": "import app\napp.events.track_signed_up('u')  # use\n",
    },
    "a submodule by its package": {
        "app/__init__.py": "",
        "app/events.py": "from generated import track_signed_up as send\n",
        "main.py": "import app.events\napp.events.send('u')  # use\n",
        "other.py": "from app import events\nevents.send('u')  # use\n",
    },
    "a relative import of some levels": {
        "app/__init__.py": "from generated import track_signed_up as send\n",
        "app/a/b/c.py": "from ... import send\nsend('u')  # use\n",
        "app/a/d.py": "from ..x import send\nsend('u')\n",
    },
    "the layout with src": {
        "src/app/__init__.py": "",
        "src/app/events.py": "from generated import track_signed_up\n",
        "tests/test_app.py": (
            "from app.events import track_signed_up\ntrack_signed_up('u')  # use\n"
        ),
    },
    "the nearest module of that name": {
        "one/app/events.py": "from generated import track_signed_up as send\n",
        "one/app/main.py": "from app.events import send\nsend('u')  # use\n",
        "two/app/events.py": "send = print\n",
        "two/app/main.py": "from app.events import send\nsend('u')\n",
    },
    "a script beside its module": {
        "app/__init__.py": "",
        "app/helper.py": "from generated import track_signed_up as send\n",
        "app/run.py": "from helper import send\nsend('u')  # use\n",
        "other/run.py": "from helper import send\nsend('u')\n",
    },
    "a class of another module": {
        "app/base.py": (
            "from generated import track_signed_up\n"
            "class Base:\n    def send(self): ...\n"
            "    track = staticmethod(track_signed_up)  # use\n"
        ),
        "main.py": (
            "from app import base\n"
            "class Mine(base.Base):\n    def f(self):\n        self.track('u')  # use\n"
        ),
    },
    "a folder of that name that is no package": {
        "tests/generated/test_a.py": "",
        "tests/test_b.py": (
            "from generated import track_signed_up\ntrack_signed_up('u')  # use\n"
        ),
    },
    "another package of that name": {
        "proto/generated/__init__.py": "def track_signed_up(): ...\n",
        "proto/main.py": (
            "from .generated import track_signed_up\n"
            "from proto.generated import track_signed_up as other\n"
            "track_signed_up()\nother()\n"
        ),
    },
}


def marked(files: Mapping[str, str]) -> set[str]:
    """Return the places of the lines that are marked as uses."""
    return {
        f"{name}:{number}"
        for name, text in files.items()
        for number, line in enumerate(text.split("\n"), 1)
        if "# use" in line
    }


@pytest.mark.parametrize("code", ONE_FILE.values(), ids=list(ONE_FILE))
def test_it_is_right_about(code: str, project: Project) -> None:
    files = {"app.py": code}
    assert uses(project(files)) == marked(files)


@pytest.mark.parametrize("files", SEVERAL_FILES.values(), ids=list(SEVERAL_FILES))
def test_across_files_it_is_right_about(
    files: dict[str, str], project: Project
) -> None:
    assert uses(project(files)) == marked(files)


@pytest.mark.parametrize("name", ["app.analytics.generated", "analytics.generated"])
def test_the_package_is_found_where_it_is_written(name: str, project: Project) -> None:
    code = f"from {name} import track_signed_up as t\nt('u')\n"
    output = "/".join(["src", *name.split(".")])
    assert uses(project({"src/main.py": code}, output=output)) == {"src/main.py:2"}


def test_the_package_is_found_by_a_relative_import(project: Project) -> None:
    files = {"app/views.py": "from .events import track_signed_up as t\nt('u')\n"}
    assert uses(project(files, output="app/events")) == {"app/views.py:2"}


def test_the_generated_package_uses_nothing_itself(project: Project) -> None:
    files = {
        "generated/__init__.py": "from .events import track_signed_up\n",
        "generated/events.py": "def track_signed_up(): ...\ntrack_signed_up()\n",
        "app.py": "import generated\n",
    }
    assert uses(project(files)) == set()


def test_identify_and_group_count_too(project: Project) -> None:
    files = {"app.py": "from generated import identify_user\nidentify_user('u')\n"}
    assert uses(project(files), "identify_user") == {"app.py:2"}


def test_a_file_is_read_in_its_own_encoding(project: Project) -> None:
    project({"app.py": "", "main.py": "from app import é\né('u')\n"})
    with open("app.py", "wb") as file:
        file.write(
            "# coding: latin-1\nfrom generated import track_signed_up as é\n".encode(
                "latin-1"
            )
        )
    assert uses(project({})) == {"main.py:2"}


@pytest.mark.parametrize("output", ["generated", "../generated"])
def test_the_current_folder_may_be_a_package(
    project: Project, tmp_path: Path, output: str
) -> None:
    code = 'from generated import track_signed_up\ntrack_signed_up("u", method="x")\n'
    examined = project(
        {"__init__.py": "", "app.py": code}, output=str(tmp_path / output)
    )
    assert examined.files == 2
