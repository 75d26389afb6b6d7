"""What the tests of the plugin for Stata have in common: sessions of the host that plays Stata's side, fits of interlace-fit, models.

STATA_TESTS is the directory with the session and the plugin, STATA_PROGRAM is interlace-fit if it is not there, too. With
STATA_WRAPPER, such as "valgrind -q --error-exitcode=9 --leak-check=full", the sessions run in that.
"""

import json
import os
import shlex
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = Path(os.environ["STATA_TESTS"])
PROGRAM = os.environ.get("STATA_PROGRAM", str(MADE / "interlace-fit"))
DATA = ROOT / "tests" / "reference" / "data"
SLEEP = ROOT / "examples-c" / "data" / "sleepstudy.csv"
PLUGIN = MADE / "interlace.plugin"


class Answer(dict):
    @property
    def coefficients(self):
        return dict(zip(self["stripes"], self["b"], strict=True))

    def variance(self, stripe):
        k, i = len(self["stripes"]), self["stripes"].index(stripe)
        return self["V"][i + i * k]


def session(*lines, load=True, plugin=PLUGIN):
    """The answers to commands, in one process."""
    text = "\n".join(([f"load {plugin}"] if load else []) + list(lines)) + "\n"
    command = [*shlex.split(os.environ.get("STATA_WRAPPER", "")), str(MADE / "session")]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"the session ended with {done.returncode}: {done.stderr[-3000:]}")
    return [Answer(json.loads(line)) for line in done.stdout.splitlines()][1 if load else 0 :]


def fitted(data, *lines):
    """The results of the last of the commands, which must succeed."""
    answers = session(f"use {data}", *lines, "results", "raw show FIT Title")
    for line, answer in zip(lines, answers[1:], strict=False):
        if answer["rc"] != 0:
            raise AssertionError(f"{line}: {answer}")
    assert answers[-2]["rc"] == 0 and answers[-1]["rc"] == 0, answers[-2:]
    return Answer(answers[-2], text=answers[-1]["shown"])


def program(kind, formula, data, *options):
    own = subprocess.run([PROGRAM, kind, formula, data, "--json", *options], capture_output=True, text=True)
    assert own.returncode == 0, own.stderr
    return json.loads(own.stdout)


# Data, commands before the fit, the command, the program's arguments; the standard deviations in Stata's order as (term, effect).
MODELS = {
    "intercepts": (SLEEP, [], "mixed Reaction Days || Subject:", ["lmm", "Reaction ~ Days + (1 | Subject)", "--method", "ml"], [(0, 0)]),
    "slopes": (SLEEP, [], "mixed Reaction Days || Subject: Days, cov(un) reml", ["lmm", "Reaction ~ Days + (Days | Subject)"], [(0, 1), (0, 0)]),
    "independent": (SLEEP, [], "mixed Reac Days || Subj: Days", ["lmm", "Reaction ~ Days + diag(1 + Days | Subject)", "--method", "ml"], [(0, 1), (0, 0)]),
    "identity": (SLEEP, [], "mixed Reaction Days || Subject: Days, cov(identity)",
                 ["lmm", "Reaction ~ Days + diag(1 + Days | Subject, hom = TRUE)", "--method", "ml"], [(0, 1)]),
    "exchangeable": (SLEEP, [], "mixed Reaction Days || Subject: Days, cov(exch)",
                     ["lmm", "Reaction ~ Days + cs(1 + Days | Subject, hom = TRUE)", "--method", "ml"], [(0, 1)]),
    "nested": (DATA / "Pastes.csv", [], "mixed strength || batch: || cask:", ["lmm", "strength ~ 1 + (1 | batch) + (1 | batch:cask)", "--method", "ml"],
               [(0, 0), (1, 0)]),
    "crossed": (DATA / "Penicillin.csv", [], "mixed diameter || _all: R.plate || sample:", ["lmm", "diameter ~ 1 + (1 | plate) + (1 | sample)", "--method", "ml"],
                [(0, 0), (1, 0)]),
    "factors": (DATA / "cake.csv", ["encode recipe r"], "mixed angle i.r##c.temp || replicate:, reml",
                ["lmm", "angle ~ recipe * temp + (1 | replicate)"], [(0, 0)]),
    "cells": (DATA / "Oats.csv", ["encode Variety v"], "mixed yield i.v##c.nitro##c.nitro || Block: || v:",
              ["lmm", "yield ~ Variety + nitro + Variety:nitro + I(nitro * nitro) + Variety:I(nitro * nitro) + (1 | Block) + (1 | Block:Variety)", "--method", "ml"],
              [(0, 0), (1, 0)]),
    "autoregression": (DATA / "sim_ar1.csv", [], "mixed y x || subj:, residuals(ar 1, t(time))",
                       ["lmm", "y ~ x + (1 | subj)", "--method", "ml", "--correlation", "ar1(time | subj)"], [(0, 0)]),
    "weights": (DATA / "sim_weights.csv", [], "y x1 x2 [aw=w], re((1 | g))", ["lmm", "y ~ x1 + x2 + (1 | g)", "--weights", "w"], [(0, 0)]),
    "by": (DATA / "Orthodont.csv", ["encode Sex s"], "mixed distance age || Subject:, residuals(independent, by(s))",
           ["glmm", "distance ~ age + (1 | Subject)", "--family", "gaussian", "--dispformula", "~ Sex"], [(0, 0)]),
    "logit": (DATA / "toenail.csv", ["encode treatment t"], "melogit outcome i.t##c.time || patientID:",
              ["glmm", "outcome ~ treatment * time + (1 | patientID)", "--family", "binomial", "--nagq", "7"], [(0, 0)]),
    "slopes by quadrature": (DATA / "toenail.csv", [], "melogit outcome time || patientID: time",
                             ["glmm", "outcome ~ time + diag(1 + time | patientID)", "--family", "binomial", "--nagq", "7"], [(0, 1), (0, 0)]),
    "trials": (DATA / "cbpp.csv", ["encode period p"], "meglm incidence i.p || herd:, family(binomial size)",
               ["glmm", "cbind(incidence, size - incidence) ~ period + (1 | herd)", "--family", "binomial", "--nagq", "7"], [(0, 0)]),
    "probit": (DATA / "Contraception.csv", ["encode urban c"], "use age i.c, re((1 | district)) family(binomial) link(probit)",
               ["glmm", "use ~ age + urban + (1 | district)", "--family", "binomial", "--link", "probit"], [(0, 0)]),
    "poisson": (DATA / "epil.csv", ["encode trt t"], "mepoisson y lbase i.t lage V4 || subject:, irr",
                ["glmm", "y ~ lbase + trt + lage + V4 + (1 | subject)", "--family", "poisson", "--nagq", "7"], [(0, 0)]),
    "negative binomial": (DATA / "epil.csv", [], "menbreg y lbase || subject:, offset(log_expo)",
                          ["glmm", "y ~ lbase + (1 | subject)", "--family", "nbinom2", "--nagq", "7", "--offset", "log_expo"], [(0, 0)]),
    "counts": (DATA / "grouseticks.csv", [], "mepoisson TICKS cHEIGHT || LOCATION: || BROOD:",
               ["glmm", "TICKS ~ cHEIGHT + (1 | LOCATION) + (1 | LOCATION:BROOD)", "--family", "poisson"], [(0, 0), (1, 0)]),
    "ordinal": (DATA / "wine.csv", ["encode temp t", "encode contact k"], "meologit rating i.t i.k || judge:",
                ["clmm", "rating ~ temp + contact + (1 | judge)", "--nagq", "7"], [(0, 0)]),
    "cox": (DATA / "kidney.csv", [], "Surv(time, status) ~ age + sex + (1 | id), model(coxme)", ["coxme", "Surv(time, status) ~ age + sex + (1 | id)"], [(0, 0)]),
}
