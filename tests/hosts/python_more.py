"""The Python package, continued: inference, resampling, Ctrl-C, errors, pickles and saved fits, and life without numpy and pandas."""

import gc
import json
import math
import os
import pickle
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from library import ROOT
from python import DATA, REFERENCE, SLEEP, SLOPES, Case, in_c, interlace, sleepstudy

from interlace import _c, _library

PACKAGE = ROOT / "bindings" / "python"


class Inference(Case):
    def test_likelihood_ratios(self):
        data = sleepstudy()
        small, large = (interlace.fit(formula, data, method="ML") for formula in ("Reaction ~ 1 + (Days | Subject)", SLOPES))
        table = interlace.anova(small, large)
        self.assertEqual(list(table.columns[1:10]), ["nobs", "Df", "AIC", "BIC", "logLik", "deviance", "Chisq", "Chi Df", "Pr(>Chisq)"])
        self.near([table["Chisq"][1], table["Pr(>Chisq)"][1]], [2 * (large.llf - small.llf), math.erfc(math.sqrt(large.llf - small.llf))], 9)
        self.refused(interlace.InterlaceError, "REML", interlace.anova, interlace.fit(SLOPES, data), interlace.fit("Reaction ~ 1 + (Days | Subject)", data))
        boundary = interlace.anova(interlace.fit("Reaction ~ Days + (1 | Subject)", data, method="ML"), large, chi_bar=True)
        self.assertEqual(boundary["distribution"][1], "chibarsq")

    def test_terms(self):
        data = pd.read_csv(REFERENCE / "cake.csv")
        own = interlace.fit("angle ~ recipe * temp", data, random=["(1 | recipe:replicate)"] if "replicate" in data else [f"(1 | {data.columns[0]})"])
        third, second, first = interlace.anova_type3(own), interlace.anova_type2(own), interlace.anova(own, type="I")
        for table in (third, second, first):
            self.assertEqual(list(table.columns), ["term", "Sum Sq", "Mean Sq", "NumDF", "DenDF", "F value", "Pr(>F)"])
            self.assertEqual(len(table), 3)
        self.assertEqual(interlace.Anova(own)["F value"].tolist(), third["F value"].tolist())
        self.assertEqual(len(interlace.drop1(own)), 2)
        self.refused(ValueError, "type is 4", interlace.anova, own, type=4)
        p = len(own.fe_params)
        one = interlace.wald_test(own, [[0] * (p - 1) + [1]])
        self.near(one["estimate"], [own.fe_params.iloc[-1]], 12)
        self.assertEqual(len(interlace.wald_test(own, np.eye(p)[1:], joint=True)), 1)
        self.refused(ValueError, "fixed effects", interlace.wald_test, own, [[1]])

    def test_means_and_contrasts(self):
        data = pd.read_csv(DATA / "wine.csv")
        own = interlace.fit("response ~ temp * contact", data, groups="judge")
        means = interlace.emmeans(own, "temp")
        self.assertEqual(list(means.columns), ["temp", "estimate", "SE", "df", "lower", "upper"])
        half = 0.5 * own.fe_params["contactyes"]
        self.near(means["estimate"], [own.fe_params["Intercept"] + half,
                                      own.fe_params["Intercept"] + half + own.fe_params["tempwarm"] + 0.5 * own.fe_params["tempwarm:contactyes"]], 10)  # fmt: skip
        pairs = interlace.pairs(means)
        self.near(pairs["estimate"], [means["estimate"][0] - means["estimate"][1]], 10)
        self.assertEqual(list(pairs.columns[:3]) + list(pairs.columns[-2:]), ["contrast", "estimate", "SE", "t.ratio", "p.value"])
        both = interlace.emmeans(own, ["temp", "contact"])
        self.assertEqual(len(both), 4)
        self.assertEqual(len(interlace.contrast(both, "trt.vs.ctrl", adjust="holm")), 3)
        uneven = data.drop(index=[0, 4, 8, 12, 16])
        uneven = interlace.fit("response ~ temp * contact", uneven, groups="judge")
        weighted = interlace.emmeans(uneven, "temp", weights="proportional")
        self.assertNotEqual(weighted["estimate"].tolist(), interlace.emmeans(uneven, "temp")["estimate"].tolist())
        self.near(interlace.pairs(weighted)["estimate"], [weighted["estimate"][0] - weighted["estimate"][1]], 10)
        mine = interlace.contrast(means, {"warm - cold": [-1, 1]})
        self.assertEqual(mine["contrast"][0], "warm - cold")
        self.near(mine["estimate"], -pairs["estimate"], 12)
        self.assertEqual(len(interlace.emmeans(own, "~ temp | contact", at={"contact": "yes"})), 2)
        self.refused(ValueError, "adjust is 'foo'", interlace.contrast, means, adjust="foo")
        self.refused(interlace.InterlaceError, "tempo", interlace.emmeans, own, "tempo")

    def test_intervals(self):
        own = interlace.fit(SLOPES, sleepstudy())
        profile = own.confint()
        self.assertEqual(list(profile.columns), ["estimate", "2.5 %", "97.5 %"])
        self.near(profile.loc["sd_Days|Subject"], [5.7168, 3.8012, 8.7534], 4)  # lme4
        self.near(own.confint("wald")["2.5 %"], own.fe_conf_int["lower"], 12)
        self.assertEqual(list(own.confint("wald", level=0.9).columns), ["estimate", "5 %", "95 %"])
        self.assertEqual(own.confint("boot", B=20, seed=3).to_numpy().tolist(), own.confint("boot", B=20, seed=3).to_numpy().tolist())
        self.refused(ValueError, "method is 'foo'", own.confint, "foo")
        theta = interlace.profile_confint(own, scale="theta")
        self.assertTrue((theta["lower"] < theta["upper"]).all())
        self.assertIn("zeta", own.profile().columns)
        reported, plain, logs = interlace.variance_parameters(own), interlace.variance_parameters(own, limits="plain"), interlace.variance_parameters(own, "log")
        self.near(plain["upper"], plain["estimate"] + 1.959963984540054 * plain["std_error"], 12)
        sigma = reported.index[reported["id"] == "sigma"][0]
        self.near([reported.loc[sigma, "estimate"], logs.loc[sigma, "estimate"]], [math.sqrt(own.scale), math.log(own.scale) / 2], 12)
        self.near([reported.loc[sigma, "upper"]], [math.exp(logs.loc[sigma, "upper"])], 12)
        self.near([interlace.variance_parameters(own, "variance").loc[sigma, "estimate"]], [own.scale], 12)
        self.refused(ValueError, "limits is 'none'", interlace.variance_parameters, own, limits="none")
        self.assertTrue(interlace.isSingular(interlace.fit("Yield ~ 1", pd.read_csv(REFERENCE / "Dyestuff2.csv"), groups="Batch")))
        self.assertFalse(interlace.isSingular(own))

    def test_validation(self):
        table = interlace.allFit("Reaction ~ Days", sleepstudy(), random=["(Days | Subject)"])
        self.assertIn("newton", list(table["optimizer"]))
        self.assertLess(table["log_likelihood"].max() - table["log_likelihood"].min(), 1e-3)
        by_group = interlace.cross_val("Reaction ~ Days", sleepstudy(), groups="Subject")
        self.assertEqual(len(by_group.scores), 18)
        self.assertGreater(by_group.mean, 0)
        self.assertEqual(len(interlace.cross_val("Reaction ~ Days", sleepstudy(), groups="Subject", cv="kfold", k=3, scoring="mae").scores), 3)
        class Normal:
            name = "normal"

            def link(self, mu):
                return mu

            linkinv = link

            def mu_eta(self, eta):
                return np.ones_like(eta)

            variance = mu_eta

            def dev_resids(self, y, mu, wt):
                return wt * (y - mu) ** 2

        self.assertRaises(interlace.InterlaceError, interlace.allFit, "Reaction ~ Dayz", sleepstudy(), groups="Subject", family=Normal())
        self.assertEqual(len(interlace.allFit("Reaction ~ 1", sleepstudy()[:40], groups="Subject", family=Normal(), theta0=[20])), len(table))
        self.refused(ValueError, "cv is 'loo'", interlace.cross_val, "Reaction ~ Days", sleepstudy(), groups="Subject", cv="loo")


class Parts(Case):
    def test_sums_of_parts(self):
        data = sleepstudy()
        plan = pickle.loads(pickle.dumps(interlace.Plan("Reaction ~ Days", data.head(50), random=["(Days | Subject)"])))
        parts = [plan.accumulator(i) for i in range(3)]
        parts[0].add(data[:60])
        parts[1].add(pl.DataFrame(data[60:120]))
        parts[2].add_stream(duckdb.connect().sql(f"select * from read_csv('{SLEEP}') offset 120"))
        whole = parts[2].merge(pickle.loads(pickle.dumps(parts[0]))).merge(parts[1])
        self.assertEqual((whole.n_rows, whole.n_dropped), (180, 0))
        self.assertTrue(0 < whole.size < 1e6 and whole.forecast()["memory"] > 0)
        own, wanted = whole.fit(), interlace.fit(SLOPES, data)
        self.near([own.llf, *own.fe_params, *own.theta], [wanted.llf, *wanted.fe_params, *wanted.theta], 9)
        self.near(own.predict(data), wanted.fittedvalues, 9)
        self.near(own.fe_pvalues, wanted.fe_pvalues, 7)
        self.refused(interlace.UnsupportedError, "rows", lambda: own.fittedvalues)
        self.refused(ValueError, "fit it anew", own.update, ". ~ .")
        self.refused(interlace.DataError, "partition", whole.merge, parts[1])
        self.refused(interlace.DataError, "Dayz", plan.accumulator(9).add, data.rename(columns={"Days": "Dayz"}))
        self.refused(TypeError, "weights must be the name", interlace.Plan, SLOPES, data, weights=[1.0] * 180)


class Resampling(Case):
    def test_simulation(self):
        own = interlace.fit(SLOPES, sleepstudy())
        self.assertEqual(own.simulate(3, seed=1).shape, (180, 3))
        self.assertEqual(own.simulate(3, seed=1).tolist(), interlace.simulate(own, 3, 1).tolist())
        self.assertNotEqual(own.simulate().tolist(), own.simulate().tolist())
        near = own.simulate(200, seed=np.random.default_rng(1), conditional=True).mean(axis=1)
        self.assertLess(np.abs(near - own.fittedvalues).max(), 5 * own.scale**0.5 / 200**0.5)
        self.refused(TypeError, "seed is 'a'", own.simulate, seed="a")

    def test_bootstrap(self):
        own = interlace.fit("log(Reaction) ~ Days", sleepstudy(), groups="Subject")
        boot = own.bootMer(B=50, seed=2)
        self.assertEqual(boot.names[:3], ["Intercept", "Days", "sigma"])
        self.assertEqual((boot.estimates.shape, boot.failed), ((50, len(boot.names)), 0))
        self.near(boot.t0[:2], own.fe_params, 12)
        self.assertGreater(min(boot.std_error()), 0)  # no replicate repeats the fit
        for kind in ("perc", "basic", "norm", "bca"):
            limits = boot.ci(kind)
            self.assertTrue((limits["lower"] < limits["upper"]).all(), kind)
        mine = interlace.bootMer(own, lambda result: [result.scale, result.fe_params["Days"]], B=10, seed=2)
        self.assertEqual((mine.estimates.shape, mine.t0[0]), ((10, 2), own.scale))
        self.assertLess(mine.ci()["lower"].iloc[1], mine.ci()["upper"].iloc[1])
        with self.assertRaises(ZeroDivisionError):
            own.bootMer(lambda result: 1 / 0, B=2, seed=1)

    def test_standard_error_of_the_response(self):
        own = interlace.fit("Reaction ~ Days", sleepstudy(), groups="Subject")
        self.assertEqual(own.bootstrap_se(n_bootstrap=100, seed=42), own.bootstrap_se("median", 100, "group", 42))
        self.near([own.bootstrap_se(lambda y: sum(y) / len(y), 2000, "observation", 1)], [sleepstudy()["Reaction"].std() / 180**0.5], 1)
        self.refused(ValueError, "resample_level", own.bootstrap_se, resample_level="rows")
        with self.assertRaises(ZeroDivisionError):
            own.bootstrap_se(lambda y: 1 / 0, 5)

    def test_refit(self):
        own = interlace.fit(SLOPES, sleepstudy())
        self.near(own.refit(2 * sleepstudy()["Reaction"]).fe_params, 2 * own.fe_params, 8)
        self.refused(interlace.ArgumentError, "180", own.refit, [1.0])


class Kept(Case):
    def kinds(self):
        wine, cbpp, kidney = pd.read_csv(DATA / "wine.csv"), pd.read_csv(DATA / "cbpp.csv"), pd.read_csv(REFERENCE / "kidney.csv")
        yield interlace.fit(SLOPES, sleepstudy(), weights=np.arange(180) % 2 + 1.0), sleepstudy()
        yield interlace.glmer("incidence / size ~ period", cbpp, interlace.Family("binomial"), groups="herd", weights="size"), cbpp
        yield interlace.clmm("rating ~ temp", wine, groups="judge"), wine
        yield interlace.coxme("Surv(time, status) ~ age", kidney, groups="id"), kidney
        yield interlace.fit(SLOPES, pl.DataFrame(sleepstudy())), pl.DataFrame(sleepstudy())
        relation = duckdb.connect().sql(f"select * from read_csv('{SLEEP}')")
        yield interlace.fit(SLOPES, relation), relation

    def test_pickles(self):
        for own, data in self.kinds():
            copy = pickle.loads(pickle.dumps(own))
            self.assertIs(type(copy), type(own))
            self.assertEqual((copy.llf, copy.summary(), type(copy.table("fit"))), (own.llf, own.summary(), type(own.table("fit"))))
            self.assertEqual(copy.predict(data).tolist(), own.predict(data).tolist())
            self.assertEqual(list(copy.update(max_evaluations=500).fe_params), list(own.fe_params))
        own = interlace.fit(SLOPES, sleepstudy(), weights=np.arange(180) % 2 + 1.0)
        self.assertEqual(interlace.anova(pickle.loads(pickle.dumps(own)), type=2)["F value"].tolist(), interlace.anova(own, type=2)["F value"].tolist())

    def test_saved_fits(self):
        with tempfile.TemporaryDirectory() as folder:
            for own, data in self.kinds():
                own.save(Path(folder) / "fit")
                copy = interlace.load(Path(folder) / "fit")
                self.assertEqual((type(copy), copy.llf, copy.formula), (type(own), own.llf, own.formula))
                self.assertEqual(copy.predict(data).tolist(), own.predict(data).tolist())
                self.refused(ValueError, "fit it anew", copy.update, ". ~ .")
                small = interlace.from_bytes(own.to_bytes(with_rows=False))
                if not isinstance(own, interlace.CoxmeResult):  # whose predictions need the baseline hazard
                    self.assertEqual(small.predict(data).tolist(), own.predict(data).tolist())
                self.refused(interlace.UnsupportedError, "rows", lambda: small.fittedvalues)
        self.refused(interlace.DataError, "", interlace.from_bytes, b"nothing of ours")

    def test_errors(self):
        error = self.refused(interlace.FormulaError, "expected", interlace.fit, "Reaction ~ Days +", sleepstudy())
        self.assertEqual((error.code, error.name, error.position, str(error)), (2, "formula", 17, error.message))
        copy = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(copy), copy.position, copy.message), (interlace.FormulaError, 17, error.message))
        self.refused(interlace.ArgumentError, "did you mean 'tolerance'", interlace.fit, SLOPES, sleepstudy(), tolerence=1)
        self.refused(ValueError, "df_method is 'foo'", interlace.fit, SLOPES, sleepstudy(), df_method="foo")
        self.refused(TypeError, "data is a builtins.int", interlace.fit, SLOPES, 3)
        self.refused(TypeError, "a DataFrame is wanted", interlace.fit, SLOPES, sleepstudy()["Days"])
        self.refused(TypeError, "formula is a list", interlace.fit, [SLOPES], sleepstudy())
        self.refused(TypeError, "random has 3", interlace.fit, "Reaction ~ Days", sleepstudy(), random=[3])
        self.refused(interlace.DataError, "2 columns 'x'", interlace.fit, "x ~ 1", pd.DataFrame([[1, 2]], columns=["x", "x"]))
        self.refused(interlace.DataError, "column 'x' has 1 values", interlace.fit, "y ~ x", {"y": [1.0, 2.0], "x": [1]})


class Memory(Case):
    def test_objects_are_freed(self):
        """Each object that a call makes is freed once, when nobody holds it any more, also after errors."""
        made, freed = [], []
        begin = _library.Handle.__init__

        def counted(handle, pointer):
            begin(handle, pointer)
            made.append(pointer)

        def watched(free):
            return lambda pointer: (freed.append(pointer), free(pointer))

        originals = {name: getattr(_library.lib, name) for name in _c.FREE.values()}
        with unittest.mock.patch.object(_library.Handle, "__init__", counted):
            for name, free in originals.items():
                setattr(_library.lib, name, watched(free))
            try:
                result = interlace.fit(SLOPES, sleepstudy())
                result.predict(sleepstudy(), interval="confidence"), result.table("ranef"), result.refit(result.simulate(seed=1)[:, 0]), interlace.plot(result, "qq").data
                interlace.hlm_influence(result, "Subject", method="fixed"), interlace.simulated_residuals(result, 20), pickle.loads(pickle.dumps(result)).llf
                self.refused(interlace.DataError, "Dayz", interlace.fit, "Reaction ~ Dayz + (1 | Subject)", sleepstudy())
                del result
                gc.collect()
            finally:
                for name, free in originals.items():
                    setattr(_library.lib, name, free)
        self.assertGreater(len(made), 20)
        self.assertEqual(sorted(made), sorted(freed))

    @unittest.skipUnless(sys.platform == "linux", "the memory of the process is that of Linux")
    def test_memory_does_not_pile_up(self):
        rows = np.arange(100_000)
        data = {"y": np.sin(rows), "x": np.cos(rows), "g": rows % 100}

        def resident():
            return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

        for _ in range(3):
            interlace.fit("y ~ x", data, groups="g")
        before = resident()
        for _ in range(30):
            interlace.fit("y ~ x", data, groups="g")
        self.assertLess(resident() - before, 30 * rows.nbytes)  # of each fit less than one of its columns is left


class Watched(Case):
    def test_progress(self):
        told = []
        interlace.fit(SLOPES, sleepstudy(), progress=told.append)
        self.assertTrue({"start", "search", "modes"} <= {own.phase for own in told})
        self.assertRaises(interlace.CancelledError, interlace.fit, SLOPES, sleepstudy(), progress=lambda own: own.phase != "search")
        with self.assertRaisesRegex(KeyError, "mine"):
            interlace.fit(SLOPES, sleepstudy(), progress=lambda own: {}["mine"])
        self.assertTrue(interlace.fit(SLOPES, sleepstudy()).converged)

    def test_ctrl_c(self):
        """A signal in the search ends the fit with KeyboardInterrupt, after which all is as before; a handler of the user's has its turn."""
        program = f"""
import os, signal, sys
sys.path.insert(0, {str(PACKAGE)!r})
import interlace
data = {json.dumps(sleepstudy().to_dict("list"))}
def interrupt(progress):
    if progress.phase == "search":
        os.kill(os.getpid(), signal.SIGINT)
try:
    interlace.fit({SLOPES!r}, data, progress=interrupt)
except KeyboardInterrupt as failure:
    print("interrupted", type(failure.__context__).__name__)
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, interlace.fit({SLOPES!r}, data).converged)
signal.signal(signal.SIGINT, lambda *own: print("mine"))
try:
    interlace.fit({SLOPES!r}, data, progress=interrupt)
except interlace.CancelledError:
    print("cancelled")
"""
        done = subprocess.run([sys.executable, "-B", "-c", program], capture_output=True, text=True)
        self.assertEqual((done.stdout.split("\n"), done.returncode), (["interrupted CancelledError", "True True", "mine", "cancelled", ""], 0), done.stderr)

    def test_a_bar(self):
        program = f"import sys; sys.path.insert(0, {str(PACKAGE)!r}); import interlace\ninterlace.fit({SLOPES!r}, {json.dumps(sleepstudy().to_dict('list'))}, progress=True)"
        done = subprocess.run([sys.executable, "-B", "-c", program], capture_output=True)
        self.assertEqual((done.stdout, done.returncode), (b"", 0))
        self.assertIn(b"\rstart", done.stderr)
        self.assertTrue(done.stderr.endswith(b"\r"))


class Alone(Case):
    def test_without_numpy_and_pandas(self):
        """-S leaves out installed packages: the same numbers, in lists and plain classes."""
        program = f"""
import json, pickle, sys
sys.path.insert(0, {str(PACKAGE)!r})
import interlace
assert not {{"numpy", "pandas", "pyarrow"}} & set(sys.modules)
data = {json.dumps(sleepstudy().to_dict("list"))}
own = pickle.loads(pickle.dumps(interlace.fit({SLOPES!r}, data, df_method="kenward-roger")))
boot = own.bootMer(B=5, seed=1)
print(json.dumps([own.fe_params.to_dict(), own.random_effects["Subject"]["Days"][308], list(own.theta), own.fe_cov, own.predict({{"Days": [3], "Subject": [309]}}),
                  own.confint("wald")["2.5 %"]["Days"], own.random_effects_ci()["Subject"]["Days", "lower"][308], boot.estimates[0][1], own.bootstrap_se(n_bootstrap=10, seed=1),
                  own.table("fit")["n_obs"], own.simulate(2, 1)[0], own.variance_components["Subject"]["Days"]["Days"], own.resid[0], own.model.exog[1]]))
assert "Days" in repr(own.fe_params) and "308" in repr(own.random_effects["Subject"].head(2)) and len(own.fe_params) == 2
"""
        done = subprocess.run([sys.executable, "-B", "-S", "-c", program], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""})
        self.assertEqual(done.returncode, 0, done.stderr)
        own = interlace.fit(SLOPES, sleepstudy(), df_method="kenward-roger")
        wanted = [
            own.fe_params.to_dict(), own.random_effects["Subject"].loc[308, "Days"], list(own.theta), own.fe_cov.tolist(),
            own.predict({"Days": [3], "Subject": [309]}).tolist(), own.confint("wald").loc["Days", "2.5 %"],
            own.random_effects_ci()["Subject"].loc[308, ("Days", "lower")], own.bootMer(B=5, seed=1).estimates[0, 1], own.bootstrap_se(n_bootstrap=10, seed=1), [180],
            own.simulate(2, 1)[0].tolist(), own.variance_components["Subject"].loc["Days", "Days"], own.resid[0], own.model.exog[1].tolist(),
        ]  # fmt: skip
        self.assertEqual(json.loads(done.stdout), wanted)

    def test_the_generated_file(self):
        done = subprocess.run([sys.executable, "-B", str(ROOT / "bindings" / "generate.py"), "--check"], capture_output=True, text=True)
        self.assertEqual((done.stdout, done.returncode), ("", 0), done.stderr)
        from interlace import _c

        self.assertEqual(in_c(SLOPES, sleepstudy()).n_obs, 180)
        document = json.loads((ROOT / "include" / "interlace.json").read_text())
        self.assertEqual(list(_c.FUNCTIONS), [own["name"] for own in document["functions"]])


if __name__ == "__main__":
    unittest.main(warnings="ignore")
