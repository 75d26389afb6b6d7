"""Random commands for the plugin for Stata: each ends in a fit with finite estimates and tables, or in one message with a code.

STATA_CASES is the number of commands, 200 unless it is given.
"""

import os
import random
import unittest

from stata_session import DATA, session

VARIABLES = ["m", "w", "x", "z"]
OPERATORS = ["", "", "i.", "i.", "c.", "ib2.", "ib(last).", "ib(freq).", "ibn.", "2."]
COVARIANCES = ["", "", ", cov(un)", ", cov(id)", ", cov(ex) nocons", ", nocons", ", cov(ind)"]
OPTIONS = ["reml", "mle", "level(90)", "or", "dfmethod(res)", "intm(lap)", "exposure(w)", "offset(z)", "residuals(ind, by(m))", "residuals(exch)", "max_evaluations(30)"]
CLAUSES = ["", "", "", "", " if m != 2", " in 3/40", " if w > 3", " [fw=big]", " [fw=m]", " [aw=w]", " if x > 100"]
RESPONSES = {"mixed": "score", "": "score", "meglm": "score", "melogit": "x01", "mepoisson": "big", "menbreg": "big", "meologit": "m", "meoprobit": "m"}
PREPARED = [f"use {DATA / 'Machines.csv'}", "encode Machine m", "encode Worker w", "equal x m 1", "equal z w 2", "equal big w 3", "equal x01 m 2", "set big 7 3",
            "set x 5 9e307", *(f"set x {i} {i % 3}" for i in range(8, 54))]


class Commands:
    def __init__(self, seed):
        self.draw = random.Random(seed)

    def term(self, depth=0):
        kind = self.draw.random()
        if depth > 2 or kind < 0.65:
            return self.draw.choice(OPERATORS) + self.draw.choice(VARIABLES)
        if kind < 0.85:
            return self.term(depth + 1) + self.draw.choice(["#", "##"]) + self.term(depth + 1)
        if kind < 0.95:
            return f"({self.term(depth + 1)} {self.term(depth + 1)})"
        return self.draw.choice(["i.", "c."]) + "({} {})".format(*self.draw.sample(VARIABLES, 2))

    def level(self):
        group = self.draw.choice(["Worker", "Worker", "Worker", "w", "m", "_all"])
        effects = self.draw.choice(["", "", "x", "x z", "R.m", "R.Worker", "z"]) if group != "_all" else self.draw.choice(["R.m", "R.Worker"])
        return f" || {group}: {effects}{self.draw.choice(COVARIANCES)}"

    def command(self):
        word = self.draw.choice(list(RESPONSES))
        fixed = " ".join(self.term() for _ in range(self.draw.randint(0, 3)))
        levels = "".join(self.level() for _ in range(self.draw.choice([1, 1, 1, 2]))) if word else ""
        options = " ".join(self.draw.sample(OPTIONS, self.draw.randint(0, 2))) + ("" if word else " re((1 + x | Worker))")
        comma = " " if "," in levels.split("||")[-1] else ", "
        return f"interlace {word} {RESPONSES[word]} {fixed}{self.draw.choice(CLAUSES)}{levels}{comma}{options} nolog"


class Random(unittest.TestCase):
    AFTER = ["results", "raw show FIT Title", "predict q1, fitted", "predict q2, mu", "predict q3 q4, reffects", "predict q5, residuals", "predict q6, stdp"]

    def test_commands(self):
        commands, step, fits = Commands(1), 1 + len(self.AFTER), 0
        for _ in range(int(os.environ.get("STATA_CASES", 200)) // 20):
            batch = [commands.command() for _ in range(20)]
            answers = session(*PREPARED, *(line for command in batch for line in (command, *self.AFTER)))[len(PREPARED) :]
            for i, command in enumerate(batch):
                answer, results, shown, *predicted = answers[i * step : (i + 1) * step]
                for own in (answer, *predicted):
                    self.assertEqual(own["rc"] != 0, own["error"].endswith("\n"), (command, own))
                    self.assertNotIn("please report", own["error"], command)
                if answer["rc"] == 0:
                    fits += 1
                    self.assertEqual((results["rc"], shown["rc"]), (0, 0), command)
                    self.assertTrue(all(b is not None for b in results["b"] + results["V"]), command)
                    self.assertEqual(len(set(results["stripes"])), len(results["stripes"]), command)
        self.assertGreater(fits, 20)


if __name__ == "__main__":
    unittest.main()
