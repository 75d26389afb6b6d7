"""Data that the plugin for Stata takes and refuses, and what it and its host owe each other."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from stata_session import DATA, PLUGIN, SLEEP, fitted, program, session


def csv(folder, rows, name="data.csv"):
    path = Path(folder) / name
    path.write_text("\n".join(",".join(str(cell) for cell in row) for row in rows) + "\n")
    return path


def sleep_rows():
    return [line.split(",") for line in SLEEP.read_text().split()]


class Data(unittest.TestCase):
    """Which observations a fit uses, and what it makes of their values."""

    COMMAND = "interlace mixed Reaction Days || Subject:, nolog"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def marked(self, data, *lines):
        """The estimation sample after the last command."""
        answers = session(f"use {data}", *lines, "tell __touse")
        self.assertEqual([answer["rc"] for answer in answers], [0] * len(answers), answers)
        return [int(value) for value in answers[-1]["__touse"]]

    def test_if_and_in(self):
        header, *rows = sleep_rows()
        for clause, kept in (("if Days > 2", lambda i, row: float(row[header.index("Days")]) > 2), ("in 21/170", lambda i, row: 20 <= i < 170),
                             ("if Days != 4 in 11/180", lambda i, row: i >= 10 and float(row[header.index("Days")]) != 4)):
            own = fitted(SLEEP, f"interlace mixed Reaction Days {clause} || Subject:, nolog")
            wanted = [int(kept(i, row)) for i, row in enumerate(rows)]
            other = program("lmm", "Reaction ~ Days + (1 | Subject)", csv(self.folder, [header, *(row for row, yes in zip(rows, wanted, strict=True) if yes)]), "--method", "ml")
            self.assertEqual(own["N"], sum(wanted))
            self.assertAlmostEqual(own["scalars"]["ll"], other["logLik"], 8)
            self.assertEqual(self.marked(SLEEP, f"interlace mixed Reaction Days {clause} || Subject:, nolog"), wanted)

    def test_missing_values_of_every_kind_are_left_out(self):
        header, *rows = sleep_rows()
        changed = [list(row) for row in rows]
        for i, text in ((3, "."), (50, ".a"), (99, ".z")):
            changed[i][header.index("Reaction")] = text
        changed[120][header.index("Days")] = ".m"
        data = csv(self.folder, [header, *changed])
        out = {3, 50, 99, 120}
        kept = csv(self.folder, [header, *(row for i, row in enumerate(rows) if i not in out)], "kept.csv")
        own = fitted(data, self.COMMAND)
        self.assertEqual(own["N"], 176)
        self.assertEqual(own["b"], fitted(kept, self.COMMAND)["b"])
        self.assertEqual(self.marked(data, self.COMMAND), [int(i not in out) for i in range(180)])

    def test_missing_groups_and_levels(self):
        """A level that only incomplete observations have is no level of a factor."""
        rows = [["y", "f", "g"]]
        for i in range(60):
            rows.append([f"{(i * 37) % 11 + i % 3}", str(i % 3), f"g{i % 7}"])
        rows[5][2], rows[6][2] = "", ""
        rows += [[".", "9", "g1"], [".b", "9", "g2"]]
        own = fitted(csv(self.folder, rows), "interlace mixed y i.f || g:, nolog")
        self.assertEqual(own["N"], 58)
        self.assertEqual(own["stripes"][:4], ["y:0b.f", "y:1.f", "y:2.f", "y:_cons"])

    def test_text_groups(self):
        header, *rows = sleep_rows()
        at = header.index("Subject")
        text = [[*row[:at], f"patient {row[at]} é", *row[at + 1 :]] for row in rows]
        data = csv(self.folder, [header, *text])
        numbers = fitted(SLEEP, self.COMMAND)
        for lines in ([], ["strl Subject"]):
            own = fitted(data, *lines, self.COMMAND)
            self.assertEqual((own["N_g"], own["b"]), ([18], numbers["b"]), lines)
        # Texts that only differ far beyond what str# can hold.
        answers = session(f"use {data}", "strl Subject", *(f"text Subject {i + 1} {'x' * 4000}{row[at]}" for i, row in enumerate(rows)), self.COMMAND, "results")
        self.assertEqual((answers[-2]["rc"], answers[-1]["N_g"]), (0, [18]))
        answer = session(f"use {data}", "strl Subject", "binary Subject", self.COMMAND)[-1]
        self.assertEqual(answer["rc"], 109)
        self.assertIn("binary data", answer["error"])

    def test_text_where_numbers_are_wanted(self):
        answer = session(f"use {DATA / 'cake.csv'}", "interlace mixed angle recipe || replicate:")[-1]
        self.assertEqual((answer["rc"], answer["error"]),
                         (109, "recipe: string variables are not allowed in the fixed effects; encode makes numbers of them\n"))
        answer = session(f"use {DATA / 'cake.csv'}", "interlace mixed recipe angle || replicate:")[-1]
        self.assertEqual(answer["rc"], 198)
        self.assertIn("recipe", answer["error"])

    def test_frequency_weights_count_rows(self):
        header, *rows = sleep_rows()
        weights = [(i * 7) % 4 for i in range(len(rows))]
        data = csv(self.folder, [[*header, "n"], *([*row, w] for row, w in zip(rows, weights, strict=True))])
        repeated = csv(self.folder, [header, *(row for row, w in zip(rows, weights, strict=True) for _ in range(w))], "repeated.csv")
        command = "interlace mixed Reaction Days [fweight=n] || Subject:, nolog"
        own, other = fitted(data, command), fitted(repeated, self.COMMAND)
        self.assertEqual((own["N"], own["b"], own["V"]), (sum(weights), other["b"], other["V"]))
        self.assertEqual(self.marked(data, command), [int(w > 0) for w in weights])
        self.assertEqual(fitted(data, "interlace mixed Reaction Days [fw=n] || Subject:, nolog")["b"], own["b"])
        for value, code in (("1.5", 401), ("-1", 402)):
            answer = session(f"use {data}", f"set n 9 {value}", command)[-1]
            self.assertEqual(answer["rc"], code)
            self.assertIn("observation 9", answer["error"])

    def test_names(self):
        """Abbreviations, wildcards and ranges stand for variables that the host looks up."""
        own = fitted(SLEEP, "interlace mixed Reac Da* || Sub:, nolog")
        self.assertEqual(own["stripes"][0], "Reaction:Days")
        own = fitted(DATA / "sim_weights.csv", "interlace mixed y x1-x2 || g:, nolog")
        self.assertEqual(own["stripes"][:3], ["y:x1", "y:x2", "y:_cons"])
        answer = session(f"use {SLEEP}", "interlace mixed Reaction Dayz || Subject:")[-1]
        self.assertEqual((answer["rc"], answer["error"]), (111, "variable Dayz not found\n"))
        answer = session(f"use {SLEEP}", "interlace Reac ~ Days + (1 | Subject)")[-1]
        self.assertEqual((answer["rc"], answer["error"]), (111, "variable Reac: names in formulas are written in full\n"))

    def test_binary_responses(self):
        answer = session(f"use {DATA / 'toenail.csv'}", "set outcome 12 2", "interlace melogit outcome time || patientID:")[-1]
        self.assertEqual((answer["rc"], answer["error"]), (459, "outcome is 2 in observation 12; a response of 0 and 1 is wanted, or binomial(trials)\n"))

    def test_no_observations(self):
        for command in ("interlace mixed Reaction Days if Days > 100 || Subject:", "interlace mixed Reaction x || Subject:"):
            answer = session(f"use {SLEEP}", "equal x Days 0", *(f"set x {i} 9e307" for i in range(1, 181)), command)[-1]
            self.assertEqual(answer["rc"], 2000)
            self.assertIn("no observations", answer["error"])

    def test_the_observation_of_an_error(self):
        answer = session(f"use {DATA / 'epil.csv'}", "set y 18 -3", "interlace mepoisson y lbase if period > 1 || subject:")[-1]
        self.assertEqual(answer["rc"], 459)
        self.assertIn("(observation 18 of the data)", answer["error"])

    def test_extreme_data(self):
        for change in ("set Reaction 1 1e200", "set Reaction 1 8.9e307"):
            answer = session(f"use {SLEEP}", change, self.COMMAND)[-1]
            self.assertNotEqual(answer["rc"], 0, change)
            self.assertIn("Reaction", answer["error"])


class Host(unittest.TestCase):
    """What the plugin and its host owe each other."""

    def test_break(self):
        for polls in (1, 2, 5):
            answers = session(f"use {DATA / 'toenail.csv'}", f"break {polls}", "interlace melogit outcome time || patientID:, nolog", "go", "interlace melogit outcome time || patientID:, nolog")
            self.assertEqual((answers[2]["rc"], answers[2]["error"]), (1, "--Break--\n"))
            self.assertEqual(answers[4]["rc"], 0)

    def test_matrices_that_do_not_fit(self):
        start = [f"use {SLEEP}", "interlace mixed Reaction Days || Subject:, nolog"]
        answer = session(*start, "raw results FIT b V N_g g_min g_avg g_max df")[-1]
        self.assertEqual((answer["rc"], answer["error"]), (111, "matrix b not found\n"))
        answer = session(*start, "matrix b 1 4", "matrix V 4 3", "raw results FIT b V N_g g_min g_avg g_max df")[-1]
        self.assertEqual((answer["rc"], answer["error"]), (503, "matrix V has 4 rows and 3 columns, and 4 and 4 are needed\n"))

    def test_calls_that_make_no_sense(self):
        for line, part in (("raw", "is missing"), ("raw nonsense", "'nonsense' is not understood"), ("raw results", "is missing"), ("raw results 7", "no longer in memory"),
                           ("raw show 0x7fff12345678", "no longer in memory"), ("raw plan 1", "no longer"), ("raw predict 1", "no longer"), ("raw mean 1", "no longer"),
                           ("raw save 1 x", "no longer"), ("raw use", "is missing"), ("raw use /nowhere/at/all", "could not be opened"), ("raw parse", "there is no response"),
                           ("raw fit", "there is no response")):
            answer = session(line)[-1]
            self.assertNotEqual(answer["rc"], 0, line)
            self.assertIn(part, answer["error"], line)
        answer = session(f"use {SLEEP}", "macro _0 mixed Reaction Days || Subject:", "raw parse", "macro _names Reaction ;", "raw fit")[-1]
        self.assertEqual((answer["rc"], answer["error"]), (498, "1 variables were looked up, and 3 are used\n"))

    def test_many_values(self):
        """A million calls of the function that Stata gives for values, and a fit after them."""
        answers = session(f"use {SLEEP}", "interlace mixed Reaction Days || Subject:, nolog", "values", "interlace mixed Reaction Days || Subject:, nolog")
        self.assertEqual(answers[-1]["rc"], 0)

    def test_unload_and_reload(self):
        """Numbers from before stay numbers: known if the plugin stayed in memory, otherwise an error."""
        answers = session(f"use {SLEEP}", "interlace mixed Reaction Days || Subject:, nolog", "unload", f"load {PLUGIN}", "raw show FIT", "raw show FIT1",
                          "interlace mixed Reaction Days || Subject: Days, nolog", "results")
        self.assertIn(answers[4]["rc"], (0, 301))
        self.assertEqual([answer["rc"] for answer in answers[5:]], [301, 0, 0])

    def test_two_plugins(self):
        """Two files in one process have fits of their own."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "other.plugin"
            copy.write_bytes(PLUGIN.read_bytes())
            lines = ["interlace mixed Reaction Days || Subject:, nolog", "results"]
            answers = session(f"use {SLEEP}", *lines, f"load {copy}", "raw show FIT", *lines, f"load {PLUGIN}", *lines)
        self.assertEqual(answers[4]["rc"], 301)
        self.assertEqual(answers[2]["b"], answers[6]["b"])
        self.assertEqual(answers[2]["b"], answers[9]["b"])
        self.assertEqual(len({answers[i]["fit"] for i in (2, 6, 9)}), 3)

    def test_many_fits(self):
        """The oldest of more than 32 fits is forgotten, with a message."""
        fit = "interlace mixed Reaction Days || Subject:, nolog"
        first = session(f"use {SLEEP}", fit, "results")[-1]["fit"]
        self.assertRegex(first, r"^[0-9a-f]+-1$")
        answers = session(f"use {SLEEP}", fit, "macro _old unused", "results", *([fit] * 32), "raw forget", "raw show FIT")
        self.assertEqual([answer["rc"] for answer in answers[1:-1]], [0] * (len(answers) - 2))
        self.assertEqual(answers[-1]["rc"], 301)

    def test_two_functions_are_exported(self):
        symbols = subprocess.run(["nm", "-D", "--defined-only", PLUGIN], capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(symbols[2::3], ["pginit", "stata_call"])

    @unittest.skipIf("sanitized" in str(PLUGIN), "the sanitizers ask for a newer glibc")
    def test_glibc(self):
        needed = subprocess.run(["objdump", "-T", PLUGIN], capture_output=True, text=True, check=True).stdout
        versions = {tuple(map(int, own.split("."))) for own in re.findall(r"GLIBC_([\d.]+)", needed)}
        self.assertLessEqual(max(versions), (2, 17))


if __name__ == "__main__":
    unittest.main()
