#!/usr/bin/env python3
"""Benchmarks beside lme4, in one run: each model is fitted in turn by this library (through its C API) and by lme4 (Debian's
r-cran-lme4, installed by `make bench` where apt-get can). CPU seconds of one thread, data already in memory; see benches/README.md.

    run.py FIT_REPEATEDLY [ROUNDS]
"""
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "tests", "reference", "data")
# name, formula, data, categorical columns, method, repeats here, repeats of lme4
MODELS = [
    ("sleepstudy", "Reaction ~ Days + (Days | Subject)", "sleepstudy.csv", "Subject", "reml", 500, 20),
    ("three slopes", "y ~ x1 + x2 + (1 + x1 + x2 | g)", "sim_three_slopes.csv", "g", "reml", 200, 10),
    ("quickstart", "score ~ hours_studied + prior_gpa + (1 | student_id) + (1 | school_id)", "quickstart.csv", "-", "reml", 200, 10),
    ("InstEval", "y ~ service + (1 | s) + (1 | d) + (1 | dept)", "InstEval.csv", "s,d,service,dept", "reml", 5, 1),
]


def run(command):
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LC_ALL="C")
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:2])}: {done.stderr.strip()}")
    least, typical, evaluations, criterion = done.stdout.split()
    return float(least), float(typical), int(evaluations), float(criterion)


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"{'model':<14}{'interlace s':>13}{'lme4 s':>10}{'ratio':>8}{'evaluations':>14}{'criterion - lme4':>18}")
    for name, formula, data, categorical, method, mine, theirs in MODELS:
        path = os.path.join(DATA, data)
        ours, lme4 = [], []
        for _ in range(rounds):
            ours.append(run([program, formula, path, categorical, method, str(mine)]))
            lme4.append(run(["Rscript", os.path.join(HERE, "lme4.R"), formula, path, categorical, method, str(theirs)]))
        a, b = statistics.median(r[1] for r in ours), statistics.median(r[1] for r in lme4)
        evaluations = f"{ours[0][2]} : {lme4[0][2]}"
        print(f"{name:<14}{a:>13.6f}{b:>10.4f}{b / a:>8.1f}{evaluations:>14}{ours[0][3] - lme4[0][3]:>18.2e}", flush=True)


if __name__ == "__main__":
    main()
