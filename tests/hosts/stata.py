"""The plugin for Stata in a host that plays Stata's side (bindings/stata/tests): fits beside interlace-fit, e(), predict, and what goes wrong.

`make test-hosts` and `make test-stata` run this. STATA_TESTS is the directory with the session, the plugin and interlace-fit. With
STATA_WRAPPER, such as "valgrind -q --error-exitcode=9 --leak-check=full", the sessions run in that.
"""

import ctypes
import json
import math
import os
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = Path(os.environ["STATA_TESTS"])
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
    own = subprocess.run([MADE / "interlace-fit", kind, formula, data, "--json", *options], capture_output=True, text=True)
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


def is_base(stripe):
    return any(re.match(r"\d*(b|o)$|c?o$", part.split(".")[0]) for part in stripe.split("#") if "." in part)


class Estimates(unittest.TestCase):
    """e(b), e(V) and e() of fits beside what interlace-fit says of the same model."""

    def close(self, a, b, what, tolerance=1e-9):
        self.assertLessEqual(abs(a - b), tolerance * max(abs(b), 1e-3), what)

    def beside(self, name):
        data, before, command, arguments, deviations = MODELS[name]
        own = fitted(data, *before, f"interlace {command}" + (" nolog" if "," in command.split("||")[-1] else ", nolog"))
        other = program(arguments[0], arguments[1], data, *arguments[2:])
        self.close(own["scalars"]["ll"], other["logLik"], "ll")
        self.assertEqual(own["N"], other["nobs"])
        k = own["scalars"]["k_f"]
        fixed = [own["stripes"].index(stripe) for stripe in own["stripes"][:k] if not is_base(stripe.split(":")[1])]
        if own["stripes"][k - 1].endswith(":_cons"):
            fixed = fixed[-1:] + fixed[:-1]
        self.assertEqual(len(fixed), len(other["fixed"]["estimate"]))
        estimates = list(zip(other["fixed"]["estimate"], other["fixed"]["std_error"], strict=True))
        if name == "cells":
            # The library orders the terms of a formula by their degree.
            fixed.sort(key=lambda place: own["b"][place])
            estimates.sort()
        for place, (estimate, error) in zip(fixed, estimates, strict=True):
            self.close(own["b"][place], estimate, own["stripes"][place], 1e-7)
            self.close(math.sqrt(own["V"][place + place * len(own["b"])]), error, own["stripes"][place], 1e-7)
        own_deviations = [math.exp(value) for stripe, value in own.coefficients.items() if stripe.startswith("lns") and not stripe.startswith("lnsig")]
        wanted = [other["varcorr"][term]["sd"][effect] for term, effect in deviations]
        self.assertEqual(len(own_deviations), len(wanted))
        for a, b in zip(own_deviations, wanted, strict=True):
            self.close(a, b, "standard deviation", 1e-6)
        for stripe, value in own.coefficients.items():
            if is_base(stripe.split(":")[1]):
                self.assertEqual((value, own.variance(stripe)), (0, 0), stripe)
        return own, other

    def test_names_of_coefficients(self):
        own, _ = self.beside("slopes")
        self.assertEqual(own["stripes"], ["Reaction:Days", "Reaction:_cons", "lns1_1_1:_cons", "lns1_1_2:_cons", "atr1_1_1_2:_cons", "lnsig_e:_cons"])
        own, _ = self.beside("exchangeable")
        self.assertEqual(own["stripes"][2:], ["lns1_1_1:_cons", "atr1_1_1_1:_cons", "lnsig_e:_cons"])
        own, _ = self.beside("nested")
        self.assertEqual(own["stripes"], ["strength:_cons", "lns1_1_1:_cons", "lns2_1_1:_cons", "lnsig_e:_cons"])
        own, _ = self.beside("factors")
        self.assertEqual(own["stripes"][:8], [f"angle:{name}" for name in ("1b.r", "2.r", "3.r", "temp", "1b.r#co.temp", "2.r#c.temp",
                                                                            "3.r#c.temp", "_cons")])
        own, _ = self.beside("by")
        self.assertEqual(own["stripes"][2:], ["lnsig_e:_cons", "r_lns2ose:_cons", "lns1_1_1:_cons"])
        own, _ = self.beside("ordinal")
        self.assertEqual(own["stripes"][4:], [f"cut{i}:_cons" for i in (1, 2, 3, 4)] + ["lns1_1_1:_cons"])
        own, _ = self.beside("negative binomial")
        self.assertEqual(own["stripes"][2:], ["lnalpha:_cons", "lns1_1_1:_cons"])


def beside(name):
    def test(self):
        self.beside(name)

    return test


for each in MODELS:
    setattr(Estimates, "test_" + each.replace(" ", "_"), beside(each))


class Variances(unittest.TestCase):
    """V of the parameters of the random effects, beside the library's covariance in its working form and the delta method."""

    def test_of_a_generalised_model(self):
        data, before, command, arguments, _ = MODELS["poisson"]
        own, other = fitted(data, *before, f"interlace {command} nolog"), program(arguments[0], arguments[1], data, *arguments[2:])["vcov_all"]
        i = other["ids"].index("theta[subject, (Intercept)]")
        theta, v = other["estimate"][i], other["vcov"][i][i]
        self.assertAlmostEqual(own.coefficients["lns1_1_1:_cons"], math.log(theta), 7)
        self.assertAlmostEqual(own.variance("lns1_1_1:_cons"), v / theta**2, 9)
        # The covariance with a fixed effect follows by the same derivative.
        k, row, column = len(own["b"]), own["stripes"].index("y:lbase"), own["stripes"].index("lns1_1_1:_cons")
        self.assertAlmostEqual(own["V"][row + column * k], other["vcov"][other["ids"].index("fixef[lbase]")][i] / theta, 9)

    def test_of_a_linear_model(self):
        """The residual's and an intercept's of balanced data by maximum likelihood have closed forms."""
        own = fitted(DATA / "Dyestuff.csv", "interlace mixed Yield || Batch:, nolog")
        groups, size = 6, 5
        sd, sigma = math.exp(own.coefficients["lns1_1_1:_cons"]), math.exp(own.coefficients["lnsig_e:_cons"])
        # The mean squares within and between are independent: their variances give those of sigma^2 and sd^2.
        within, between = 2 * sigma**4 / (groups * (size - 1)), 2 * (sigma**2 + size * sd**2) ** 2 / groups
        self.assertAlmostEqual(own.variance("lnsig_e:_cons") / (within / (4 * sigma**4)), 1, 5)
        self.assertAlmostEqual(own.variance("lns1_1_1:_cons") / ((within + between) / size**2 / (4 * sd**4)), 1, 4)

    def test_at_the_boundary(self):
        """A variance of zero has a finite logarithm, no variance, and a note."""
        own = fitted(DATA / "Dyestuff2.csv", "interlace mixed Yield || Batch:, nolog")
        self.assertLess(own.coefficients["lns1_1_1:_cons"], -40)
        self.assertEqual(own.variance("lns1_1_1:_cons"), 0)
        self.assertEqual(own["scalars"]["singular"], 1)
        self.assertIn("no variance: Batch", own["text"])


class Results(unittest.TestCase):
    """What e() holds, and the tables."""

    def test_of_a_linear_model(self):
        own = fitted(DATA / "Pastes.csv", "interlace mixed strength || batch: || cask:, nolog")
        scalars = own["scalars"]
        self.assertEqual({name: scalars[name] for name in ("k", "k_f", "k_r", "k_rs", "k_rc", "df_m", "converged", "rc")},
                         {"k": 4, "k_f": 1, "k_r": 3, "k_rs": 3, "k_rc": 0, "df_m": 0, "converged": 1, "rc": 0})
        self.assertGreater(scalars["ic"], 1)
        self.assertIsNone(scalars["p"])
        self.assertEqual((own["N"], own["N_g"], own["g_min"], own["g_avg"], own["g_max"]), (60, [10, 30], [6, 2], [6, 2], [6, 2]))
        wanted = {"ivars": "batch batch:cask", "redim": "1 1", "revars": "_cons _cons", "vartypes": "Identity Identity", "method": "ML", "vce": "oim", "properties": "b V",
                  "title": "Mixed-effects ML regression", "predict": "interlace_p", "cmdline": "interlace mixed strength || batch: || cask:, nolog",
                  "formula": "strength ~ 1 + (1 | batch) + (1 | batch:cask)"}
        self.assertEqual({name: own["locals"][name] for name in wanted}, wanted)

    def test_of_crossed_and_unstructured_effects(self):
        own = fitted(DATA / "Penicillin.csv", "interlace mixed diameter || _all: R.plate || sample:, reml nolog")
        self.assertEqual((own["N_g"], own["g_avg"], own["locals"]["ivars"], own["locals"]["method"]), ([1, 6], [144, 24], "_all sample", "REML"))
        own = fitted(SLEEP, "interlace mixed Reaction Days || Subject: Days, cov(un) nolog")
        self.assertEqual((own["locals"]["redim"], own["locals"]["revars"], own["locals"]["vartypes"], own["scalars"]["k_rc"]), ("2", "Days _cons", "Unstructured", 1))

    def test_the_test_of_all_fixed_effects(self):
        own = fitted(SLEEP, "interlace mixed Reaction Days || Subject: Days, cov(un) reml nolog")
        self.assertAlmostEqual(own["scalars"]["chi2"], own.coefficients["Reaction:Days"] ** 2 / own.variance("Reaction:Days"), 8)
        self.assertEqual(own["df"], [None, None])
        own = fitted(SLEEP, "interlace mixed Reaction Days || Subject: Days, cov(un) reml dfmethod(kroger) nolog")
        other = program("lmm", "Reaction ~ Days + (Days | Subject)", SLEEP, "--df", "kenward-roger", "--anova", "3")
        self.assertAlmostEqual(own["df"][0], 17, 4)
        self.assertEqual(own["locals"]["dfmethod"], "kenward_roger")
        self.assertAlmostEqual(own["scalars"]["ddf_m"], 17, 4)
        self.assertAlmostEqual(own["scalars"]["F"], 45.8530, 3)
        self.assertTrue(other)

    def test_the_syntax_of_interlace_has_the_defaults_of_the_library(self):
        own = fitted(SLEEP, "interlace Reaction Days, re((1 + Days | Subject)) nolog")
        other = program("lmm", "Reaction ~ Days + (Days | Subject)", SLEEP)
        self.assertAlmostEqual(own["scalars"]["ll"], other["logLik"], 8)
        self.assertEqual((own["locals"]["method"], own["locals"]["dfmethod"]), ("REML", "satterthwaite"))
        self.assertIn("17", own["text"])

    def test_formulas(self):
        own = fitted(SLEEP, "interlace log(Reaction) ~ poly(Days, 2) + (1 | Subject), ml nolog")
        self.assertEqual(own["stripes"][:3], ["log_Reaction:poly_Days_2_1", "log_Reaction:poly_Days_2_2", "log_Reaction:_cons"])
        other = program("lmm", "log(Reaction) ~ poly(Days, 2) + (1 | Subject)", SLEEP, "--method", "ml")
        self.assertAlmostEqual(own["scalars"]["ll"], other["logLik"], 8)

    def test_tables(self):
        own = fitted(SLEEP, "interlace mixed Reaction Days || Subject: Days, cov(un) reml nolog stddev level(90)")
        for part in ("Number of obs     =        180", "Number of groups  =         18", "min 10, avg 10, max 10", "Log restricted-likelihood = -871.81414",
                     "[90% conf. interval]", "251.4051", "sd(Days) |   5.922", "corr(Days,_cons) |  0.065", "sd(Residual) |    25.59",
                     "Note: mixed as formula: Reaction ~ Days + (1 + Days | Subject)"):
            self.assertIn(part, own["text"])
        again = session(f"use {SLEEP}", "interlace mixed Reaction Days || Subject:, nolog noheader", "macro _0 , level(99) stddeviations", "raw show FIT")[-1]["shown"]
        self.assertIn("[99% conf. interval]", again)
        self.assertIn("sd(_cons)", again)
        self.assertNotIn("Number of obs", again)

    def test_braces_of_names_are_not_read_by_stata(self):
        """SMCL would take a brace in a message for a directive."""
        answer = session(f"use {SLEEP}", "interlace mixed Reaction {x} || Subject:")[-1]
        self.assertEqual(answer["rc"], 198)
        self.assertIn("{c -(}", answer["error"])
        self.assertNotIn("{x", answer["error"])

    def test_progress(self):
        shown = session(f"use {SLEEP}", "interlace mixed Reaction Days || Subject:")[-1]["shown"]
        self.assertRegex(shown, r"Evaluation   1:  log likelihood = -\d+")


class Factors(unittest.TestCase):
    """Columns of factor variables, as Stata makes and names them."""

    def names(self, terms, *before):
        own = fitted(DATA / "Machines.csv", "encode Machine m", "encode Worker w", *before, f"interlace mixed score {terms} || Worker:, nolog")
        return [stripe.split(":", 1)[1] for stripe in own["stripes"][: own["scalars"]["k_f"]]], own

    def test_bases(self):
        self.assertEqual(self.names("i.m")[0], ["1b.m", "2.m", "3.m", "_cons"])
        self.assertEqual(self.names("ib2.m")[0], ["1.m", "2b.m", "3.m", "_cons"])
        self.assertEqual(self.names("ib(last).m")[0], ["1.m", "2.m", "3b.m", "_cons"])
        self.assertEqual(self.names("2.m")[0], ["2.m", "_cons"])
        names, own = self.names("ibn.m, nocons")
        self.assertEqual(names, ["1.m", "2.m", "3.m"])
        self.assertAlmostEqual(own.coefficients["score:1.m"], 52.3556, 3)
        self.assertEqual(self.names("i.m, noconstant")[0], ["1b.m", "2.m", "3.m"])
        self.assertEqual(self.names("ibn.m")[0], ["1.m", "2.m", "3o.m", "_cons"])

    def test_interactions(self):
        names, _ = self.names("i.m##i.w")
        self.assertEqual(names[:13], ["1b.m", "2.m", "3.m", "1b.w", "2.w", "3.w", "4.w", "5.w", "6.w", "1b.m#1b.w", "1b.m#2o.w", "1b.m#3o.w", "1b.m#4o.w"])
        self.assertIn("2.m#2.w", names)
        self.assertIn("2o.m#1b.w", names)
        names, _ = self.names("m#w")
        self.assertEqual(names[:3], ["1b.m#1b.w", "1b.m#2.w", "1b.m#3.w"])
        self.assertEqual(len(names), 19)

    def test_cells_without_data(self):
        names, own = self.names("i.m##i.w if keep == 1", "equal keep w 0", *(f"set keep {i} 1" for i in range(1, 55) if i not in (25, 26, 27)))
        self.assertEqual(own["N"], 51)
        self.assertEqual(sum("o." in name and "b." not in name for name in names), 1)

    def test_collinear_columns(self):
        names, own = self.names("i.m x", "equal x m 2")
        self.assertEqual(names, ["1b.m", "2.m", "3.m", "o.x", "_cons"])
        self.assertEqual(own.coefficients["score:o.x"], 0)

    def test_values(self):
        for change, part in (("set m 4 1.5", "factor variables hold whole numbers"), ("set m 4 -1", "it is -1 in observation 4")):
            answer = session(f"use {DATA / 'Machines.csv'}", "encode Machine m", change, "interlace mixed score i.m || Worker:")[-1]
            self.assertEqual(answer["rc"], 452)
            self.assertIn(part, answer["error"])
        answer = session(f"use {DATA / 'Machines.csv'}", "encode Machine m", "interlace mixed score ib7.m || Worker:")[-1]
        self.assertEqual((answer["rc"], answer["error"]), (459, "ib7.m: 7 is not a value of m in the sample\n"))


if __name__ == "__main__":
    unittest.main()
