#!/usr/bin/env python3
"""Benchmarks of Cox models with Gaussian frailties beside survival's coxph(... + frailty(g, distribution = "gaussian")) and coxme, in one run:
each model is fitted in turn by `interlace-fit` and by R, default settings, one thread. See benches/README.md.

    coxme.py INTERLACE_FIT [--rows 200,2000,20000,200000] [--rounds N] [--engines interlace,survival,coxme] [--limit SECONDS]

An engine that R does not have, or that takes longer than the limit, is left out from there on.
"""
import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GROUP = 10


def write_data(path, rows):
    """Groups of ten with a frailty, two covariates, about two events in three rows."""
    generator = random.Random(rows)
    effects = [generator.gauss(0, 0.6) for _ in range(rows // GROUP)]
    with open(path, "w") as out:
        out.write("time,status,x,z,g\n")
        for i in range(rows):
            x, z = round(generator.gauss(0, 1), 4), int(generator.random() < 0.4)
            hazard = math.exp(0.5 * x - 0.4 * z + effects[i // GROUP])
            event, censored = generator.expovariate(hazard), generator.expovariate(0.5)
            out.write(f"{min(event, censored):.6f},{int(event <= censored)},{x},{z},g{i // GROUP:06d}\n")


def output_of(command, limit):
    """`None` when the limit of wall time is over."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LC_ALL="C")
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:2])}: {done.stderr.strip()}")
    return done.stdout


def fit_here(program, path, limit):
    """Seconds of a fit and the standard deviation of the frailties."""
    output = output_of([program, "coxme", "Surv(time, status) ~ x + z + (1 | g)", path, "--json", "--threads", "1"], limit)
    if output is None:
        return None
    result = json.loads(output)
    return result["timing"]["fit"], abs(result["theta"][0])


def fit_in_r(engine, path, rows, limit):
    repeats = max(1, 4_000 // rows)
    output = output_of(["Rscript", os.path.join(HERE, "coxme.R"), engine, path, str(repeats)], limit)
    return tuple(map(float, output.split())) if output else None


def measure(path, rows, engines, arguments):
    """Median seconds and standard deviation of each engine, which take turns; `None` for one that has no result."""
    runs = {engine: [] for engine in engines}
    for _ in range(arguments.rounds):
        for engine, own in runs.items():
            if engine == "interlace":
                own.append(fit_here(arguments.program, path, arguments.limit))
            else:
                own.append(fit_in_r(engine, path, rows, arguments.limit))
    return {engine: None if None in own else (statistics.median(r[0] for r in own), own[0][1]) for engine, own in runs.items()}


def cells(engine, now, before, growth, ours):
    """Seconds, how many times ours, the exponent of growth since the size before, and the standard deviation."""
    if now is None:
        return f"{'-':>44}"
    exponent = f"{math.log(now[0] / before[0]) / math.log(growth):.2f}" if before else ""
    ratio = f"{now[0] / ours[0]:.1f}" if ours and engine != "interlace" else ""
    return f"{now[0]:>14.4f}{ratio:>10}{exponent:>8}{now[1]:>12.6f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rows", default="200,2000,20000,200000")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--engines", default="interlace,survival,coxme")
    parser.add_argument("--limit", type=float, default=1800)
    arguments = parser.parse_args()
    engines, before, last = arguments.engines.split(","), {}, None
    print(f"{'rows':>8}" + "".join(f"{engine:>14}{'ratio':>10}{'growth':>8}{'sd':>12}" for engine in engines))
    with tempfile.TemporaryDirectory() as directory:
        for rows in map(int, arguments.rows.split(",")):
            path = os.path.join(directory, f"{rows}.csv")
            write_data(path, rows)
            alive = [engine for engine in engines if last is None or engine in before]
            now = measure(path, rows, alive, arguments)
            ours = now.get("interlace")
            growth = rows / last if last else None
            print(f"{rows:>8}" + "".join(cells(e, now.get(e), before.get(e), growth, ours) for e in engines), flush=True)
            before, last = {engine: result for engine, result in now.items() if result}, rows


if __name__ == "__main__":
    main()
