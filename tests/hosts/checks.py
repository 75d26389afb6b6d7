"""What the tests of data in parts have in common: data, comparisons of fits, and the programs of docs/scale.md."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import pyarrow as pa
from library import ROOT, Accumulator, Failure, Frame, Plan, Spec

FORMULA = "y ~ service + x + (1 | s) + (1 | d) + (1 | dept)"


def crossed(n=6000, seed=1):
    """Ratings of lecturers by students, as InstEval has them: three crossed factors, of numbers and of text, and some missing values."""
    rng = np.random.default_rng(seed)
    s = rng.integers(0, n // 25, n)
    d = np.minimum(rng.geometric(0.02, n), 150)
    dept = (d * 7 + rng.integers(0, 2, n)) % 14
    service = rng.integers(0, 2, n)
    x = rng.normal(size=n)
    y = 3.2 - 0.1 * service + 0.2 * x + rng.normal(0, 0.3, n // 25)[s] + rng.normal(0, 0.5, 151)[d] + rng.normal(0, 0.2, 14)[dept] + rng.normal(0, 1.2, n)

    def text(name, codes):
        return pa.array([f"{name}{code}" for code in codes])

    return pa.table({"unused": text("u", s), "y": pa.array(y, mask=rng.random(n) < 0.01), "x": x, "s": s, "d": text("d", d), "dept": text("dept", dept),
                     "service": text("s", service)})


def plan_of(table, formula=FORMULA, **columns):
    return Plan.of(Spec.of(formula, **columns), Frame.of(table.slice(0, 1000)))


def accumulated(plan, partition, batches):
    own = Accumulator.of(plan, partition)
    for batch in batches:
        own.add_batch(batch)
    return own


def merged(parts):
    """Of the bytes of all parts, or of accumulators."""
    first, *rest = (Accumulator.from_bytes(own) if isinstance(own, bytes) else own for own in parts)
    for own in rest:
        first.merge(own)
    return first


def numbers(fit):
    """All that a fit has estimated, to the last bit, with names."""
    own = {"n": fit.n_obs, "criterion": fit.criterion, "log-likelihood": fit.log_likelihood, "sigma": fit.sigma, "theta": fit.theta}
    for name in ("coefficients", "varcorr", "ranef"):
        table = fit.table(name)
        own |= {f"{name}.{column}": table.values(column) for column in table.names}
    return own


class Case(unittest.TestCase):
    maxDiff = 2000

    def same_bits(self, fit, other):
        own, other = numbers(fit), numbers(other)
        self.assertEqual(own.keys(), other.keys())
        for name in own:
            self.assertEqual(own[name], other[name], name)

    def close(self, fit, whole):
        """As docs/scale.md promises for other chunks: the criterion but for rounding, estimates as far as the search determines them."""
        own, other = numbers(fit), numbers(whole)
        self.assertEqual(own["n"], other["n"])
        for name in ("criterion", "log-likelihood"):
            self.assertLessEqual(abs(own[name] - other[name]), 1e-12 * max(abs(other[name]), own["n"]), name)
        self.assertLessEqual(abs(own["sigma"] / other["sigma"] - 1), 1e-9)
        # The search says how far it ended from the optimum, in standard errors: on the boundary rounding may hide the rest.
        search = max(1e-8, 2 * (fit.scaled_gradient + whole.scaled_gradient))
        for a, b in zip(own["theta"], other["theta"], strict=True):
            self.assertLessEqual(abs(a - b), search * max(1, abs(b)), "theta")
        self.assertEqual(own["coefficients.term"], other["coefficients.term"])
        errors = other["coefficients.std_error"]
        for name in ("coefficients.estimate", "coefficients.std_error"):
            for a, b, error in zip(own[name], other[name], errors, strict=True):
                self.assertLessEqual(abs(a - b), 1e-8 * error, name)
        for name in ("ranef.group", "ranef.level", "ranef.effect"):
            self.assertEqual(own[name], other[name], name)
        for a, b in zip(own["ranef.mode"], other["ranef.mode"], strict=True):
            self.assertLessEqual(abs(a - b), 1e-7 * other["sigma"], "ranef")

    def refused(self, text, call, *arguments):
        with self.assertRaises(Failure) as caught:
            call(*arguments)
        self.assertIn(text, str(caught.exception))

    def runs(self, *names):
        """The programs of docs/scale.md under these headings print what the page says."""
        page = (ROOT / "docs" / "scale.md").read_text()
        wanted = re.search("prints the same:\n\n```\n(.*?)```", page, re.S).group(1)
        phases = re.search("```python\n(.*?)```", page, re.S).group(1)
        self.assertIn('"libinterlace.so"', phases)
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "parts.py").write_text(phases.replace('"libinterlace.so"', repr(os.environ["INTERLACE_LIBRARY"])))
            for name in names:
                program = re.search(rf"\*\*{name}\.\*\*.*?```python\n(.*?)```", page, re.S).group(1)
                (folder / "program.py").write_text(program.replace('examples-c/', f'{ROOT}/examples-c/'))
                environment = {**os.environ, "PYTHONPATH": str(folder), "PYSPARK_PYTHON": sys.executable}
                done = subprocess.run([sys.executable, "-B", "program.py"], cwd=folder, env=environment, capture_output=True, text=True)
                self.assertEqual((done.stdout, done.returncode), (wanted, 0), name + done.stderr)
