"""The Python package: data of all libraries in, results in theirs, the numbers of the C API, errors, Ctrl-C, pickles."""

import math
import pickle
import sys
import unittest
import warnings

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from library import ROOT, Fit, Frame, Spec, call

sys.path.insert(0, str(ROOT / "bindings" / "python"))
import interlace

DATA, REFERENCE = ROOT / "examples-c" / "data", ROOT / "tests" / "reference" / "data"
SLEEP = DATA / "sleepstudy.csv"
SLOPES = "Reaction ~ Days + (Days | Subject)"


def sleepstudy():
    return pd.read_csv(SLEEP)


def in_c(formula, data, model=1, **family):
    """The same model by the C API as it is."""
    spec = Spec.made("interlace_spec_new", model, formula.encode())
    if family:
        call("interlace_spec_set_family", spec.pointer, family["family"].encode(), None)
    return Fit.of(spec, Frame.of(data))


class Case(unittest.TestCase):
    def near(self, found, wanted, digits=6):
        found, wanted = list(found), list(wanted)
        self.assertEqual(len(found), len(wanted))
        for a, b in zip(found, wanted):
            self.assertLessEqual(abs(a - b), 10**-digits * max(1, abs(b)), (found, wanted))

    def refused(self, kind, text, function, *arguments, **named):
        with self.assertRaises(kind) as caught:
            function(*arguments, **named)
        self.assertIn(text, str(caught.exception))
        return caught.exception


class Data(Case):
    def test_the_same_bits_from_all_libraries(self):
        own = sleepstudy()
        wanted = in_c(SLOPES, own)
        sources = [
            own, own.convert_dtypes(), own.astype({"Days": float}), pl.DataFrame(own), pl.DataFrame(own).lazy(), pa.Table.from_pandas(own),
            pa.Table.from_pandas(own).to_batches()[0], duckdb.connect().sql(f"select * from read_csv('{SLEEP}')"), own.to_dict("list"), dict(own),
            {name: column.to_numpy() for name, column in own.items()}, {name: pl.Series(column) for name, column in own.items()},
            {name: pa.array(column) for name, column in own.items()}, own.to_records(index=False),
        ]  # fmt: skip
        for data in sources:
            result = interlace.fit(SLOPES, data)
            self.assertEqual(result.llf, wanted.log_likelihood, type(data))
            self.assertEqual(list(result.theta), wanted.theta, type(data))
            self.assertEqual(list(result.random_effects["Subject"].index[:2]), [308, 309], type(data))

    def test_tables_come_in_the_library_of_the_data(self):
        own = sleepstudy()
        for data, kind in ((own, pd.DataFrame), (pl.DataFrame(own), pl.DataFrame), (pa.Table.from_pandas(own), pa.Table), (own.to_dict("list"), dict),
                           (duckdb.connect().sql(f"select * from read_csv('{SLEEP}')"), duckdb.DuckDBPyRelation)):  # fmt: skip
            result = interlace.fit(SLOPES, data)
            for table in (result.table("coefficients"), interlace.hlm_resid(result), interlace.hlm_resid(result, full_data=False), interlace.anova(result),
                          interlace.hlm_resid(result, level="Subject"), interlace.VarCorr(result).as_dataframe(),
                          interlace.emmeans(result, "Days", at={"Days": [0, 5]}).frame, result.predict(data, interval="confidence")):  # fmt: skip
                self.assertIsInstance(table, kind)
            names = list(result.table("coefficients").keys() if kind is dict else getattr(result.table("coefficients"), "column_names", None)
                         or result.table("coefficients").columns)  # fmt: skip
            self.assertEqual(names, ["term", "id", "estimate", "std_error", "df", "statistic", "p_value", "lower", "upper"])
        self.assertEqual(result.table("coefficients").fetchall()[0][0], "(Intercept)")
        self.assertEqual(interlace.fit(SLOPES, pl.DataFrame(own)).table("coefficients")["term"].to_list(), ["(Intercept)", "Days"])

    def test_kinds_of_columns(self):
        n = 60
        base = {"y": np.sin(np.arange(n) * 1.7) + np.arange(n) % 6, "g": np.arange(n) % 6}
        truth = np.arange(n) % 2 == 0
        for own, names in (
            (truth, ["Intercept", "xTRUE"]), (pd.array(truth, "boolean"), ["Intercept", "xTRUE"]), (pd.Series(truth, dtype=object), ["Intercept", "xTRUE"]),
            (pd.array(np.arange(n), "Int64"), ["Intercept", "x"]), (np.arange(n, dtype=np.uint8), ["Intercept", "x"]),
            (np.linspace(0, 1, n, dtype=np.float32), ["Intercept", "x"]), (pd.Series([1, 2.5] * (n // 2), dtype=object), ["Intercept", "x"]),
            (np.where(truth, "b", "a"), ["Intercept", "xb"]), (pd.Categorical(np.where(truth, "b", "a"), ["b", "a"]), ["Intercept", "xa"]),
            (pd.Categorical(np.where(truth, "b", "a"), ["none", "b", "a"]), ["Intercept", "xa"]),
            (pd.Categorical(np.where(truth, 10, 9), [10, 9], ordered=True), ["Intercept", "x.L"]),
            (pd.cut(np.arange(n), [-1, 30, 60]), ["Intercept", "x.L"]), (pd.arrays.SparseArray(np.arange(n) % 7), ["Intercept", "x"]),
            (pd.Series(np.where(truth, "b", "a"), dtype=pd.ArrowDtype(pa.string())), ["Intercept", "xb"]),
            (pd.date_range("2024-01-01", periods=n), ["Intercept", "x"]), (pd.Series(np.where(truth, "b", "a"), dtype=object), ["Intercept", "xb"]),
        ):  # fmt: skip
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                result = interlace.fit("y ~ x", pd.DataFrame({**base, "x": own}), groups="g", unidentified="ignore")
            self.assertEqual(list(result.fe_params.index), names, own)

    def test_many_rows_of_text(self):
        """Text of pandas in many rows goes another way, and is the same."""
        rng = np.random.default_rng(2)
        n = 12_000
        data = pd.DataFrame({"y": rng.normal(size=n), "g": [f"g{i}" for i in rng.integers(0, 40, n)], "b": rng.random(n) < 0.5, "w": rng.random(n) + 0.5})
        data["y"] += data["g"].str.len()
        data["c"] = pd.Categorical(np.array(["low", "mid", "high"])[rng.integers(0, 3, n)], ["none", "low", "mid", "high"])
        data["o"] = pd.Categorical(data["c"], ["low", "mid", "high"], ordered=True)
        data.loc[5, "g"] = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            own = interlace.fit("y ~ b + c + o:w", data, groups="g")
            wanted = interlace.fit("y ~ b + c + o:w", data.astype({"g": object}), groups="g")
        self.assertEqual(own.fe_params.to_dict(), wanted.fe_params.to_dict())
        self.assertEqual((own.nobs, own.llf, [str(own.message) for own in caught][: len(caught) // 2]), (n - 1, wanted.llf, wanted.warnings))
        self.assertEqual(list(own.fe_params.index[:4]), ["Intercept", "bTRUE", "cmid", "chigh"])
        self.refused(interlace.DataError, "order is not declared", interlace.clmm, "c ~ w", data, groups="g")

    def test_columns_that_the_model_does_not_use_may_be_anything(self):
        data = sleepstudy().assign(junk=[{"a": 1}] * 180, mixed=[1, "a"] * 90)
        self.assertEqual(interlace.fit(SLOPES, data).nobs, 180)
        error = self.refused(interlace.DataError, "column 'mixed' has 'a' in row 2", interlace.fit, "Reaction ~ mixed", data, groups="Subject")
        self.assertEqual(error.position, 1)
        self.refused(interlace.DataError, "column 'junk' has {'a': 1} in row 1", interlace.fit, "Reaction ~ junk", data, groups="Subject")
        for own in (data, dict(data)):
            self.refused(interlace.DataError, "did you mean 'Days'?", interlace.fit, "Reaction ~ Dayz", own, groups="Subject")

    def test_missing_values(self):
        for data in (sleepstudy(), sleepstudy().convert_dtypes(), pl.DataFrame(sleepstudy())):
            data = data.to_pandas() if isinstance(data, pl.DataFrame) else data
            data.loc[3, "Days"], data.loc[7, "Reaction"] = None, None
            for own in (data, data.to_dict("list"), pl.from_pandas(data)):
                result = interlace.fit(SLOPES, own)
                self.assertEqual(result.nobs, 178)
                rows = result.dropped_rows["row"]
                self.assertEqual(list(rows), [3, 7])
                residuals = interlace.hlm_resid(result, type="conditional")
                self.assertEqual((len(residuals[".resid"]), list(residuals["Days"][:4])), (178, [0, 1, 2, 4]))
        padded = interlace.fit(SLOPES, data, na="pad")
        self.assertEqual(len(interlace.hlm_resid(padded)), 180)
        self.assertEqual(np.flatnonzero(np.isnan(padded.resid)).tolist(), [3, 7])
        self.refused(interlace.DataError, "missing", interlace.fit, SLOPES, data, na="error")

    def test_weights_and_offset_as_columns_or_values(self):
        data = sleepstudy().assign(w=np.arange(180) % 3 + 1.0, o=np.arange(180) / 10)
        by_name, by_value = interlace.fit(SLOPES, data, weights="w", offset="o"), interlace.fit(SLOPES, data, weights=data["w"], offset=list(data["o"]))
        self.assertEqual(by_name.llf, by_value.llf)
        self.assertEqual(list(by_name.predict(data)), list(by_name.fittedvalues))
        self.assertEqual(list(by_value.predict(data, offset=data["o"])), list(by_value.fittedvalues))
        self.refused(interlace.ArgumentError, "give offset=", by_value.predict, data)
        heavy, light = (by_name.predict(data.assign(w=w), interval="prediction") for w in (100.0, 0.01))
        self.assertTrue((heavy["upper"] - heavy["lower"] < light["upper"] - light["lower"]).all())
        self.near(heavy["fit"], light["fit"], 12)
        alone = by_name.predict(data.drop(columns="w"), interval="prediction")  # rows without weights have weight 1
        self.near(alone["upper"], by_name.predict(data.assign(w=1), interval="prediction")["upper"], 12)
        self.refused(interlace.ArgumentError, "weights has 2 values", interlace.fit, SLOPES, data, weights=[1, 2])
        self.refused(TypeError, "weights must be numbers", interlace.fit, SLOPES, data, weights=["a"] * 180)


    def test_series_go_to_rows_by_their_index(self):
        data = sleepstudy().assign(w=np.arange(180) % 3 + 1.0, o=np.arange(180) / 10)
        wanted = interlace.fit(SLOPES, data, weights="w", offset="o").llf
        labels = [f"row {i}" for i in range(180)]
        for own in (data, data.set_axis(labels), data.iloc[::-1], data.sample(frac=1, random_state=3)):
            shuffled = own.sample(frac=1, random_state=1)
            self.near([interlace.fit(SLOPES, own, weights=shuffled["w"], offset=shuffled["o"]).llf], [wanted], 10)
            self.near([interlace.fit(SLOPES, own, weights=own["w"].to_numpy(), offset=list(own["o"])).llf], [wanted], 10)
        some = data[data["Days"] > 2]
        unlike = {"has the label 0, which no row": some["w"].reset_index(drop=True), "has the label 'a0', which no row": some["w"].set_axis([f"a{i}" for i in range(len(some))])}
        for said, weights in unlike.items():
            error = self.refused(interlace.ArgumentError, said, interlace.fit, SLOPES, some, weights=weights)
            self.assertIn("weights.to_numpy()", error.message)
            self.refused(interlace.ArgumentError, said.replace("weights", "offset"), interlace.fit, SLOPES, some, offset=weights)
        self.refused(interlace.ArgumentError, "weights has 180 values, but the data have 126 rows", interlace.fit, SLOPES, some, weights=data["w"])
        twice = data.set_axis([0, *range(179)])
        self.assertEqual(interlace.fit(SLOPES, twice, weights=twice["w"], offset=twice["o"]).llf, wanted)
        self.refused(interlace.ArgumentError, "labels that come twice", interlace.fit, SLOPES, twice, weights=twice["w"].iloc[::-1])
        # Data without an index take values in their order, dicts of Series by the index of these.
        self.near([interlace.fit(SLOPES, pl.from_pandas(data), weights=data["w"].set_axis(range(180, 0, -1)), offset="o").llf], [wanted], 12)
        columns = {name: data[name] for name in data}
        self.near([interlace.fit(SLOPES, columns, weights=data["w"].iloc[::-1], offset="o").llf], [wanted], 12)
        self.refused(interlace.DataError, "Series with different indexes", interlace.fit, SLOPES, {**columns, "Days": data["Days"].iloc[::-1]})
        # Where the values are used again: new data, updates, pickles, cross-validation, refits.
        fitted = interlace.fit(SLOPES, data, weights=data["w"].iloc[::-1], offset=data["o"].iloc[::-1])
        self.near(fitted.predict(data, offset=data["o"].iloc[::-1]), fitted.fittedvalues, 12)
        self.refused(interlace.ArgumentError, "the index of offset", fitted.predict, some, offset=some["o"].reset_index(drop=True))
        self.near([fitted.update(method="ML").llf], [interlace.fit(SLOPES, data, weights="w", offset="o", method="ML").llf], 12)
        self.refused(interlace.ArgumentError, "weights", fitted.update, data=some)
        frame = pickle.loads(pickle.dumps(fitted))
        self.near(interlace.hlm_augment(frame)[".fitted"], fitted.fittedvalues, 12)
        folds = [interlace.cross_val("Reaction ~ Days", data, "Subject", weights=own).scores for own in ("w", data["w"].iloc[::-1])]
        self.near(*folds, 10)
        y = pd.Series(fitted.simulate(seed=1)[:, 0], index=data.index)
        self.near([fitted.refit(y.iloc[::-1]).llf], [fitted.refit(y.to_numpy()).llf], 12)

    def test_without_random_terms(self):
        data = sleepstudy()
        own = interlace.fit("Reaction ~ Days", data, random_terms="optional")
        x = np.column_stack([np.ones(180), data["Days"]])
        coefficients, rest, *_ = np.linalg.lstsq(x, data["Reaction"], rcond=None)
        self.near(own.fe_params, coefficients, 10)
        self.near([own.scale], rest / 178, 10)
        self.assertEqual((own.random_effects, own.variance_components, own.ngroups, own.is_singular), ({}, {}, {}, False))
        self.near(interlace.leverage(own)["overall"], np.einsum("ij,ji->i", x, np.linalg.pinv(x)), 10)
        self.assertEqual((own.varcov.shape, own.model.groups, len(own.predict(data.head(2), interval="prediction"))), ((0, 0), None, 2))
        self.assertNotIn("groups", own.summary())

    def test_results_of_rows_have_the_index_of_the_data(self):
        data = sleepstudy().set_axis([f"row {i}" for i in range(180)])
        data.loc["row 3", "Reaction"] = None
        fitted = interlace.fit(SLOPES, data)
        kept = data.index[data["Reaction"].notna()]
        for own in (fitted.predict(interval="confidence"), interlace.leverage(fitted), interlace.hlm_resid(fitted, full_data=False), interlace.hlm_resid(fitted), interlace.hlm_augment(fitted)):
            self.assertTrue(own.index.equals(kept))
        new = data.iloc[[5, 1]]
        own = fitted.predict(new, interval="prediction")
        self.assertEqual(list(own.index), ["row 5", "row 1"])
        self.near(own["fit"], fitted.predict(new), 12)
        influence = interlace.hlm_influence(fitted, method="fixed")
        self.assertTrue(influence.index.equals(kept))
        self.assertEqual(influence.loc["row 4", "index"], 5)
        padded = interlace.fit(SLOPES, data, na="pad")
        self.assertTrue(padded.predict(interval="confidence").index.equals(data.index))
        self.assertTrue(interlace.leverage(padded).index.equals(data.index))
        self.assertTrue(interlace.hlm_influence(padded, method="fixed").index.equals(kept))
        self.assertIsInstance(interlace.fit(SLOPES, pl.from_pandas(data)).predict(interval="confidence"), pl.DataFrame)


class Linear(Case):
    def test_all_attributes(self):
        data = sleepstudy()
        own, c = interlace.fit("Reaction ~ Days", data, random=["(1 + Days | Subject)"]), in_c(SLOPES, data)
        table = {name: c.table("coefficients").values(name) for name in ("estimate", "std_error", "df", "statistic", "p_value", "lower", "upper")}
        for found, name in ((own.fe_params, "estimate"), (own.fe_bse, "std_error"), (own.fe_df, "df"), (own.fe_tvalues, "statistic"), (own.fe_pvalues, "p_value"),
                            (own.fe_conf_int["lower"], "lower"), (own.fe_conf_int["upper"], "upper"), (own.params, "estimate"), (own.bse, "std_error"),
                            (own.tvalues, "statistic"), (own.pvalues, "p_value")):  # fmt: skip
            self.assertEqual(list(found.index), ["Intercept", "Days"])
            self.near(found, table[name], 12)
        self.assertEqual((own.llf, own.llf_restricted, own.scale, own.nobs, own.nparams), (c.log_likelihood, c.log_likelihood, c.sigma**2, 180, 6))
        self.near([own.aic, own.bic], [12 - 2 * own.llf, 6 * math.log(180) - 2 * own.llf], 12)
        self.assertEqual((own.method, own.df_method, own.converged, own.is_singular, own.ngroups), ("REML", "satterthwaite", True, False, {"Subject": 18}))
        self.assertEqual((own.boundary_flags, own.correlation_params, own.warnings), ({"Subject": False}, {}, []))
        self.near(np.sqrt(np.diag(own.fe_cov)), own.fe_bse, 12)
        modes = c.table("ranef").values("mode")
        self.assertEqual(own.random_effects["Subject"].to_numpy().ravel("F").tolist(), modes)
        self.assertEqual(list(own.random_effects["Subject"].columns), ["(Intercept)", "Days"])
        self.near(own.random_effects_se["Subject"].to_numpy().ravel("F"), c.table("ranef").values("std_error"), 12)
        limits = own.random_effects_ci(0.95)["Subject"]
        self.near(limits[("Days", "upper")], c.table("ranef").values("upper")[18:], 12)
        self.near(own.variance_components["Subject"].to_numpy().ravel()[[0, 3, 1]], c.table("varcorr").values("vcov")[:3], 12)
        self.assertEqual(list(own.varcov.index), ["(Intercept)|Subject", "Days|Subject"])
        self.near(own.resid + own.fittedvalues, data["Reaction"], 12)
        self.assertIn("REML criterion at convergence: 1743.6", own.summary())
        self.assertEqual((own.model.exog.shape, own.model.endog_names, own.model.groups[0]), ((180, 2), "Reaction", 308))
        self.assertEqual(own.model.endog.tolist(), data["Reaction"].tolist())
        self.near(own.model.exog @ own.fe_params + own.resid, own.model.exog @ own.fe_params + own.model.endog - own.fittedvalues, 10)

    def test_one_effect_is_a_series_and_a_number(self):
        own = interlace.fit("strength ~ 1", pd.read_csv(REFERENCE / "Pastes.csv"), random=["(1 | batch/cask)"])
        self.assertEqual(list(own.random_effects), ["batch", "batch:cask"])
        self.assertIsInstance(own.random_effects["batch"], pd.Series)
        self.near([own.variance_components["batch:cask"] ** 0.5, own.scale**0.5], [2.904, 0.8234], 3)  # lme4
        self.assertEqual(list(own.random_effects_ci()["batch"].columns), ["lower", "upper"])

    def test_two_terms_of_one_group(self):
        own = interlace.fit("Reaction ~ Days", sleepstudy(), random=["(1 | Subject)", "(0 + Days | Subject)"])
        self.assertEqual(own.random_effects["Subject"].shape, (18, 2))
        self.assertEqual(own.variance_components["Subject"].iloc[0, 1], 0.0)
        self.near(own.predict(sleepstudy()), own.fittedvalues, 12)

    def test_arguments(self):
        data = sleepstudy()
        self.assertEqual(interlace.fit("Reaction ~ Days", data, groups="Subject").llf, interlace.fit("Reaction ~ Days + (1 | Subject)", data).llf)
        both = interlace.fit("Reaction ~ Days", data, groups="Subject", random=["(0 + Days | Subject)"])
        self.assertEqual(list(both.random_effects["Subject"].index[:1]), [308])
        self.assertIsInstance(both.random_effects["Subject"], pd.Series)  # random takes precedence
        ml = interlace.fit(SLOPES, data, method="ML", optimizer="bobyqa", theta0=[1, 0, 1])
        self.assertEqual((ml.method, ml.llf_restricted), ("ML", None))
        self.near([-2 * ml.llf], [1751.9393], 6)  # lme4
        for optimizer in ("lbfgsb", "newton", "nelder_mead", "nelder-mead"):
            self.near([interlace.fit(SLOPES, data, method="ML", optimizer=optimizer).llf], [ml.llf], 8)
        kr = interlace.fit(SLOPES, data, df_method="kenward-roger")
        self.near(kr.fe_bse, np.sqrt(np.diag(kr.fe_cov_kenward_roger)), 12)
        self.near(interlace.fit(SLOPES, data, df_method="residual").fe_df, [178, 178])
        self.assertEqual(interlace.fit(SLOPES, data, threads=2, tolerance=1e-12, max_evaluations=50).converged, True)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            stopped = interlace.fit(SLOPES, data, max_evaluations=2)
        self.assertFalse(stopped.converged)
        self.assertEqual({(warning.category, warning.filename) for warning in caught}, {(interlace.InterlaceWarning, __file__)})

    def test_correlation(self):
        data = pd.read_csv(REFERENCE / "sim_ar1.csv")
        own = interlace.fit("y ~ x", data, groups="subj", correlation=interlace.AR1("time"))
        self.assertEqual(own.llf, interlace.fit("y ~ x", data, groups="subj", correlation="ar1(time | subj)").llf)
        self.assertTrue(0.1 < own.correlation_params["rho"] < 1)
        marginal = interlace.fit("y ~ x", data, correlation=interlace.CompoundSymmetry(group="subj"))
        self.assertEqual((list(marginal.correlation_params), marginal.random_effects, marginal.ngroups, marginal.model.groups), (["rho"], {}, {}, None))
        self.refused(TypeError, "correlation is 3", interlace.fit, "y ~ x", data, groups="subj", correlation=3)

    def test_predictions(self):
        own = interlace.fit(SLOPES, sleepstudy())
        new = pd.DataFrame({"Days": [0, 10, 5], "Subject": [308, 999, 309]})
        both = own.predict(new)
        self.near(both[[0, 1]], [own.fe_params["Intercept"] + own.random_effects["Subject"].loc[308, "(Intercept)"], own.fe_params @ [1, 10]], 12)
        self.near(own.predict(new.drop(columns="Subject"), include_re=False), own.fe_params["Intercept"] + new["Days"] * own.fe_params["Days"], 12)
        self.assertEqual(list(own.predict()), list(own.fittedvalues))
        self.refused(interlace.DataError, "999", own.predict, new, new_levels="error")
        self.refused(interlace.DataError, "Subject", own.predict, new[["Days"]])
        self.refused(ValueError, "new_levels is 'zeros'", own.predict, new, new_levels="zeros")
        limits = own.predict(new, interval="prediction", level=0.9)
        self.near(limits["fit"], both, 12)
        self.assertTrue((limits["lower"] < limits["fit"]).all() and (limits["upper"] - limits["lower"] > 50).all())

    def test_update(self):
        own = interlace.fit("Reaction ~ Days", sleepstudy(), random=["(Days | Subject)"], weights=np.arange(180) % 2 + 1.0)
        more = own.update(". ~ . + I(Days^2)")
        self.assertEqual(list(more.fe_params.index), ["Intercept", "Days", "I(Days^2)"])
        self.assertEqual(list(more.random_effects["Subject"].columns), ["(Intercept)", "Days"])
        self.assertEqual(more.update(". ~ . - I(Days^2)").llf, own.llf)
        self.assertEqual(own.update(method="ML").llf, interlace.fit(SLOPES, sleepstudy(), weights=np.arange(180) % 2 + 1.0, method="ML").llf)
        self.assertEqual(own.update(data=sleepstudy()[:180], tolerance=1e-10).nobs, 180)
        self.assertEqual(interlace.update(own, "log(Reaction) ~ Days", weights=None).model.endog_names, "Reaction")
        self.refused(interlace.ArgumentError, "there is no option 'methods'", own.update, methods="ML")


class Others(Case):
    def test_generalised(self):
        data = pd.read_csv(DATA / "cbpp.csv")
        own = interlace.glmer("incidence / size ~ period", data, family="binomial", groups="herd", weights=data["size"].values)
        self.near([own.llf, own.variance_components["herd"] ** 0.5], [-92.02628, 0.6423], 4)  # lme4, glmmTMB
        self.near(own.fe_params, interlace.glmer("cbind(incidence, size - incidence) ~ period", data, "binomial", random="(1 | herd)").fe_params, 8)
        self.assertEqual((own.scale, own.link, own.disp_params, own.zi_params, own.dispersion, own.nAGQ), (1.0, "logit", None, None, None, 1))
        quadrature = interlace.glmer("incidence / size ~ period", data, "binomial", groups="herd", weights="size", nAGQ=25)
        self.assertTrue(quadrature.llf != own.llf and abs(quadrature.llf - own.llf) < 0.1)
        new = data.head(3)
        odds = own.predict(new, type="link")
        self.near(own.predict(new), 1 / (1 + np.exp(-odds)), 12)
        self.near(own.predict(new, include_re=False), 1 / (1 + np.exp(-(odds - own.random_effects["herd"]["h01"]))), 10)
        self.near(own.predict(data), own.fittedvalues, 12)
        self.refused(ValueError, "type is 'odds'", own.predict, type="odds")
        self.refused(interlace.ArgumentError, "family", interlace.glmer, "incidence ~ 1", data, family="binomal", groups="herd")
        self.refused(TypeError, "write GammaFamily()", interlace.glmer, "size ~ 1", data, family=interlace.GammaFamily, groups="herd")

    def test_families(self):
        data = pd.read_csv(REFERENCE / "Owls.csv")
        for family, name, fixed in (
            (interlace.NegativeBinomial2Family(theta=2.0), "size", 2.0), (interlace.NegativeBinomial2Family(), "size", None), ("negativebinomial", "size", None),
            (interlace.NegativeBinomial1Family(alpha=3), "alpha", 3.0), (interlace.Family("nbinom2", "log", size=2.0), "size", 2.0),
        ):  # fmt: skip
            own = interlace.glmer("calls ~ FoodTreatment", data, family, groups="Nest", offset="logBroodSize")
            self.assertEqual(own.family_params.index.tolist(), [name])
            self.assertEqual(abs(own.family_params[name] - (fixed or 0)) < 1e-9, fixed is not None)
        inflated = interlace.glmer("calls ~ FoodTreatment", data, interlace.ZeroInflatedPoissonFamily(), groups="Nest")
        self.assertEqual(inflated.llf, interlace.glmer("calls ~ FoodTreatment", data, "poisson", groups="Nest", ziformula="~ 1").llf)
        self.assertEqual(list(inflated.zi_params.index), ["Intercept"])
        hurdle = interlace.glmer("calls ~ FoodTreatment", data, interlace.HurdlePoissonFamily(), groups="Nest")
        self.near([1 / (1 + math.exp(-hurdle.zi_params["Intercept"]))], [(data["calls"] == 0).mean()], 6)
        self.refused(ValueError, "pi is 0.3", interlace.ZeroInflatedPoissonFamily, pi=0.3)
        ends = interlace.ZeroOneInflatedBetaFamily(phi=2, p0=0.1, p1=0.3)
        self.near([ends.fixed["zoi"], ends.fixed["coi"]], [0.4, 0.75], 12)

    def test_dispersion_of_gaussian_models(self):
        data = sleepstudy()
        own = interlace.glmer(SLOPES, data, family="gaussian", dispformula="~1")
        self.near([math.exp(own.disp_params["Intercept"])], [interlace.fit(SLOPES, data, method="ML").scale], 5)
        self.near(own.dispersion, [math.exp(own.disp_params["Intercept"])] * 180, 12)
        own = interlace.glmer(SLOPES, data, family="gaussian", dispformula="~ Days")
        self.near(own.dispersion, np.exp(own.disp_params["Intercept"] + own.disp_params["Days"] * data["Days"]), 10)
        self.assertEqual(interlace.glmer(SLOPES, data, "gaussian").llf, in_c(SLOPES, data, 2, family="gaussian").log_likelihood)

    def test_a_family_of_ones_own(self):
        class Poisson:
            name = "mine"

            def link(self, mu):
                return np.log(mu)

            def linkinv(self, eta):
                return np.exp(eta)

            mu_eta = linkinv

            def variance(self, mu):
                return mu

            def dev_resids(self, y, mu, wt):
                return 2 * wt * (np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0) - (y - mu))

        class Later(Poisson):
            broken = False

            def linkinv(self, eta):
                return 1 / 0 if self.broken else np.exp(eta)

        class Broken(Poisson):
            def variance(self, mu):
                raise KeyError("no variance here")

        data = pd.read_csv(REFERENCE / "grouseticks.csv")
        formula, group = "TICKS ~ cHEIGHT", "BROOD"
        self.assertIsInstance(Poisson(), interlace.GLMMFamily)
        own, known = interlace.glmer(formula, data, Poisson(), groups=group), interlace.glmer(formula, data, "poisson", groups=group)
        self.near(list(own.fe_params) + list(own.theta), list(known.fe_params) + list(known.theta), 5)
        self.refused(KeyError, "no variance here", interlace.glmer, formula, data, Broken(), groups=group)
        later = Later()
        fitted = interlace.glmer(formula, data, later, groups=group)
        later.broken = True
        self.refused(ZeroDivisionError, "", fitted.predict, data)
        self.refused(TypeError, "without link, linkinv", interlace.glmer, formula, data, object(), groups=group)

    def test_ordinal(self):
        data = pd.read_csv(DATA / "wine.csv")
        own = interlace.clmm("rating ~ temp + contact", data, groups="judge")
        self.near(own.thresholds.values(), [-1.6237, 1.5134, 4.2285, 6.0888], 4)  # ordinal
        self.near(own.fe_params, [3.0630, 1.8349], 4)
        self.assertEqual((list(own.thresholds), list(own.threshold_bse), own.link), (["1|2", "2|3", "3|4", "4|5"],) * 2 + ("logit",))
        chances, sums, eta = (own.predict(data, type=kind) for kind in ("prob", "cum.prob", "linear.predictor"))
        self.assertEqual((chances.shape, sums.shape, eta.shape), ((72, 5), (72, 4), (72,)))
        self.near(chances.sum(axis=1), np.ones(72), 12)
        self.near(np.cumsum(chances, axis=1)[:, :4].ravel(), sums.ravel(), 12)
        self.near(sums[:, 1], 1 / (1 + np.exp(-(own.thresholds["2|3"] - eta))), 10)
        limits = own.confint(level=0.9)
        self.assertEqual((list(limits.index), list(limits.columns)), (list(own.thresholds) + ["tempwarm", "contactyes"], ["estimate", "lower", "upper"]))
        text = data.assign(rating=["low", "mid", "high"][0:1] * 72)
        text["rating"] = pd.cut(data["rating"], [0, 2, 3, 5], labels=["low", "mid", "high"])
        self.assertEqual(interlace.clmm("rating ~ temp", text, groups="judge").categories, ["low", "mid", "high"])
        for wrong in (text.astype({"rating": str}), text.assign(rating=text["rating"].astype(str).astype("category")),
                      dict(text.assign(rating=text["rating"].astype(str).astype("category"))), pl.from_pandas(text.astype({"rating": str}))):
            self.refused(interlace.DataError, "order is not declared; give levels=", interlace.clmm, "rating ~ temp", wrong, groups="judge")
        named = interlace.clmm("rating ~ temp", text.astype({"rating": str}), groups="judge", levels=["low", "mid", "high"], link="probit")
        self.assertEqual(list(named.thresholds), ["low|mid", "mid|high"])

    def test_cox(self):
        data = pd.read_csv(REFERENCE / "kidney.csv")
        own = interlace.coxme("Surv(time, status) ~ age + sex", data, groups="id")
        self.assertEqual(own.llf, in_c("Surv(time, status) ~ age + sex + (1 | id)", data, 4).log_likelihood)
        shuffled = interlace.coxme("Surv(time, status) ~ age + sex", data.sample(frac=1, random_state=1), groups="id")
        self.near(shuffled.fe_params, own.fe_params, 9)
        self.near(own.predict(data, type="risk"), np.exp(own.predict(data)), 12)
        self.assertEqual((own.n_events, len(own.resid()), own.resid("deviance").shape), (int(data["status"].sum()), 76, (76,)))
        self.assertEqual(len(own.resid("schoenfeld")), own.n_events)
        self.assertIn("cumulative_hazard", own.baseline_hazard.columns)
        self.assertEqual(own.simulate(3, seed=1).shape, (76, 2, 3))
        self.assertNotEqual(interlace.coxme("Surv(time, status) ~ age", data, groups="id", ties="breslow").llf,
                            interlace.coxme("Surv(time, status) ~ age", data, groups="id").llf)  # fmt: skip


if __name__ == "__main__":
    unittest.main(warnings="ignore")
