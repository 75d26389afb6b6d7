"""The wheel as a new user has it: packed, installed into an empty environment, and the programs of docs/hosts/python.md run there."""

import base64
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

import pandas
from library import ROOT

PACKAGE, PAGE = ROOT / "bindings" / "python", ROOT / "docs" / "hosts" / "python.md"
ALONE = """
import sys, interlace
assert interlace.__file__.startswith(sys.prefix), interlace.__file__
assert not {"numpy", "pandas"} & set(sys.modules)
days = [day for subject in range(6) for day in range(5)]
y = [10 + subject + 2 * day + ((7 * subject + 3 * day) % 5) / 3 for subject in range(6) for day in range(5)]
result = interlace.fit("y ~ day", {"y": y, "day": days, "g": [row // 5 for row in range(30)]}, groups="g")
print(round(result.fe_params["day"], 6), result.converged, interlace.__version__)
"""


class Wheel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.place = Path(cls.folder.name)
        cls.run_in(sys.executable, "-B", PACKAGE / "backend.py", os.environ["INTERLACE_LIBRARY"], cls.place / "wheels")
        (cls.wheel,) = (cls.place / "wheels").glob("*.whl")
        cls.run_in(sys.executable, "-m", "venv", cls.place / "fresh")
        cls.python = cls.place / "fresh" / "bin" / "python"
        cls.run_in(cls.python, "-m", "pip", "install", "-q", "--no-index", "--disable-pip-version-check", cls.wheel)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @staticmethod
    def run_in(*command, cwd=None):
        environment = {name: value for name, value in os.environ.items() if name not in ("INTERLACE_LIBRARY", "PYTHONPATH")}
        done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout

    def test_what_is_in_it(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            names = wheel.namelist()
            info = next(name.split("/")[0] for name in names if ".dist-info/" in name)
            for line in wheel.read(f"{info}/RECORD").decode().splitlines():
                name, digest, size = line.split(",")
                if digest:
                    own = wheel.read(name)
                    self.assertEqual((digest, size), ("sha256=" + base64.urlsafe_b64encode(hashlib.sha256(own).digest()).rstrip(b"=").decode(), str(len(own))))
            self.assertEqual({line.split(",")[0] for line in wheel.read(f"{info}/RECORD").decode().splitlines()}, set(names))
            tag = re.search("^Tag: (.*)$", wheel.read(f"{info}/WHEEL").decode(), re.M).group(1)
        self.assertTrue(self.wheel.name.endswith(f"-{tag}.whl") and tag.startswith("py3-none-"))
        self.assertEqual({name.removeprefix("interlace/") for name in names if name.endswith(".py")}, {path.name for path in (PACKAGE / "interlace").glob("*.py")})
        self.assertTrue({"interlace/py.typed", f"{info}/licenses/LICENSE-MIT", f"{info}/licenses/LICENSE-APACHE", f"{info}/licenses/LICENSE-PNG"} <= set(names))

    def test_the_same_bytes_again(self):
        spec = importlib.util.spec_from_file_location("backend", PACKAGE / "backend.py")
        backend = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(backend)
        name = backend.pack(Path(os.environ["INTERLACE_LIBRARY"]), self.place / "again")
        self.assertEqual((self.place / "again" / name).read_bytes(), self.wheel.read_bytes())
        cargo = re.search('^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.M).group(1)
        self.assertEqual(backend.version(), cargo)
        self.assertIn(f"interlace-{cargo}-", PAGE.read_text())

    def test_an_environment_without_anything(self):
        self.assertEqual(self.run_in(self.python, "-B", "-c", ALONE, cwd=self.place).split()[1:], ["True", "0.1.0"])

    def test_the_page(self):
        """Each program goes on where the one before ended, and prints what the page says."""
        page = PAGE.read_text()
        blocks = re.findall(r"```(\w*)\n(.*?)```", page, re.S)
        programs = [text for kind, text in blocks if kind == "python"]
        wanted = "".join(text for kind, text in blocks if kind == "")
        self.assertGreater(len(programs), 4)
        packages = str(Path(pandas.__file__).resolve().parents[1])  # pandas of this environment, after the package of the fresh one
        start = f"import sys\nsys.path.append({packages!r})\nimport pandas\npandas.set_option('display.width', 120)\n"
        (self.place / "page.py").write_text(start + "\n".join(programs))
        self.assertEqual(self.run_in(self.python, "-B", self.place / "page.py", cwd=ROOT), wanted)

    def test_the_page_names_what_there_is(self):
        text = PAGE.read_text()
        sys.path.insert(0, str(PACKAGE))
        import interlace

        classes = (interlace.CrossedLMEResult, interlace.GLMMResult, interlace.CLMMResult, interlace.CoxmeResult)
        known = {name for own in (interlace, *classes) for name in dir(own)}
        results = text[text.index("## Results") : text.index("## Long fits")]
        for cell in re.findall(r"^\|(.*?)\|", results, re.M):
            for name in re.findall(r"`(?:interlace\.)?(\w+)", cell):
                self.assertIn(name, known)
        self.assertEqual(set(interlace.__all__) - set(re.findall(r"\w+", text)), UNNAMED)


class Features(unittest.TestCase):
    def test_each_cell_names_tests_that_there_are(self):
        """The table of docs/hosts/README.md: its files exist, and have the tests that it names."""
        page = (ROOT / "docs" / "hosts" / "README.md").read_text().split("## What each has")[1].split("\n## ")[0]
        folders, seen = [ROOT / "tests" / "hosts", ROOT / "tests" / "hosts" / "r", ROOT / "bindings" / "julia" / "test"], 0
        for row in re.findall(r"^\| (?!\|)(.*) \|$", page, re.M)[1:]:
            feature, *cells = row.split(" | ")
            self.assertEqual(len(cells), 4, feature)
            for cell in cells:
                for name, said in re.findall(r"`([\w]+\.(?:py|R|jl))`([^`]*)", cell):
                    (path,) = [folder / name for folder in folders if (folder / name).exists()]
                    source = path.read_text()
                    names = re.findall(r"test_\w+", said) if path.suffix == ".py" else pieces(said, source)
                    for own in names:
                        self.assertTrue(own in source, f"{feature}: {name} has no {own!r}")
                        seen += 1
                self.assertTrue("`" in cell or cell in ("no", "e(b) and e(V) only"), (feature, cell))
        self.assertGreater(seen, 50)


def pieces(said, source):
    """Names of tests, which may have commas themselves."""
    whole = said.strip(" ,")
    return [] if not whole else [own for part in whole.split("; ") for own in ([part] if part in source else part.split(", "))]


# On the page only by their kinds: results, families and what functions give.
UNNAMED = {"AR1", "BetaFamily", "BootResult", "CLMMResult", "CVResult", "CoxmeResult", "CrossedLMEResult", "EmmResult", "GLMMFamily", "GLMMResult", "HurdlePoissonFamily",
           "ModelInfo", "NegativeBinomial1Family", "Picture", "SimulatedResiduals", "ZeroInflatedNB2Family", "ZeroInflatedPoissonFamily", "ZeroOneInflatedBetaFamily"}  # fmt: skip

if __name__ == "__main__":
    unittest.main(warnings="ignore")
