#!/usr/bin/env python3
"""Benchmarks of inference about linear models beside lme4, lmerTest and pbkrtest (Debian's r-cran-lme4, r-cran-lmertest and
r-cran-pbkrtest), in one run, taking turns; CPU seconds of one thread, without those of the fit. See benches/README.md.

    inference.py INFER_REPEATEDLY [--rounds N] [--only TEXT] [--engines interlace,R]
"""
import argparse
import collections
import os
import random
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "tests", "reference", "data")
SLEEP = ("Reaction ~ Days + (Days | Subject)", "sleepstudy.csv", "Subject")
SLOPES = ("y ~ x + z + (1 + x | g)", "slopes", "g")
CROSSED = ("y ~ x + z + (1 | subject) + (1 | item)", "crossed", "subject,item")
Task = collections.namedtuple("Task", "name what model method count repeats slow", defaults=(0, 1, False))
# `repeats`: those here whose median is one time. Slow tasks have one round.
TASKS = [
    Task("profile, sleepstudy", "profile", SLEEP, "ml", repeats=20),
    Task("Satterthwaite, slopes", "satterthwaite", SLOPES, "reml", repeats=20),
    Task("Satterthwaite, crossed", "satterthwaite", CROSSED, "reml", repeats=20),
    Task("Kenward-Roger, slopes", "kenward-roger", SLOPES, "reml", repeats=20, slow=True),
    Task("Kenward-Roger, crossed", "kenward-roger", CROSSED, "reml", repeats=20, slow=True),
    Task("bootstrap 1,000, sleepstudy", "bootstrap", SLEEP, "reml", count=1000, repeats=3, slow=True),
    Task("refits 5,000, sleepstudy", "refit", SLEEP, "reml", count=5000),
    Task("refits 5,000, crossed", "refit", CROSSED, "reml", count=5000),
]


def write_slopes(path, groups=300):
    """3,000 rows; groups have 5 to 15."""
    generator = random.Random(5)
    with open(path, "w") as out:
        out.write("g,x,z,y\n")
        for g in range(groups):
            intercept, slope, z = generator.gauss(0, 1.0), generator.gauss(0, 0.5), round(generator.gauss(0, 1), 4)
            for _ in range(5 + g % 11 if g < 297 else 10):
                x = round(generator.gauss(0, 1), 4)
                y = 1 + intercept + (0.5 + 0.4 * intercept + slope) * x + 0.3 * z + generator.gauss(0, 1)
                out.write(f"g{g:03d},{x},{z},{y:.6f}\n")


def write_crossed(path, subjects=150, items=20):
    """3,000 rows: every subject sees every item."""
    generator = random.Random(6)
    u, v = [generator.gauss(0, 1.0) for _ in range(subjects)], [generator.gauss(0, 0.6) for _ in range(items)]
    z = [round(generator.gauss(0, 1), 4) for _ in range(items)]
    with open(path, "w") as out:
        out.write("subject,item,x,z,y\n")
        for s in range(subjects):
            for i in range(items):
                x = round(generator.gauss(0, 1), 4)
                out.write(f"s{s:03d},i{i:02d},{x},{z[i]},{0.5 * x + 0.3 * z[i] + u[s] + v[i] + generator.gauss(0, 1):.6f}\n")


WRITERS = {"slopes": write_slopes, "crossed": write_crossed}


def run(command):
    """Seconds and results; None for what the library cannot do."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LC_ALL="C")
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:3])}: {done.stderr.strip()}")
    if done.stdout.strip() == "skipped":
        return None
    seconds, *results = (float(line) if line != "NA" else float("nan") for line in done.stdout.split())
    return seconds, results


def measure(task, paths, arguments):
    """Runs of each engine, which take turns; this library's first, because it writes the responses of refits."""
    formula, data, categorical = task.model
    common = [task.what, formula, paths[data], categorical, task.method, str(task.count)]
    responses = [paths["responses"]] if task.what == "refit" else []
    commands = {"interlace": [arguments.program, *common, str(task.repeats), *responses],
                "R": ["Rscript", os.path.join(HERE, "inference.R"), *common, "1", *responses]}
    runs = {engine: [] for engine in arguments.engines.split(",")}
    for _ in range(1 if task.slow else arguments.rounds):
        for engine, own in runs.items():
            result = run(commands[engine])
            if result is None:
                return None
            own.append(result)
    return {engine: (statistics.median(r[0] for r in own), own[0][1]) for engine, own in runs.items()}


def difference(ours, theirs):
    """The largest, relative to the number or to one hundredth of the largest, for numbers around zero."""
    floor = 0.01 * max(map(abs, theirs))
    return max(abs(a - b) / max(abs(b), floor) for a, b in zip(ours, theirs, strict=True))


def row(task, results):
    if results is None:
        return f"{task.name:<30}  skipped: interlace_fit_refit_many is not in the library that this was built with"
    seconds = {engine: own[0] for engine, own in results.items()}
    cells = f"{task.name:<30}" + "".join(f"{seconds[e]:>13.5f}" if e in seconds else f"{'-':>13}" for e in ("interlace", "R"))
    if len(results) == 2:
        cells += f"{seconds['R'] / seconds['interlace']:>10.0f}{difference(results['interlace'][1], results['R'][1]):>14.1e}"
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--engines", default="interlace,R")
    arguments = parser.parse_args()
    print(f"{'task':<30}{'interlace s':>13}{'R s':>13}{'ratio':>10}{'difference':>14}")
    with tempfile.TemporaryDirectory() as folder:
        paths = {"sleepstudy.csv": os.path.join(DATA, "sleepstudy.csv"), "responses": os.path.join(folder, "responses.csv")}
        for name, write in WRITERS.items():
            paths[name] = os.path.join(folder, name + ".csv")
            write(paths[name])
        for task in TASKS:
            if arguments.only in task.name:
                print(row(task, measure(task, paths, arguments)), flush=True)


if __name__ == "__main__":
    main()
