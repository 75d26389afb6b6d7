"""predict after fits of the plugin for Stata, and fits in files."""

import json
import math
import subprocess
import tempfile
import unittest
from pathlib import Path

from stata_session import DATA, MODELS, PROGRAM, SLEEP, program, session


class Predictions(unittest.TestCase):
    def predicted(self, data, before, command, *requests):
        answers = session(f"use {data}", *before, command, *requests)
        for answer, line in zip(answers[1:], [*before, command, *requests], strict=True):
            self.assertEqual(answer["rc"], 0, (line, answer["error"]))
        return answers

    def test_of_a_linear_model(self):
        command = "interlace mixed Reaction Days || Subject: Days, cov(un) reml nolog"
        answers = self.predicted(SLEEP, [], command, "predict f, fitted", "predict r, residuals", "predict s, rstandard", "predict b1 b2, reffects", "predict s1 s2, reses",
                                 "predict e, stdp", "predict x, eta fixedonly", "tell f r s b1 b2 s1 s2 e x Subject Days Reaction")
        own = answers[-1]
        other = program("lmm", "Reaction ~ Days + (Days | Subject)", SLEEP, "--predict", str(SLEEP), "--re", "none", "--interval", "confidence")
        for i in range(180):
            self.assertAlmostEqual(own["f"][i], other["fitted"][i], 6)
            self.assertAlmostEqual(own["r"][i], other["residuals"][i], 6)
            self.assertAlmostEqual(own["s"][i], other["residuals"][i] / other["sigma"], 7)
        ranef = other["ranef"]["Subject"]
        for i in range(180):
            at = ranef["levels"].index(str(int(own["Subject"][i])))
            self.assertAlmostEqual(own["b1"][i], ranef["values"][at][1], 6)
            self.assertAlmostEqual(own["b2"][i], ranef["values"][at][0], 6)
            self.assertAlmostEqual(own["s2"][i], ranef["std_error"][at][0], 6)
            fixed = other["fixed"]["estimate"]
            self.assertAlmostEqual(own["x"][i], fixed[0] + fixed[1] * own["Days"][i], 6)
            v = other["fixed"]["vcov"]
            day = own["Days"][i]
            self.assertAlmostEqual(own["e"][i], math.sqrt(v[0][0] + 2 * day * v[0][1] + day * day * v[1][1]), 6)

    def test_plans(self):
        command = "interlace mixed Reaction Days || Subject: Days, cov(un) nolog"
        for options, how, n in (("xb", "xb", 1), ("", "xb", 1), ("fitted", "fit", 1), ("reff", "fit", 2), ("mu fixedonly", "mean", 1), ("mu cond(fixedonly)", "mean", 1), ("mufixed", "mean", 1)):
            answers = session(f"use {SLEEP}", command, f"macro _options {options or ','}", "raw plan FIT", "locals")
            self.assertEqual(answers[3]["rc"], 0, options)
            self.assertEqual(answers[4]["locals"]["_how"], how, options)
            self.assertEqual(answers[4]["locals"]["_n"], str(n), options)
        for options, part in (("fitted xb", "only one statistic"), ("foo", "xb, fitted, mu"), ("mu conditional(ebmeans)", "conditional(ebmodes)"),
                              ("outcome(9)", "a category from 1"), ("reffects relevel(zz)", "no random effects of that level")):
            answer = session(f"use {SLEEP}", command, f"macro _options {options}", "raw plan FIT")[-1]
            self.assertEqual(answer["rc"], 198, options)
            self.assertIn(part, answer["error"])

    def test_of_formulas(self):
        """Stata could not compute their columns, and would take variables that happen to have their names."""
        own = self.predicted(SLEEP, [], "interlace Reaction ~ poly(Days, 2) + (1 | Subject), nolog", "predict x, xb", "predict m, mufixed", "results", "tell x m")
        other = program("lmm", "Reaction ~ poly(Days, 2) + (1 | Subject)", SLEEP, "--predict", str(SLEEP), "--re", "none")
        for i in range(180):
            self.assertAlmostEqual(own[-1]["x"][i], other["predictions"]["values"][i], 7)
        self.assertEqual(own[-1]["x"], own[-1]["m"])
        self.assertEqual((own[-2]["locals"]["marginsok"], own[-2]["locals"]["marginsnotok"]), ("", "_ALL"))
        own = session(f"use {SLEEP}", "interlace mixed Reaction Days || Subject:, nolog", "results")[-1]
        self.assertEqual(own["locals"]["marginsok"], "XB default")

    def test_residuals_that_are_not_offered(self):
        for data, command in ((DATA / "cbpp.csv", "meglm incidence || herd:, family(binomial size) nolog"), (SLEEP, "log(Reaction) ~ Days + (1 | Subject), nolog"),
                              (DATA / "wine.csv", "meologit rating || judge:, nolog")):
            answers = session(f"use {data}", f"interlace {command}", "predict r, residuals")
            self.assertEqual(answers[1]["rc"], 0)
            self.assertIn(answers[2]["rc"], (198, 498), command)
            self.assertIn("an ordinal model has no mean" if "wine" in str(data) else "a response that is a variable", answers[2]["error"])

    def test_of_other_observations(self):
        """Observations that the fit did not use have predictions if their groups are known, otherwise missing values."""
        command = "interlace mixed Reaction Days if Subject > 310 || Subject:, nolog"
        own = self.predicted(SLEEP, [], command, "predict f, fitted", "predict b, reff", "predict g if Days > 5, fitted", "set Days 180 9e307", "predict h, fitted", "set Subject 180 9e307", "set Days 180 9",
                             "predict e, stdp", "predict a, fitted", "tell f b g h e a Subject Days")[-1]
        for i in range(180):
            known = i == 179 or own["Subject"][i] > 310
            self.assertEqual(own["f"][i] is not None, known)
            self.assertEqual(own["b"][i] is not None, known)
            self.assertEqual(own["g"][i], own["f"][i] if i < 179 and own["Days"][i] > 5 or i == 179 else None)
            self.assertEqual(own["h"][i], own["f"][i] if i < 179 else None)
            self.assertEqual(own["a"][i], own["f"][i] if i < 179 else None)
            self.assertIsNotNone(own["e"][i])

    def test_of_nested_groups(self):
        own = self.predicted(DATA / "Pastes.csv", [], "interlace mixed strength || batch: || cask:, reml nolog", "predict a b, reffects", "predict c, reffects relevel(batch:cask)",
                             "predict f, fitted", "tell a b c f batch cask")[-1]
        other = program("lmm", "strength ~ 1 + (1 | batch) + (1 | batch:cask)", DATA / "Pastes.csv")
        for i in range(60):
            for name, group, level in (("a", "batch", own["batch"][i]), ("b", "batch:cask", f"{own['batch'][i]}:{own['cask'][i]}")):
                at = other["ranef"][group]["levels"].index(level)
                self.assertAlmostEqual(own[name][i], other["ranef"][group]["values"][at][0], 6)
            self.assertEqual(own["b"][i], own["c"][i])
            self.assertAlmostEqual(own["f"][i], other["fitted"][i], 6)

    def test_of_generalised_and_ordinal_models(self):
        data, before, command, arguments, _ = MODELS["poisson"]
        own = self.predicted(data, before, f"interlace {command} nolog", "predict m, mu", "predict n, mu marginal", "predict e, eta", "predict r, residuals", "tell m n e r y")[-1]
        other = program(arguments[0], arguments[1], data, *arguments[2:], "--predict", str(data), "--type", "marginal")
        for i in range(len(own["m"])):
            self.assertAlmostEqual(own["m"][i] / other["fitted"][i], 1, 6)
            self.assertAlmostEqual(math.exp(own["e"][i]) / own["m"][i], 1, 9)
            self.assertAlmostEqual(own["r"][i], own["y"][i] - own["m"][i], 9)
        self.assertAlmostEqual(own["n"][0], other["predictions"]["values"][0], 6)
        data, before, command, arguments, _ = MODELS["ordinal"]
        own = self.predicted(data, before, f"interlace {command}, nolog", "predict p1 p2 p3 p4 p5, pr", "predict q, pr outcome(2)", "predict o, pr outcome(#5) fixedonly",
                             "tell p1 p2 p3 p4 p5 q rating o")[-1]
        other = program(arguments[0], arguments[1], data, *arguments[2:])
        for i in range(72):
            self.assertAlmostEqual(sum(own[f"p{k}"][i] for k in range(1, 6)), 1, 9)
            self.assertAlmostEqual(own[f"p{int(own['rating'][i])}"][i], other["fitted"][i], 6)
            self.assertEqual(own["q"][i], own["p2"][i])

    def test_the_mean_of_a_linear_predictor(self):
        """As margins needs: from what Stata computed of e(b)."""
        for command, mean in (("melogit outcome time || patientID:", lambda x: 1 / (1 + math.exp(-x))), ("meprobit outcome time || patientID:", lambda x: 0.5 * math.erfc(-x / math.sqrt(2))),
                              ("mecloglog outcome time || patientID:", lambda x: -math.expm1(-math.exp(x))), ("mepoisson outcome time || patientID:", math.exp)):
            own = session(f"use {DATA / 'toenail.csv'}", f"interlace {command}, intmethod(laplace) nolog", "equal x time 0", "set x 2 -1.5", "set x 3 2.25", "set x 4 9e307", "mean x", "tell x")
            self.assertEqual([answer["rc"] for answer in own], [0] * len(own))
            for i, x in ((1, -1.5), (2, 2.25)):
                self.assertAlmostEqual(own[-1]["x"][i], mean(x), 12)
            self.assertIsNone(own[-1]["x"][3])

    def test_fits_in_files(self):
        """A fit that Stata saved answers in another session, and in the program; one of the program's answers here."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "fit.interlace"
            answers = session(f"use {SLEEP}", "interlace mixed Reaction i.Days || Subject:, nolog", "results", f"raw save FIT {path}", "predict f, fitted", "tell f")
            self.assertEqual([answer["rc"] for answer in answers], [0] * len(answers))
            again = session(f"use {SLEEP}", f"raw use {path}", "results", "predict f, fitted", "tell f")
            self.assertEqual([answer["rc"] for answer in again], [0] * len(again))
            self.assertEqual(again[-1]["f"], answers[-1]["f"])
            self.assertEqual(again[2]["stripes"], [own for own in answers[2]["stripes"] if "0b." not in own])
            self.assertEqual(again[2]["b"], [b for b, own in zip(answers[2]["b"], answers[2]["stripes"], strict=True) if "0b." not in own])
            loaded = subprocess.run([PROGRAM, "load", path, "--json"], capture_output=True, text=True, check=True)
            self.assertEqual(json.loads(loaded.stdout)["logLik"], answers[2]["scalars"]["ll"])
            program("lmm", "Reaction ~ Days + (Days | Subject)", SLEEP, "--save", str(path))
            own = session(f"use {SLEEP}", f"raw use {path}", "results", "raw show FIT", "predict f, fitted", "tell f")
            other = program("lmm", "Reaction ~ Days + (Days | Subject)", SLEEP)
            self.assertEqual(own[2]["scalars"]["ll"], other["logLik"])
            self.assertEqual(own[-1]["f"], other["fitted"])
            path.write_bytes(b"nonsense")
            answer = session(f"raw use {path}")[-1]
            self.assertNotEqual(answer["rc"], 0)


if __name__ == "__main__":
    unittest.main()
