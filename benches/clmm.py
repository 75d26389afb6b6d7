#!/usr/bin/env python3
"""Benchmarks of ordinal models beside ordinal's clmm(), in one run: each model is fitted in turn by `interlace-fit` and by R (Debian's
r-cran-ordinal), default settings, one thread. See benches/README.md.

    clmm.py INTERLACE_FIT [--rounds N] [--only TEXT] [--engines interlace,ordinal] [--big] [--limit SECONDS]

The large model, simulated here, takes R many minutes and is left out without --big.
"""
import argparse
import collections
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "tests", "reference", "data")
Model = collections.namedtuple("Model", "name formula data categorical levels link threshold quadrature repeats big", defaults=("logit", "flexible", 1, 1, False))
# `repeats`: fits of R whose mean is one of its times.
MODELS = [
    Model("wine", "rating ~ temp + contact + (1 | judge)", "wine.csv", "judge,bottle", "1,2,3,4,5", repeats=20),
    Model("wine, 15 points", "rating ~ temp + contact + (1 | judge)", "wine.csv", "judge,bottle", "1,2,3,4,5", quadrature=15, repeats=20),
    Model("wine, slope", "rating ~ temp + contact + (1 + temp | judge)", "wine.csv", "judge,bottle", "1,2,3,4,5"),
    Model("soup", "SURENESS ~ PROD + DAY + (1 | RESP)", "soup.csv", "RESP,PRODID,DAY", "1,2,3,4,5,6", repeats=3),
    Model("soup, two factors", "SURENESS ~ PROD + (1 | RESP) + (1 | PRODID)", "soup.csv", "RESP,PRODID,DAY", "1,2,3,4,5,6", "probit"),
    Model("VerbAgg", "resp ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)", "verbagg", "Gender,item,id,btype,situ,mode", "no,perhaps,yes"),
    Model("crossed", "y ~ x + (1 | subject) + (1 | item)", "crossed", "subject,item", "1,2,3,4,5", big=True),
]


def write_verbagg(path):
    output_of(["Rscript", os.path.join(HERE, "clmm.R"), "--verbagg", path])


def write_crossed(path, subjects=1_000, items=50):
    """Every subject answers every item, in five categories."""
    generator = random.Random(4)
    u, v = [generator.gauss(0, 1.0) for _ in range(subjects)], [generator.gauss(0, 0.6) for _ in range(items)]
    thresholds = [-1.8, -0.4, 0.7, 2.1]
    with open(path, "w") as out:
        out.write("subject,item,x,y\n")
        for s in range(subjects):
            for i in range(items):
                x, uniform = round(generator.gauss(0, 1), 4), generator.random()
                latent = 0.7 * x + u[s] + v[i] + math.log(uniform / (1 - uniform))
                out.write(f"s{s:04d},i{i:02d},{x},{1 + sum(latent > t for t in thresholds)}\n")


WRITERS = {"verbagg": write_verbagg, "crossed": write_crossed}


def output_of(command, limit=None):
    """`None` when the limit of wall time is over."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LC_ALL="C")
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:2])}: {done.stderr.strip()}")
    return done.stdout


def fit_here(program, model, path):
    order = model.formula.split()[0] + "=" + "<".join(model.levels.split(","))
    command = [program, "clmm", model.formula, path, "--json", "--threads", "1", "--categorical", model.categorical, "--ordered", order]
    command += ["--link", model.link, "--threshold", model.threshold, "--nagq", str(model.quadrature)]
    result = json.loads(output_of(command))
    return result["timing"]["fit"], result["logLik"], result["outcome"]["evaluations"]


def fit_in_r(model, path, limit):
    command = ["Rscript", os.path.join(HERE, "clmm.R"), model.formula, path, model.categorical, model.levels, model.link, model.threshold]
    output = output_of(command + [str(model.quadrature), str(model.repeats)], limit)
    seconds, log_likelihood = map(float, output.split()) if output is not None else (math.inf, math.nan)
    return seconds, log_likelihood, None


def measure(model, path, arguments):
    """Median seconds and log-likelihood of each engine, which take turns."""
    runs = {engine: [] for engine in arguments.engines.split(",")}
    for _ in range(1 if model.big else arguments.rounds):
        for engine, own in runs.items():
            own.append(fit_here(arguments.program, model, path) if engine == "interlace" else fit_in_r(model, path, arguments.limit))
    return {engine: (statistics.median(r[0] for r in own), *own[0][1:]) for engine, own in runs.items()}


def row(model, results):
    ours, theirs = results.get("interlace"), results.get("ordinal")
    cells = f"{model.name:<20}" + (f"{ours[0]:>12.4f}{ours[2]:>7}" if ours else f"{'-':>12}{'-':>7}")
    cells += f"{theirs[0]:>12.3f}" if theirs else f"{'-':>12}"
    if ours and theirs:
        cells += f"{theirs[0] / ours[0]:>9.1f}{ours[1] - theirs[1]:>12.1e}"
    return cells + "   " + ", ".join(f"{engine} {r[1]:.6f}" for engine, r in results.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--engines", default="interlace,ordinal")
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--limit", type=float, default=3600, help="seconds of wall time for one run of R")
    arguments = parser.parse_args()
    print(f"{'model':<20}{'interlace s':>12}{'evals':>7}{'ordinal s':>12}{'ratio':>9}{'ours - its':>12}   log-likelihoods")
    with tempfile.TemporaryDirectory() as folder:
        for model in MODELS:
            if arguments.only not in model.name or model.big and not arguments.big:
                continue
            path = os.path.join(DATA, model.data)
            if model.data in WRITERS:
                path = os.path.join(folder, model.data + ".csv")
                WRITERS[model.data](path)
            print(row(model, measure(model, path, arguments)), flush=True)


if __name__ == "__main__":
    main()
