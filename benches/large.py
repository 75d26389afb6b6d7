#!/usr/bin/env python3
"""Linear models with more crossed levels than a factorisation takes in good time: CPU seconds of one fit with the data in memory, the largest
memory of the process (the frame included), evaluations and the criterion. Each design is simulated with a fixed seed. See benches/README.md.

    large.py FIT_REPEATEDLY [DESIGN ...] [--rows N] [--slopes] [--engine E]
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile


def crossed(rng, n):
    """n/10 levels of even size and n/100 of popularity rank^-0.7."""
    a, b = n // 10, n // 100
    weights = [rank ** -0.7 for rank in range(1, b + 1)]
    return rng.choices(range(a), k=n), rng.choices(range(b), weights, k=n), (0.5, 0.4)


def weak(rng, n):
    """Students in schools of ten teachers, ten rows each; one in a hundred is in two schools."""
    a, b = n // 10, n // 100
    first = [rng.randrange(b // 10) for _ in range(a)]
    second = [rng.randrange(b // 10) if rng.random() < 0.01 else school for school in first]
    students = [i % a for i in range(n)]
    schools = [(first if rng.random() < 0.5 else second)[s] for s in students]
    return students, [10 * school + rng.randrange(10) for school in schools], (0.5, 0.4)


def firms(rng, n):
    """Workers over five years in firms of Pareto size; three in a hundred move to a firm nearby each year."""
    workers = n // 5
    sizes, total = [], 0
    while total < workers:
        sizes.append(min(int(5 * rng.paretovariate(1.1)), workers // 50 + 5))
        total += sizes[-1]
    firm = [f for f, size in enumerate(sizes) for _ in range(size)][:workers]
    a, b = [], []
    for year in range(5):
        for worker in range(workers):
            if year > 0 and rng.random() < 0.03:
                firm[worker] = min(max(firm[worker] + rng.randrange(-20, 21), 0), len(sizes) - 1)
            a.append(worker)
            b.append(firm[worker])
    return a, b, (1.0, 0.6)


DESIGNS = {"crossed": crossed, "weak": weak, "firms": firms}


def write(name, n, slopes, path):
    rng = random.Random(f"{name} {n}")
    a, b, sds = DESIGNS[name](rng, n)
    normal = rng.gauss
    effects = [[(normal(0, sd), normal(0, 0.3) if slopes else 0.0) for _ in range(max(g) + 1)] for g, sd in zip((a, b), sds)]
    with open(path, "w") as file:
        file.write("y,x,a,b\n")
        for i, j in zip(a, b):
            x = normal(0, 1)
            (u, v), (s, t) = effects[0][i], effects[1][j]
            file.write(f"{1 + 0.5 * x + u + s + (v + t) * x + normal(0, 1):.17g},{x:.17g},a{i},b{j}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("designs", nargs="*", help=", ".join(DESIGNS))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--slopes", action="store_true", help="slopes of x on both factors")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--threads", default="1")
    parser.add_argument("--seconds", default="0.001", help="CPU seconds of repeated fits")
    parser.add_argument("--data", help="a folder in which the files are kept")
    own = parser.parse_args()
    formula = "y ~ x + (x | a) + (x | b)" if own.slopes else "y ~ x + (1 | a) + (1 | b)"
    with tempfile.TemporaryDirectory() as temporary:
        print(f"{'design':<10}{'rows':>10}{'CPU s':>10}{'MB':>8}{'evaluations':>13}{'log-likelihood':>20}")
        for name in own.designs or DESIGNS:
            path = os.path.join(own.data or temporary, f"{name}-{own.rows}{'-slopes' if own.slopes else ''}.csv")
            if not os.path.exists(path):
                write(name, own.rows, own.slopes, path)
            command = [own.program, own.seconds, "lmm", formula, path, "--engine", own.engine, "--threads", own.threads]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"{name}: {done.stderr.strip()}")
            found = json.loads(done.stdout)
            sizes = f"{found['minimum']:>10.2f}{found['peak'] / 1e6:>8.0f}{found['evaluations']:>13}"
            print(f"{name:<10}{own.rows:>10}{sizes}{found['log_likelihood']:>20.4f}", flush=True)


if __name__ == "__main__":
    main()
