"""A bench: what a sender of events does under faults, in figures.

    python -m tests.faults [ROW...] [--peers] [--events N] [--json FILE]

Each row is one fault. A child process (`child`) makes numbered calls and ends as its row
(`rows`) says; a server in a process of its own (`server`) misbehaves and keeps what it
took; `run` compares the two. What is in the ledger, shared memory that outlives a kill,
was accepted: the call had returned. `pause ms` is the longest call of all, and `own ms` the
longest without the time for which a thread of the program could run, and was given no
processor by other programs or by the host of a virtual machine; `machine` is how late an idle
process was woken meanwhile. No sender can better these two.
"""
