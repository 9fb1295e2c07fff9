"""Lets processes that work through many rows look for garbage rarely."""

import gc

#: New objects between two looks at the youngest (700 is usual, for programs that have few), and
#: how many such looks go by between looks at the older ones.
_YOUNG, _MIDDLE, _OLD = 50_000, 20, 100


def collect_rarely() -> None:
    """Leave alone what is loaded by now, and look through new objects in large steps.

    A batch of a thousand people makes a hundred thousand objects that all go by themselves.
    Looking through them after every 700 takes a quarter of the time of planning (`bench.planning`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
