"""Estimates of the plugin for Stata beside interlace-fit, what it puts into e(), names of columns, and the files that cannot run here.

`make test-stata`, a part of `make test-hosts`, runs this and the other stata_*.py.
"""

import math
import re
import tempfile
import unittest
from pathlib import Path

from stata_session import DATA, MODELS, ROOT, SLEEP, fitted, program, session


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


    def test_what_the_data_do_not_determine(self):
        """A correlation beside an effect without variance is omitted: Stata holds no missing coefficient."""
        rows = [f"{i % 7 + 0.1 * (i % 3)},{(i * 5) % 7},g{i % 6}" for i in range(60)]
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data.csv"
            data.write_text("\n".join(["y,x,g", *rows]) + "\n")
            own = fitted(data, "interlace mixed y x || g: x, cov(un) nolog")
        self.assertEqual(own["scalars"]["singular"], 1)
        self.assertTrue(all(math.isfinite(b) for b in own["b"]))
        self.assertIn("(not determined)", own["text"])
        self.assertIn("atr1_1_1_2:o._cons", own["stripes"])


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

    def test_names_that_stata_does_not_allow(self):
        own = fitted(SLEEP, "interlace Reaction ~ I(Days > 3) + I(Days < 3) + (1 | Subject), nolog")
        self.assertEqual(own["stripes"][:3], ["Reaction:I_Days_3_TRUE", "Reaction:I_Days_3_TRUE_2", "Reaction:_cons"])
        self.assertEqual(len(set(own["stripes"])), len(own["stripes"]))
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data.csv"
            data.write_text(SLEEP.read_text().replace("Days", "_d", 1))
            own = fitted(data, "interlace mixed Reaction c._d##c._d || Subject:, nolog")
        self.assertEqual(own["stripes"][:3], ["Reaction:_d", "Reaction:c._d#c._d", "Reaction:_cons"])
        self.assertEqual(own["locals"]["formula"], "Reaction ~ _d + I(_d * _d) + (1 | Subject)")

    def test_tables(self):
        own = fitted(SLEEP, "interlace mixed Reaction Days || Subject: Days, cov(un) reml nolog stddev level(90)")
        for part in ("Number of obs     =        180", "Number of groups  =         18", "min 10, avg 10, max 10", "Log restricted-likelihood = -871.81414",
                     "[90% conf. interval]", "251.4051", "sd(Days) |   5.922", "corr(Days,_cons) |  0.065", "sd(Residual) |   25.59182",
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

    # Which of the three scores of a machine and a worker a row is.
    TURN = ("equal turn w 0", *(f"set turn {i} {1 + i % 3}" for i in range(1, 55)))

    def names(self, terms, *before, group="Worker"):
        own = fitted(DATA / "Machines.csv", "encode Machine m", "encode Worker w", *before, f"interlace mixed score {terms} || {group}:, nolog")
        return [stripe.split(":", 1)[1] for stripe in own["stripes"][: own["scalars"]["k_f"]]], own

    def test_bases(self):
        self.assertEqual(self.names("i.m")[0], ["1b.m", "2.m", "3.m", "_cons"])
        self.assertEqual(self.names("ib2.m")[0], ["1.m", "2b.m", "3.m", "_cons"])
        self.assertEqual(self.names("ib(last).m")[0], ["1.m", "2.m", "3b.m", "_cons"])
        self.assertEqual(self.names("2.m")[0], ["2.m", "_cons"])
        names, own = self.names("ibn.m, nocons")
        self.assertEqual(names, ["1bn.m", "2.m", "3.m"])
        self.assertAlmostEqual(own.coefficients["score:1bn.m"], 52.3556, 3)
        self.assertEqual(self.names("i.m, noconstant")[0], ["1b.m", "2.m", "3.m"])
        self.assertEqual(self.names("ibn.m")[0], ["1bn.m", "2.m", "3o.m", "_cons"])

    def test_interactions(self):
        names, _ = self.names("i.m##i.w", *self.TURN, group="turn")
        self.assertEqual(names[:13], ["1b.m", "2.m", "3.m", "1b.w", "2.w", "3.w", "4.w", "5.w", "6.w", "1b.m#1b.w", "1b.m#2o.w", "1b.m#3o.w", "1b.m#4o.w"])
        self.assertIn("2.m#2.w", names)
        self.assertIn("2o.m#1b.w", names)
        names, _ = self.names("m#w", *self.TURN, group="turn")
        self.assertEqual(names[:3], ["1b.m#1b.w", "1b.m#2.w", "1b.m#3.w"])
        self.assertEqual(len(names), 19)

    def test_cells_without_data(self):
        names, own = self.names("i.m##i.w if keep == 1", "equal keep w 0", *(f"set keep {i} 1" for i in range(1, 55) if i not in (25, 26, 27)), *self.TURN, group="turn")
        self.assertEqual(own["N"], 51)
        self.assertEqual(sum("o." in name and "b." not in name for name in names), 1)

    def test_collinear_columns(self):
        names, own = self.names("i.m x", "equal x m 2")
        self.assertEqual(names, ["1b.m", "2.m", "3.m", "o.x", "_cons"])
        self.assertEqual(own.coefficients["score:o.x"], 0)

    def test_large_values(self):
        """Names of columns do not depend on how a formula writes numbers."""
        for value in (100000, 1234567, 2147483620, 123456789):
            names, own = self.names("i.big##c.x", "equal big m 2", "equal x w 3", *(f"set big {i} {value}" for i in range(1, 19)))
            self.assertEqual(names[:3], ["0b.big", "1.big", f"{value}.big"])
            self.assertNotEqual(own.coefficients[f"score:{value}.big"], 0)
            self.assertNotEqual(own.coefficients[f"score:{value}.big#c.x"], 0)

    def test_values(self):
        for change, part in (("set m 4 1.5", "factor variables hold whole numbers"), ("set m 4 -1", "it is -1 in observation 4")):
            answer = session(f"use {DATA / 'Machines.csv'}", "encode Machine m", change, "interlace mixed score i.m || Worker:")[-1]
            self.assertEqual(answer["rc"], 452)
            self.assertIn(part, answer["error"])
        answer = session(f"use {DATA / 'Machines.csv'}", "encode Machine m", "interlace mixed score ib7.m || Worker:")[-1]
        self.assertEqual((answer["rc"], answer["error"]), (459, "ib7.m: 7 is not a value of m in the sample\n"))


class Files(unittest.TestCase):
    """The files that cannot run here agree with what can."""

    ADO = (ROOT / "bindings" / "stata" / "interlace.ado").read_text()

    def test_length(self):
        self.assertLess(len(self.ADO.splitlines()), 120)

    def test_calls(self):
        """Every action that the ado calls is one of the plugin's, and the mock session makes the same calls."""
        actions = set(re.findall(r'\{"(\w+)", \w+_action\}', (ROOT / "bindings/stata/plugin.c").read_text()))
        called = set(re.findall(r'plugin call _interlace[^,]*, "(\w+)"', self.ADO))
        self.assertEqual(called, actions - {"forget"})
        session_source = (ROOT / "bindings/stata/tests/session.c").read_text()
        for action in called - {"show", "save", "use"}:
            self.assertIn(f'call("{action}"', session_source)

    def test_macros(self):
        """Macros that the ado reads are set by it or by the plugin."""
        sources = "".join(path.read_text() for path in (ROOT / "bindings" / "stata").glob("*.c"))
        given = set(re.findall(r'set_macro\(c, "(\w+)"', sources))
        own = set(re.findall(r"^\s*(?:else )?local (\w+)", self.ADO, re.M)) | set(re.findall(r"(?:foreach|forvalues) (\w+)", self.ADO))
        own |= {word for line in re.findall(r"^\s*(?:args|tempvar|tempname|gettoken) ([\w ]+)", self.ADO, re.M) for word in line.split()}
        own |= {word for line in re.findall(r"if .*?\) local (\w+)", self.ADO) for word in line.split()} | {"0", "if", "in", "new", "options", "esample", "one", "label1"}
        read = {name for name in re.findall(r"`(\w+)'", self.ADO) if not name.isdigit()}
        self.assertEqual(read - given - own - {"e_dfmethod"}, set())

    def test_the_help_file_has_every_option(self):
        text = (ROOT / "bindings" / "stata" / "interlace.sthlp").read_text()
        for name in re.findall(r'\{"(\w+)", +\d+\}', (ROOT / "bindings/stata/command.c").read_text()):
            self.assertIn(name, text)
        self.assertEqual(text.count("{"), text.count("}"))


if __name__ == "__main__":
    unittest.main()
