"""The calls that the documents of interlace-lme 0.3.2 show, unchanged: what was written for that package runs here. Only the data are ours."""

import inspect
import math
import unittest

import numpy as np
import pandas as pd
from python import DATA, Case, interlace

GROUPS = ["subject", "item"]


def nested_in_each_other():
    rng = np.random.default_rng(5)
    batch, cask = np.repeat([f"b{i}" for i in range(10)], 9), np.tile(np.repeat(["x", "y", "z"], 3), 10)
    shift = dict(zip(sorted({b + c for b, c in zip(batch, cask)}), rng.normal(0, 2, 30)))
    return pd.DataFrame({"strength": 60 + np.repeat(rng.normal(0, 2, 10), 9) + [shift[b + c] for b, c in zip(batch, cask)] + rng.normal(0, 1, 90), "batch": batch, "cask": cask})


def crossed():
    rng = np.random.default_rng(3)
    subject, item = rng.integers(0, 20, 400), rng.integers(0, 12, 400)
    condition = rng.integers(0, 2, 400)
    rt = 500 + 30 * condition + rng.normal(0, 20, 20)[subject] + rng.normal(0, 10, 20)[subject] * condition + rng.normal(0, 15, 12)[item] + rng.normal(0, 25, 400)
    return pd.DataFrame({"rt": rt, "condition": condition.astype(float), "subject": [f"s{i}" for i in subject], "item": [f"i{i}" for i in item]})


def students():
    rng = np.random.default_rng(42)
    n = 300
    student_ids, school_ids = [f"s{i}" for i in rng.integers(1, 31, n)], [f"sch{i}" for i in rng.integers(1, 11, n)]
    return pd.DataFrame({"score": 60 + rng.normal(0, 8, n), "hours_studied": rng.uniform(0, 10, n), "prior_gpa": rng.uniform(2.0, 4.0, n), "student_id": student_ids,
                         "school_id": school_ids})  # fmt: skip


def sites():
    rng = np.random.default_rng(7)
    n = 400
    df = pd.DataFrame({"x1": rng.normal(size=n), "x2": rng.normal(size=n), "z": rng.normal(size=n), "site": rng.integers(0, 20, n), "year": rng.integers(2001, 2011, n)})
    effect = rng.normal(0, 0.6, 20)[df["site"]] + rng.normal(0, 0.4, 10)[df["year"] - 2001]
    df["count"] = rng.poisson(np.exp(0.8 + 0.4 * df["x1"] - 0.2 * df["x2"] + effect) * rng.gamma(2.0, 0.5, n))
    df["y"] = 2 + df["x1"] - df["x2"] + effect + rng.normal(size=n) * np.exp(0.5 * (0.2 + 0.6 * df["z"]))
    return df


class Fit(Case):
    def test_six_rows(self):
        df = pd.DataFrame({"y": [1.0, 2.0, 3.0, 1.5, 2.5, 3.5], "x": [0.1, 0.2, 0.3, 0.1, 0.2, 0.3], "g": ["a", "a", "a", "b", "b", "b"]})
        # These rows lie exactly on two parallel lines, so that there is no residual variance to estimate. One of them moved, and there is.
        self.refused(interlace.NumericError, "fits the response exactly", interlace.fit, "y ~ x", df, groups="g")
        df.loc[5, "y"] = 3.6
        result = interlace.fit("y ~ x", df, groups="g")
        self.assertEqual(list(result.fe_params.index), ["Intercept", "x"])
        self.assertIn("Fixed effects", result.summary())

    def test_crossed_intercepts(self):
        result = interlace.fit(
            "rt ~ condition",
            data=crossed(),
            groups=["subject", "item"],
        )
        self.assertEqual(list(result.fe_params.index), ["Intercept", "condition"])
        self.assertEqual({group: type(value) for group, value in result.variance_components.items()}, {"subject": float, "item": float})
        self.assertTrue(result.aic < result.bic)

    def test_slopes(self):
        result = interlace.fit(
            "rt ~ condition",
            data=crossed(),
            random=[
                "(1 + condition | subject)",
                "(1 | item)",
            ],
        )
        self.assertEqual(list(result.random_effects["subject"].columns), ["(Intercept)", "condition"])
        self.assertEqual(result.varcov.shape, (3, 3))

    def test_comparison(self):
        df = sites()
        m1 = interlace.fit("y ~ x1", data=df, groups="site", method="ML")
        m2 = interlace.fit("y ~ x1 + z", data=df, groups="site", method="ML")
        lrt_stat = 2 * (m2.llf - m1.llf)
        table = interlace.anova(m1, m2)
        self.near(table.loc[1, ["Chisq", "Pr(>Chisq)"]], [lrt_stat, math.erfc(math.sqrt(lrt_stat / 2))], 8)

    def test_functions_of_numpy_in_formulas(self):
        df = sites().assign(v=np.arange(400) + 1.0)
        result = interlace.fit("y ~ np.log(v) + I(np.sqrt(v) ** 2)", df, random=["(1 + np.log10(v) || site)"], unidentified="ignore")
        self.assertEqual(list(result.fe_params.index), ["Intercept", "log(v)", "I(sqrt(v)^2)"])
        error = self.refused(interlace.FormulaError, "", interlace.fit, "y ~ np.log(v) +", df, groups="site")
        self.assertEqual(error.position, 15)

    def test_order_of_arguments(self):
        lists = {
            interlace.fit: "formula data groups method random optimizer theta0 weights offset correlation df_method",
            interlace.glmer: "formula data family groups random weights optimizer theta0 nAGQ offset dispformula",
            interlace.clmm: "formula data groups random link optimizer theta0",
            interlace.coxme: "formula data groups random optimizer theta0",
            interlace.CrossedLMEResult.simulate: "self nsim seed",
            interlace.CrossedLMEResult.bootMer: "self statistic B seed show_progress",
            interlace.CrossedLMEResult.predict: "self newdata include_re",
            interlace.CrossedLMEResult.bootstrap_se: "self statistic n_bootstrap resample_level seed",
            interlace.CrossedLMEResult.random_effects_ci: "self level",
            interlace.CrossedLMEResult.confint: "self method level",
            interlace.CrossedLMEResult.update: "self formula data changes",
            interlace.CLMMResult.confint: "self level",
            interlace.CLMMResult.predict: "self newdata type",
            interlace.GLMMResult.predict: "self newdata type include_re",
        }
        for function, names in lists.items():
            found = list(inspect.signature(function).parameters)
            self.assertEqual(found[: len(names.split())], names.split(), function)


class Quickstart(Case):
    def test_from_data_to_predictions(self):
        from interlace import fit

        df = students()
        result = fit(
            formula="score ~ hours_studied + prior_gpa",
            data=df,
            groups=["student_id", "school_id"],
        )
        for own in (result.fe_params, result.fe_bse, result.fe_pvalues):
            self.assertEqual(list(own.index), ["Intercept", "hours_studied", "prior_gpa"])
        self.assertEqual(list(result.variance_components), ["student_id", "school_id"])
        self.assertTrue(result.scale > 0 and result.aic < result.bic)
        student_blups = result.random_effects["student_id"]
        self.assertEqual((len(student_blups), len(result.random_effects["school_id"]), len(student_blups.head())), (30, 10, 5))
        df_new = pd.DataFrame({
            "hours_studied": [5.0, 8.0],
            "prior_gpa": [3.2, 3.8],
            "student_id": ["s1", "s_new"],
            "school_id": ["sch1", "sch2"],
        })  # fmt: skip
        preds = result.predict(newdata=df_new)
        fixed = result.predict(newdata=df_new, include_re=False)
        schools = result.random_effects["school_id"]
        self.near(preds - fixed, [student_blups["s1"] + schools["sch1"], schools["sch2"]], 9)  # an unknown student has no effect

    def test_groups_and_random(self):
        from interlace import fit

        df = students()
        result = fit("score ~ hours_studied", data=df, groups=["student_id", "school_id"])
        self.assertEqual(result.llf, fit("score ~ hours_studied", data=df, random=["(1 | student_id)", "(1 | school_id)"]).llf)
        result = fit(
            "score ~ hours_studied",
            data=df,
            random=["(1 + hours_studied | student_id)", "(1 | school_id)"],
        )
        self.assertEqual(result.random_effects["student_id"].shape, (30, 2))
        result = fit(
            formula="score ~ hours_studied + prior_gpa",
            data=df,
            random=["(1 + hours_studied | student_id)", "(1 | school_id)"],
        )
        self.assertIn("hours_studied", result.random_effects["student_id"].columns)

    def test_nested(self):
        df = nested_in_each_other()
        result = interlace.fit(
            "strength ~ 1",
            data=df,
            random=["(1|batch/cask)"],
        )
        self.assertEqual((len(result.random_effects["batch"]), len(result.random_effects["batch:cask"])), (10, 30))
        self.assertTrue(result.variance_components["batch"] >= 0 and result.variance_components["batch:cask"] > 0)
        deep = df.assign(half=["l", "r", "l"] * 30, strength=df["strength"] + [0, 1, 0.5] * 30)
        deep = pd.concat([deep, deep.assign(strength=deep["strength"] + np.sin(np.arange(90)))])
        self.assertEqual(list(interlace.fit("strength ~ 1", data=deep, random=["(1|batch/cask/half)"]).random_effects), ["batch", "batch:cask", "batch:cask:half"])

    def test_bootstrap(self):
        result = interlace.fit("score ~ hours_studied", data=students(), groups=["student_id", "school_id"])
        se = result.bootstrap_se(statistic="median", n_bootstrap=1000, seed=42)
        self.assertEqual(f"{se:.4f}", f"{result.bootstrap_se(statistic='median', n_bootstrap=1000, seed=42):.4f}")
        self.assertTrue(0 < se < 2)


class Result(Case):
    def test_attributes(self):
        result = interlace.fit("rt ~ condition", data=crossed(), groups=["subject", "item"])
        names = """fe_params fe_bse fe_pvalues fe_conf_int random_effects variance_components theta resid fittedvalues scale fe_cov fe_df model converged nobs ngroups
            method llf aic bic nparams correlation_params df_method params bse pvalues llf_restricted fe_tvalues tvalues is_singular boundary_flags random_effects_se"""
        self.assertEqual([name for name in names.split() if getattr(result, name) is None], [])
        for name in ("fe_params", "fe_bse", "fe_pvalues", "fe_df"):
            self.assertIsInstance(getattr(result, name), pd.Series)
        self.assertEqual(list(result.fe_conf_int.columns), ["lower", "upper"])
        self.assertIsInstance(result.random_effects["subject"], pd.Series)
        self.near(result.resid, result.model.endog - result.model.exog @ result.fe_params.to_numpy() - result.random_effects["subject"][result.model.groups].to_numpy()
                  - result.random_effects["item"][result.model.data.frame["item"]].to_numpy(), 8)  # fmt: skip
        self.assertEqual(result.nparams, 5)
        self.assertEqual(result.is_singular, interlace.isSingular(result))
        self.assertEqual((result.model.endog_names, result.model.formula, len(result.model.groups)), ("rt", "rt ~ condition", 400))
        self.assertIsNone(interlace.fit("rt ~ condition", data=crossed(), groups="item", method="ML").llf_restricted)

    def test_methods(self):
        df = crossed()
        result = interlace.fit("rt ~ condition", data=df, groups=["subject", "item"])
        self.assertEqual(result.simulate(nsim=2, seed=1).shape, (400, 2))
        self.assertEqual(len(result.bootMer(statistic=None, B=4, seed=1, show_progress=False).estimates), 4)
        self.assertEqual(len(result.predict(newdata=df, include_re=False)), 400)
        self.assertEqual(list(result.random_effects_ci(level=0.9)["item"].columns), ["lower", "upper"])
        self.assertEqual(list(result.confint(method="wald", level=0.95).columns), ["estimate", "2.5 %", "97.5 %"])
        self.assertIn("sd_(Intercept)|subject", result.confint(method="profile", level=0.95).index)
        self.assertIn("x2", result.update(". ~ . + x2", data=df.assign(x2=np.cos(np.arange(400)))).fe_params.index)
        self.assertIn("Random effects", str(result.summary()))


class Glmer(Case):
    def test_successes_and_failures(self):
        rng = np.random.default_rng(0)
        df = pd.DataFrame({"y": rng.binomial(10, 0.4, 200), "n": np.full(200, 10), "x": rng.normal(size=200), "g": rng.integers(0, 20, 200)})
        result = interlace.glmer("cbind(y, n-y) ~ x", df, family="binomial", groups="g")
        self.assertEqual(list(result.fe_params.index), ["Intercept", "x"])

    def test_proportions(self):
        df = pd.read_csv(DATA / "cbpp.csv")
        result = interlace.glmer(
            formula="incidence / size ~ period",
            data=df,
            family="binomial",
            groups="herd",
            weights=df["size"].values,
        )
        again = interlace.glmer(formula="incidence / size ~ period", data=df, family="binomial", random=["(1 | herd)"], weights=df["size"].values)
        self.assertEqual((result.llf, list(result.fe_params)), (again.llf, list(again.fe_params)))
        self.assertIsInstance(result.variance_components["herd"], float)
        points = interlace.glmer(formula="incidence / size ~ period", data=df, family="binomial", groups="herd", weights=df["size"].values, nAGQ=25)
        self.assertNotEqual(points.llf, result.llf)
        df_new = df.head(4)
        preds, eta = result.predict(newdata=df_new), result.predict(newdata=df_new, type="link")
        self.near(preds, 1 / (1 + np.exp(-eta)), 12)
        self.assertEqual(len(result.predict(newdata=df_new, include_re=False)), 4)

    def test_counts(self):
        from interlace import NegativeBinomial2Family

        df = sites()
        result = interlace.glmer(formula="count ~ x1 + x2", data=df, family="poisson", groups=["site", "year"])
        self.assertEqual(len(result.random_effects["site"]), 20)
        fixed = interlace.glmer(formula="count ~ x1 + x2", data=df, family=NegativeBinomial2Family(theta=2.0), groups="site")
        free = interlace.glmer(formula="count ~ x1 + x2", data=df, family="negativebinomial", groups="site")
        self.assertTrue(free.llf > fixed.llf > interlace.glmer("count ~ x1 + x2", df, "poisson", groups="site").llf)
        offset = interlace.glmer("count ~ x1", df, "poisson", groups="site", offset=np.log(np.arange(1, 401)))
        self.assertFalse(np.allclose(offset.fe_params, interlace.glmer("count ~ x1", df, "poisson", groups="site").fe_params))

    def test_dispersion(self):
        df = sites()
        result = interlace.glmer(formula="y ~ x1 + x2", data=df, family="gaussian", groups="site", dispformula="~1")
        phi_hat = np.exp(result.disp_params["Intercept"])
        self.near([phi_hat], [interlace.fit("y ~ x1 + x2", df, groups="site", method="ML").scale], 5)
        result = interlace.glmer(formula="y ~ x1 + x2", data=df, family="gaussian", groups="site", dispformula="~ z")
        self.assertEqual(list(result.disp_params.index), ["Intercept", "z"])
        self.near(result.dispersion, np.exp(result.disp_params["Intercept"] + result.disp_params["z"] * df["z"]), 9)

    def test_attributes(self):
        df = pd.read_csv(DATA / "cbpp.csv")
        result = interlace.glmer("incidence / size ~ period", df, "binomial", groups="herd", weights=df["size"].values)
        for name in "fe_params fe_bse random_effects variance_components theta converged nobs llf aic bic family ngroups scale fittedvalues".split():
            self.assertIsNotNone(getattr(result, name))
        self.assertEqual((result.disp_params, result.dispersion, result.scale, result.ngroups), (None, None, 1.0, {"herd": 15}))


class Clmm(Case):
    def test_all(self):
        df = pd.read_csv(DATA / "wine.csv")
        result = interlace.clmm(
            formula="rating ~ temp + contact",
            data=df,
            groups="judge",
        )
        self.assertEqual(list(result.thresholds), ["1|2", "2|3", "3|4", "4|5"])
        self.assertIsInstance(result.variance_components["judge"], float)
        df_new = df.head(6)
        self.assertEqual(result.predict(newdata=df_new, type="prob").shape, (6, 5))
        self.assertEqual(result.predict(newdata=df_new, type="cum.prob").shape, (6, 4))
        self.assertEqual(result.predict(newdata=df_new, type="linear.predictor").shape, (6,))
        ci = result.confint(level=0.95)
        self.assertTrue((ci["lower"] < ci["upper"]).all() and len(ci) == 6)
        for name in "thresholds threshold_bse fe_params fe_bse random_effects variance_components theta converged nobs llf aic bic ngroups link".split():
            self.assertIsNotNone(getattr(result, name))
        for link in ("probit", "cloglog"):
            self.assertEqual(interlace.clmm("rating ~ temp", df, groups="judge", link=link, optimizer="bobyqa", theta0=np.ones(1)).link, link)
        self.assertIn("rating", result.summary())


if __name__ == "__main__":
    unittest.main(warnings="ignore")
