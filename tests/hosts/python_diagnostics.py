"""The Python package: leverages, influence, the augmented data and pictures."""

import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from python import DATA, REFERENCE, SLOPES, Case, interlace, sleepstudy


def slopes(data=None):
    return interlace.fit(SLOPES, sleepstudy() if data is None else data)


def distance(whole, part):
    """Cook's distance of what was left out."""
    apart = part.fe_params - whole.fe_params
    return float(apart @ np.linalg.solve(whole.fe_cov, apart)) / len(apart)


class Influence(Case):
    def test_leverages(self):
        own = interlace.leverage(slopes())
        self.assertEqual(list(own.columns), ["overall", "fixef", "ranef", "ranef.uc"])
        self.near([own["fixef"].sum()], [2], 9)
        self.near(own["overall"], own["fixef"] + own["ranef"], 9)
        self.assertIsInstance(interlace.leverage(slopes(pl.DataFrame(sleepstudy()))), pl.DataFrame)
        self.refused(ValueError, "level is 'Subject'", interlace.leverage, slopes(), level="Subject")
        wine = interlace.clmm("rating ~ temp", pd.read_csv(DATA / "wine.csv"), groups="judge")
        self.refused(interlace.UnsupportedError, "", interlace.leverage, wine)

    def test_rows_and_groups(self):
        data, whole = sleepstudy(), slopes()
        rows = interlace.hlm_influence(whole)
        self.assertEqual(list(rows.columns[:5]) + [rows.columns[-1]], ["index", "cooksd", "mdffits", "covtrace", "covratio", "status"])
        self.assertEqual((rows["index"].tolist(), set(rows["status"])), (list(range(1, 181)), {"converged"}))
        self.near([rows["cooksd"][7]], [distance(whole, slopes(data.drop(7)))], 6)
        groups = interlace.hlm_influence(whole, "Subject")
        self.assertEqual(groups["Subject"].tolist()[:2], [308, 309])
        without = slopes(data[data["Subject"] != 309])
        self.near(groups.loc[1, ["cooksd", "rvc.sigma"]], [distance(whole, without), without.scale / whole.scale - 1], 6)
        fixed = interlace.hlm_influence(whole, "Subject", method="fixed")
        self.assertTrue((fixed["rvc.sigma"] == 0).all() and (fixed["cooksd"] != groups["cooksd"]).any())
        full = interlace.hlm_influence(whole, "Subject", full=True)
        self.near([full["Days"][1]], [without.fe_params["Days"]], 6)
        late = interlace.fit(SLOPES, data.assign(late=data["Days"] > 4))
        self.assertEqual(interlace.hlm_influence(late, "late")["late"].tolist(), ["FALSE", "TRUE"])
        self.refused(interlace.InterlaceError, "nowhere", interlace.hlm_influence, whole, "nowhere")
        self.refused(ValueError, "method is 'exact'", interlace.hlm_influence, whole, method="exact")

    def test_what_stands_out(self):
        own = slopes()
        cooks = np.array(interlace.cooks_distance(own))
        self.assertEqual(interlace.n_influential(own), int((cooks > 4 / 180).sum()))
        self.assertEqual(interlace.n_influential(own, threshold=0.1), int((cooks > 0.1).sum()))
        gap = interlace.tau_gap(own)
        ordered = np.sort(cooks)
        self.near([gap.gap], [np.diff(ordered).max()], 9)
        self.assertEqual(gap.n_above_gap, 179 - int(np.diff(ordered).argmax()))
        self.assertEqual(len(interlace.mdffits(own)), 180)

    def test_the_augmented_data(self):
        data = sleepstudy()
        data.loc[3, "Reaction"] = None
        for own in (data, pl.from_pandas(data)):
            result = slopes(own)
            table = interlace.hlm_augment(result)
            self.assertIsInstance(table, type(own))
            self.assertEqual((len(table), list(table["Days"][:4])), (179, [0, 1, 2, 4]))
            for name in ("Reaction", ".resid", ".fitted", ".leverage", "cooksd", "mdffits", "covtrace", "covratio"):
                self.assertIn(name, table.columns)
            self.near(table[".fitted"], result.fittedvalues, 12)
        self.assertNotIn("cooksd", interlace.hlm_augment(result, include_influence=False).columns)
        groups = interlace.hlm_augment(result, "Subject")
        self.assertEqual((len(groups), list(groups.columns[:3])), (18, ["Subject", ".ranef.(Intercept)", ".ranef.Days"]))


class Checks(Case):
    def test_how_a_fit_ended(self):
        own = interlace.diagnose(slopes())
        self.assertTrue({"convergence", "gradient"} <= set(own["check"]))
        self.assertTrue(set(own["status"]) <= {"ok", "note", "warning"})

    def test_simulated_residuals(self):
        data = sleepstudy().assign(late=sleepstudy()["Days"] > 4)
        own = interlace.simulated_residuals(slopes(data), nsim=100, seed=1)
        self.assertEqual(len(own.residuals), 180)
        self.assertTrue(((own.residuals["uniform"] > 0) & (own.residuals["uniform"] < 1)).all())
        self.assertIn("dispersion", set(own.tests["test"]))
        again = interlace.simulated_residuals(slopes(data), nsim=100, seed=1)
        self.assertEqual(own.residuals["uniform"].tolist(), again.residuals["uniform"].tolist())
        self.assertEqual(len(interlace.simulated_residuals(slopes(data), 50, group="Subject", conditional=True).residuals), 18)
        self.assertEqual(len(interlace.simulated_residuals(slopes(data), 50, group="late").residuals), 2)


class Pictures(Case):
    def drawn(self, picture):
        self.assertTrue(xml.fromstring(picture.svg).tag.endswith("svg"))
        self.assertEqual(picture.svg, picture._repr_svg_())
        return picture

    def test_all_kinds(self):
        """Each kind suits one of the models, and those that it does not suit say so."""
        wine, cbpp, kidney = pd.read_csv(DATA / "wine.csv"), pd.read_csv(DATA / "cbpp.csv"), pd.read_csv(REFERENCE / "kidney.csv")
        owls = pd.read_csv(REFERENCE / "Owls.csv")
        fits = [slopes(), interlace.glmer("incidence / size ~ period", cbpp, "binomial", groups="herd", weights="size"),
                interlace.glmer("calls ~ FoodTreatment", owls, "poisson", groups="Nest"), interlace.clmm("rating ~ temp", wine, groups="judge"),
                interlace.coxme("Surv(time, status) ~ age", kidney, groups="id")]  # fmt: skip
        kinds = interlace.kinds_of_pictures()
        for kind in kinds:
            drawn = 0
            for result in fits:
                try:
                    self.drawn(interlace.plot(result, kind))
                    drawn += 1
                except (interlace.UnsupportedError, interlace.ArgumentError) as error:
                    self.assertGreater(len(error.message), 20)
            self.assertGreater(drawn, 0, kind)

    def test_coordinates_and_options(self):
        own = interlace.plot(slopes(), "caterpillar", term="Subject", title="People, in order", width=700)
        self.assertIn("People, in order", self.drawn(own).svg)
        self.assertTrue({"panel", "mark", "x", "y", "label"} <= set(own.data.columns))
        self.assertIsInstance(interlace.plot(slopes(pl.DataFrame(sleepstudy())), "qq").data, pl.DataFrame)
        with tempfile.TemporaryDirectory() as folder:
            own.save(Path(folder) / "people.svg")
            self.assertEqual((Path(folder) / "people.svg").read_text(encoding="utf-8"), own.svg)
            own.save(Path(folder) / "people.png")
            self.assertEqual((Path(folder) / "people.png").read_bytes(), own.png())
        small, large = own.png(dpi=96), own.png()
        self.assertTrue(small.startswith(b"\x89PNG\r\n\x1a\n"))
        self.assertEqual((int.from_bytes(small[16:20], "big"), int.from_bytes(large[16:20], "big")), (700, 1400))
        with self.assertRaisesRegex(TypeError, "save"):
            interlace.plot(slopes(), "caterpillar", format="png")
        self.assertEqual(interlace.plot_resid(slopes()).svg, interlace.plot(slopes(), "residuals").svg)
        self.assertEqual(interlace.plot_resid(slopes(), "qq").kind, "qq")
        self.refused(interlace.ArgumentError, "piechart", interlace.plot, slopes(), "piechart")
        self.refused(interlace.ArgumentError, "colour", interlace.plot, slopes(), "qq", colour="red")
        self.refused(ValueError, "type is 'pp'", interlace.plot_resid, slopes(), "pp")
        self.refused(TypeError, "model is a DataFrame", interlace.plot, sleepstudy())

    def test_frames_of_residuals(self):
        data = sleepstudy()
        data.loc[3, "Reaction"] = None
        result = slopes(data)
        frame = interlace.hlm_resid(result, type="conditional")
        own = self.drawn(interlace.plot_resid(frame))
        self.near(own.data["x"], result.fittedvalues, 12)
        self.near(own.data["y"], result.resid, 12)
        self.assertEqual(own.svg.count("<circle"), 179)
        quantiles = self.drawn(interlace.plot_resid(pl.from_pandas(frame.reset_index(drop=True)), "qq"))
        self.assertIsInstance(quantiles.data, pl.DataFrame)
        self.near(quantiles.data["y"], np.sort(result.resid), 12)
        self.near([quantiles.data["x"][89]], [0], 12)
        self.refused(ValueError, "there is no column '.fitted'", interlace.plot_resid, frame.drop(columns=".fitted"))
        self.refused(TypeError, "width: options", interlace.plot_resid, frame, width=300)

    def test_frames_of_influence(self):
        result = slopes()
        frame = interlace.hlm_influence(result, method="fixed")
        own = self.drawn(interlace.plot_influence(frame))
        self.assertEqual((list(own.data["x"]), list(own.data["y"])), (list(range(1, 181)), list(frame["cooksd"])))
        self.assertEqual(own.svg, interlace.plot_influence(result, method="fixed").svg)
        self.assertEqual(len(interlace.plot_influence(result, "mdffits", level="Subject", method="fixed").data), 18)
        dots = self.drawn(interlace.dotplot_diag(frame))
        low, high = frame["cooksd"].quantile([0.25, 0.75])
        self.assertEqual(int(dots.data["beyond"].sum()), int((frame["cooksd"] > high + 3 * (high - low)).sum()))
        self.assertEqual(dots.data["label"].iloc[-1], str(frame.loc[frame["cooksd"].idxmax(), "index"]))
        self.assertEqual(int(interlace.dotplot_diag(frame, cutoff=0.01).data["beyond"].sum()), int((frame["cooksd"] > 0.01).sum()))
        low, high = frame["covratio"].quantile([0.25, 0.75])
        ratio = frame["covratio"]
        self.assertEqual(int(interlace.dotplot_diag(frame, "covratio").data["beyond"].sum()), int(((ratio > high + 3 * (high - low)) | (ratio < low - 3 * (high - low))).sum()))
        groups = interlace.hlm_influence(result, "Subject", method="fixed")
        named = interlace.dotplot_diag(groups, cutoff=0, name="Subject")
        self.assertEqual(named.data["label"].iloc[-1], str(groups.loc[groups["cooksd"].idxmax(), "Subject"]))
        broken = frame.assign(cooksd=[np.nan, *frame["cooksd"][1:]])
        self.assertEqual(len(interlace.plot_influence(broken).data), 179)
        self.drawn(interlace.dotplot_diag(frame.assign(cooksd=0.0)))
        self.refused(ValueError, "there is no column 'cooks'", interlace.plot_influence, frame, "cooks")
        self.refused(ValueError, "cutoff is 'outer'", interlace.dotplot_diag, frame, cutoff="outer")
        self.refused(ValueError, "has no numbers", interlace.plot_influence, frame.assign(cooksd=np.nan))
        self.assertIs(interlace.hlm_leverage, interlace.leverage)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
