"""The command's entry point, which exists without the command's tools too."""

from __future__ import annotations

import io
import sys

from trackplan import cache


def main() -> None:
    """Run the command line; say what to install where its tools are missing."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name may not be in its encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    code = cache.recall()
    if code is not None:
        sys.exit(code)
    try:
        from trackplan.cli import run

        sys.exit(run())  # each command imports what it needs
    except ModuleNotFoundError as error:
        missing, *_ = (error.name or "trackplan").split(".")
        if missing == "trackplan":
            raise
        print(
            f"trackplan: the command needs {missing}, which is not installed: "
            "run `pip install 'trackplan[cli]'`.",
            file=sys.stderr,
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
