"""The lesson's workload by Python's own multiprocessing, for comparison.

    python3 lesson.py '{"pixdim": 1600, "escape": 255, "x": 0.1015, "y": -0.633, "size": 0.01, "processes": 2,
                        "rounds": 5, "patience": 20000}'

Prints one line of JSON for every way of doing it: the time of its best run, as timeit has it. Times are those
of the work: processes are started, and have said that they are ready, before a clock runs. A way is repeated
until the next time would take longer than its share of the patience (milliseconds). Needs nothing but the standard library.
"""

import hashlib
import json
import sys
from multiprocessing import Barrier, Pool, Process, Queue
from time import perf_counter

# Points that travel together over a queue.
BATCH = 1000


def mandelbrot(c, escape):
    """The step at which the orbit of c leaves the disk of radius 2; escape if it stays in."""
    z = c
    for step in range(escape):
        if abs(z) > 2.0:
            return step
        z = z * z + c
    return escape


def axes(window):
    """Real parts of the columns and imaginary parts of the rows."""
    pixdim, size = window["pixdim"], window["size"]

    def axis(centre):
        return [centre - (size / 2) + (size * i / pixdim) for i in range(pixdim)]

    return axis(window["x"]), axis(window["y"])


def count_row(task):
    """The counts of one row of the grid."""
    window, row = task
    columns, rows = axes(window)
    return bytes(mandelbrot(complex(re, rows[row]), window["escape"]) for re in columns)


def sequential(window):
    """One loop."""
    columns, rows = axes(window)
    began = perf_counter()
    escape = window["escape"]
    canvas = bytearray(mandelbrot(complex(re, im), escape) for im in rows for re in columns)
    return canvas, 0, perf_counter() - began


def produce(window, consumers, todo, gate):
    """Puts all points on a queue, in batches, and a None for each consumer behind them."""
    columns, rows = axes(window)
    gate.wait()
    first, batch = 0, []
    for im in rows:
        for re in columns:
            batch.append(complex(re, im))
            if len(batch) == BATCH:
                todo.put((first, batch))
                first, batch = first + BATCH, []
    if batch:
        todo.put((first, batch))
    for _ in range(consumers):
        todo.put(None)


def consume(window, todo, done, gate):
    """Takes batches until there are no more, and puts their counts on the other queue."""
    escape = window["escape"]
    gate.wait()
    for first, batch in iter(todo.get, None):
        done.put((first, bytes(mandelbrot(c, escape) for c in batch)))


def queues(window):
    """A producer, consumers, and this process, which fills the canvas."""
    processes = window["processes"]
    todo, done, gate = Queue(), Queue(), Barrier(processes + 2)
    hands = [Process(target=produce, args=(window, processes, todo, gate))]
    hands += [Process(target=consume, args=(window, todo, done, gate)) for _ in range(processes)]
    called = perf_counter()
    for hand in hands:
        hand.start()
    canvas = bytearray(window["pixdim"] ** 2)
    gate.wait()
    began = perf_counter()
    filled = 0
    while filled < len(canvas):
        first, counts = done.get()
        canvas[first : first + len(counts)] = counts
        filled += len(counts)
    seconds = perf_counter() - began
    for hand in hands:
        hand.join()
    return canvas, began - called, seconds


def pool_map(window):
    """Pool.map over rows, with its default chunk size."""
    called = perf_counter()
    with Pool(window["processes"]) as pool:
        pool.map(abs, range(window["processes"]))
        began = perf_counter()
        rows = pool.map(count_row, [(window, row) for row in range(window["pixdim"])])
        canvas = b"".join(rows)
        return canvas, began - called, perf_counter() - began


def best_of(way, window, seconds_left):
    """The way's best run and the number of its runs: as many as there are rounds, if there is time for them."""
    began = perf_counter()
    runs = [way(window)]
    while len(runs) < window["rounds"]:
        spent = perf_counter() - began
        if spent + spent / len(runs) > seconds_left:
            break
        runs.append(way(window))
    return min(runs, key=lambda run: run[2]), len(runs)


def main():
    window = json.loads(sys.argv[1])
    ways = [
        ("sequential", 1, sequential),
        ("producer and consumers, two queues", window["processes"], queues),
        ("Pool.map, rows", window["processes"], pool_map),
    ]
    for name, processes, way in ways:
        (canvas, start_up, seconds), runs = best_of(way, window, window["patience"] / 1000 / len(ways))
        row = {
            "way": name,
            "processes": processes,
            "milliseconds": seconds * 1000,
            "runs": runs,
            "startUp": start_up * 1000,
            "sha256": hashlib.sha256(canvas).hexdigest(),
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
