"""A bench: what trackplan costs, beside what others cost, measured in the same run.

    python -m tests.benchmarks [PART...] [--json FILE] [--quick]

Each part is a module (`PARTS` in `__main__`) with a function `figures(quick)` that yields
figures as they come; `measure` takes them, in rounds that let every subject run in turn,
so that what slows the machine slows all alike. Trust the ratios, not the milliseconds.
"""
