"""Work in several processes at once: the database's server has more than one core, and so has this machine."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from queue import Empty
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
_FORK = multiprocessing.get_context("fork")


class WorkerDied(RuntimeError):
    """A process ended without a word; what it had in hand is not written, and the load can be begun again."""


def spread(work: Callable[[int], Iterator[T]], workers: int) -> Iterator[T]:
    """What ``work(0)`` … ``work(workers - 1)`` yield, as it comes, each in a process of its own; one works right here.

    The first error ends all of them and is raised.
    """
    if workers < 2:
        yield from work(0)
        return
    connections.close_all()  # a connection must not be shared
    queue = _FORK.Queue()
    processes = [_FORK.Process(target=_run, args=(work, number, queue), daemon=True) for number in range(workers)]
    for process in processes:
        process.start()
    try:
        yield from _received(queue, processes)
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _received(queue, processes: Sequence) -> Iterator:
    running = len(processes)
    while running:
        if queue.empty() and any(process.exitcode not in (None, 0) for process in processes):
            raise WorkerDied("A process of the load ended early; begin the load again, it goes on where it stopped.")
        try:
            kind, value = queue.get(timeout=1)
        except Empty:
            continue
        if kind == "error":
            raise value
        running -= kind == "end"
        if kind == "value":
            yield value


def _run(work: Callable[[int], Iterator], number: int, queue) -> None:
    try:
        for value in work(number):
            queue.put(("value", value))
        queue.put(("end", None))
    except Exception as error:
        queue.put(("error", error))
    finally:
        connections.close_all()


def share(things: Sequence[T], sizes: Sequence[int], workers: int) -> list[list[T]]:
    """``things`` in ``workers`` lists, each in the order given, of about the same size together."""
    lists: list[list[tuple[int, T]]] = [[] for _worker in range(workers)]
    loads = [0] * workers
    for place in sorted(range(len(things)), key=lambda place: -sizes[place]):
        least = loads.index(min(loads))
        loads[least] += sizes[place]
        lists[least].append((place, things[place]))
    return [[thing for _place, thing in sorted(some, key=lambda pair: pair[0])] for some in lists]
