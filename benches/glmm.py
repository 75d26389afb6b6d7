#!/usr/bin/env python3
"""Benchmarks of generalised models beside lme4 and glmmTMB, in one run: each model is fitted in turn by `interlace-fit`, by lme4 and by
glmmTMB (Debian's r-cran-lme4 and r-cran-glmmtmb), default settings, one thread. See benches/README.md.

    glmm.py INTERLACE_FIT [--rounds N] [--only TEXT] [--engines interlace,lme4,glmmTMB] [--big]

The large models, simulated here, take R minutes each and are left out without --big.
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
OWLS = "calls ~ FoodTreatment * SexParent + offset(logBroodSize) + (1 | Nest)"
Model = collections.namedtuple("Model", "name formula data categorical family link quadrature lme4 ziformula big", defaults=(1, 1, "-", False))
# `quadrature` is this library's, `lme4` lme4's (None: it has no such model).
MODELS = [
    Model("VerbAgg", "r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)", "VerbAgg.csv", "Gender,item,id,btype,situ", "binomial", "logit"),
    Model("Contraception", "use ~ age + urban + livch + (1 + urban | district)", "Contraception.csv", "district,livch,urban", "binomial", "logit"),
    Model("grouseticks", "TICKS ~ YEAR + cHEIGHT + (1 | INDEX) + (1 | BROOD) + (1 | LOCATION)", "grouseticks.csv", "INDEX,BROOD,LOCATION,YEAR", "poisson", "log"),
    Model("Owls NB2", OWLS, "Owls.csv", "Nest,FoodTreatment,SexParent", "nbinom2", "log"),
    Model("Owls ZINB2", OWLS, "Owls.csv", "Nest,FoodTreatment,SexParent", "nbinom2", "log", lme4=None, ziformula="~ 1"),
    Model("toenail, 20 points", "outcome ~ treatment * time + (1 | patientID)", "toenail.csv", "patientID,treatment", "binomial", "logit", 20, 20),
    Model("binary slopes", "y ~ x + (1 + x | g)", "slopes", "g", "binomial", "logit", big=True),
    Model("crossed counts", "y ~ x + (1 | g) + (1 | h)", "crossed", "g,h", "poisson", "log", lme4=0, big=True),
]


def poisson(generator, mean):
    """By multiplication of uniforms: means are small here."""
    count, product, least = 0, generator.random(), math.exp(-mean)
    while product > least:
        count += 1
        product *= generator.random()
    return count


def write_slopes(path, rows=100_000, groups=2_000):
    generator = random.Random(1)
    effects = [(generator.gauss(0, 0.8), generator.gauss(0, 0.5)) for _ in range(groups)]
    with open(path, "w") as out:
        out.write("g,x,y\n")
        for i in range(rows):
            intercept, slope = effects[i % groups]
            x = round(generator.gauss(0, 1), 4)
            eta = -0.3 + intercept + (0.6 + 0.3 * intercept + slope) * x
            out.write(f"g{i % groups:04d},{x},{int(generator.random() < 1 / (1 + math.exp(-eta)))}\n")


def write_crossed(path, rows=500_000, groups=10_000, items=100):
    generator = random.Random(2)
    u, v = [generator.gauss(0, 0.5) for _ in range(groups)], [generator.gauss(0, 0.4) for _ in range(items)]
    with open(path, "w") as out:
        out.write("g,h,x,y\n")
        for i in range(rows):
            g, h, x = i % groups, generator.randrange(items), round(generator.gauss(0, 1), 4)
            out.write(f"g{g:05d},h{h:03d},{x},{poisson(generator, math.exp(0.2 + 0.3 * x + u[g] + v[h]))}\n")


WRITERS = {"slopes": write_slopes, "crossed": write_crossed}


def output_of(command):
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LC_ALL="C")
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:2])}: {done.stderr.strip()}")
    return done.stdout


def fit_here(program, model, path):
    command = [program, "glmm", model.formula, path, "--json", "--threads", "1", "--categorical", model.categorical, "--family", model.family]
    command += ["--link", model.link, "--nagq", str(model.quadrature)] + (["--ziformula", model.ziformula] if model.ziformula != "-" else [])
    result = json.loads(output_of(command))
    return result["timing"]["fit"], result["logLik"], result["outcome"]["evaluations"]


def fit_in_r(engine, model, path):
    command = ["Rscript", os.path.join(HERE, "glmm.R"), engine, model.formula, path, model.categorical, model.family]
    seconds, log_likelihood = output_of(command + [str(model.lme4), model.ziformula, "1"]).split()
    return float(seconds), float(log_likelihood), None


def engines_of(model, wanted):
    able = {"interlace": True, "lme4": model.lme4 is not None, "glmmTMB": model.quadrature == 1}
    return [engine for engine in wanted if able[engine]]


def measure(model, path, arguments):
    """Median seconds and log-likelihood of each engine, which take turns."""
    runs = {engine: [] for engine in engines_of(model, arguments.engines.split(","))}
    for _ in range(1 if model.big else arguments.rounds):
        for engine, own in runs.items():
            own.append(fit_here(arguments.program, model, path) if engine == "interlace" else fit_in_r(engine, model, path))
    return {engine: (statistics.median(r[0] for r in own), *own[0][1:]) for engine, own in runs.items()}


def row(model, results):
    ours = results.get("interlace")
    cells = [f"{model.name:<20}", f"{ours[0]:>12.4f}{ours[2]:>7}" if ours else " " * 19]
    for engine in ("lme4", "glmmTMB"):
        theirs = results.get(engine)
        ratio = f"{theirs[0] / ours[0]:>8.1f}{ours[1] - theirs[1]:>12.1e}" if ours and theirs else " " * 20
        cells.append((f"{theirs[0]:>12.3f}" if theirs else f"{'-':>12}") + ratio)
    return "".join(cells) + "   " + ", ".join(f"{engine} {r[1]:.6f}" for engine, r in results.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--engines", default="interlace,lme4,glmmTMB")
    parser.add_argument("--big", action="store_true")
    arguments = parser.parse_args()
    print(f"{'model':<20}{'interlace s':>12}{'evals':>7}" + "".join(f"{e + ' s':>12}{'ratio':>8}{'ours - its':>12}" for e in ("lme4", "glmmTMB")) + "   log-likelihoods")
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
