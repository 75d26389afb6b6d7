#!/usr/bin/env python3
"""A linear model of a stream of Arrow record batches that is nowhere as a whole: CPU nanoseconds of a row and CPU seconds of the fit, both without
the producer's, and the largest memory of the process. The rows are made on the way, with a fixed seed, and y ~ x + (1 | a) + (1 | b) is fitted.
It needs numpy, pyarrow and the library's path in INTERLACE_LIBRARY. See benches/README.md.

    stream.py [--rows N] [--levels A B] [--groups text|dictionary|integer] [--batch N] [--calls stream|batch] [--no-fit]
"""
import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "hosts"))
from library import Accumulator, Frame, Plan, Spec  # noqa: E402


class Producer:
    """Batches of rows, and the CPU seconds that they took."""

    def __init__(self, own):
        self.rows, self.batch, self.kind, self.seconds = own.rows, own.batch, own.groups, 0.0
        rng = np.random.Generator(np.random.SFC64(1))
        self.effects = [rng.normal(0, sd, levels) for sd, levels in zip((0.5, 0.4), own.levels)]
        self.names = [pa.array([f"{name}{level}" for level in range(levels)]) for name, levels in zip("ab", own.levels)]
        self.schema = self.make(rng, 1).schema

    def group(self, name, codes):
        if self.kind == "integer":
            return pa.array(codes)
        if self.kind == "dictionary":
            return pa.DictionaryArray.from_arrays(codes, self.names["ab".index(name)])
        return pc.take(self.names["ab".index(name)], pa.array(codes))

    def make(self, rng, n):
        codes = [rng.integers(0, len(effects), n, dtype=np.int32) for effects in self.effects]
        x, noise = rng.standard_normal((2, n))
        y = 1 + 0.5 * x + noise
        for effects, own in zip(self.effects, codes):
            y += effects[own]
        return pa.record_batch({"y": y, "x": x, **{name: self.group(name, own) for name, own in zip("ab", codes)}})

    def __iter__(self):
        for number, start in enumerate(range(0, self.rows, self.batch)):
            began = time.thread_time()
            batch = self.make(np.random.Generator(np.random.SFC64([2, number])), min(self.batch, self.rows - start))
            self.seconds += time.thread_time() - began
            yield batch


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--levels", type=int, nargs=2, default=[10_000, 100])
    parser.add_argument("--groups", choices=["text", "dictionary", "integer"], default="text")
    parser.add_argument("--batch", type=int, default=131_072)
    parser.add_argument("--calls", choices=["stream", "batch"], default="stream", help="one call for the stream, or one for each batch")
    parser.add_argument("--no-fit", action="store_true")
    own = parser.parse_args()
    producer = Producer(own)
    sample = producer.make(np.random.Generator(np.random.SFC64(3)), 1000)
    sums = Accumulator.of(Plan.of(Spec.of("y ~ x + (1 | a) + (1 | b)"), Frame.of_batch(sample)), 0)
    before, began = memory(), time.process_time()
    if own.calls == "stream":
        sums.add_stream(pa.RecordBatchReader.from_batches(producer.schema, producer))
    else:
        for batch in producer:
            sums.add_batch(batch)
    seconds = time.process_time() - began - producer.seconds
    print(f"{sums.n_rows} rows, {own.levels[0]} x {own.levels[1]} levels as {own.groups}")
    print(f"accumulated   {1e9 * seconds / own.rows:.1f} CPU ns a row, {own.rows / seconds:.3g} rows a CPU second")
    print(f"producer      {1e9 * producer.seconds / own.rows:.1f} CPU ns a row")
    print(f"sums          {sums.size / 1e6:.1f} MB")
    print(f"peak memory   {memory():.0f} MB, of which {before:.0f} MB before the first row")
    if own.no_fit:
        return
    began = time.process_time()
    fit = sums.fit()
    print(f"fit           {time.process_time() - began:.2f} CPU s, peak memory {memory():.0f} MB")
    print(f"log-likelihood {fit.log_likelihood:.6f}, sigma {fit.sigma:.6f}, theta {' '.join(f'{v:.6f}' for v in fit.theta)}")
    print("fixed effects ", *(f"{v:.6f}" for v in fit.table("coefficients").values("estimate")))


def memory():
    """The largest resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
