"""The R package: R CMD check, its tests beside lme4, glmmTMB, ordinal and survival, the programs of docs/hosts/r.md, and fits that go from
one host to another. INTERLACE_LIBRARY names the library. R and the packages of tests/hosts/r are needed."""

import ctypes
import os
import re
import subprocess
import tempfile
import unittest
from ctypes import byref, c_size_t, c_void_p
from pathlib import Path

from library import ROOT, Frame, Owned, Spec, call, library

PACKAGE, SCRIPTS, PAGE = ROOT / "bindings" / "r", ROOT / "tests" / "hosts" / "r", ROOT / "docs" / "hosts" / "r.md"
DATA = ROOT / "examples-c" / "data" / "sleepstudy.csv"
FORMULA = "Reaction ~ Days + (Days | Subject)"
EXPECTED = re.compile(r"```r\n(.*?)```(?:\n\n```\n(.*?)```)?", re.S)


class Fit(Owned):
    NOUN = "fit"

    def to_bytes(self):
        start, length = c_void_p(), c_size_t()
        call("interlace_fit_to_bytes", self.pointer, None, True, byref(start), byref(length))
        try:
            return ctypes.string_at(start, length.value)
        finally:
            library.interlace_bytes_free(start)

    @classmethod
    def from_bytes(cls, own):
        out = c_void_p()
        call("interlace_fit_from_bytes", own, len(own), byref(out), None, None)
        return cls(out)

    def fitted(self):
        n = library.interlace_fit_n_rows(self.pointer)
        out = (ctypes.c_double * n)()
        call("interlace_fit_fitted", self.pointer, out, n)
        return list(out)


class R(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.place = Path(cls.folder.name)
        major, minor = re.search(r'^version = "(\d+)\.(\d+)', (ROOT / "Cargo.toml").read_text(), re.M).groups()
        for name in ("libinterlace.so", f"libinterlace.so.{f'0.{minor}' if major == '0' else major}"):
            (cls.place / name).symlink_to(os.environ["INTERLACE_LIBRARY"])
        (cls.place / "packages").mkdir()
        others = {name: value for name, value in os.environ.items() if name != "INTERLACE_HOME"}
        cls.environment = {**others, "INTERLACE_LIBRARY": str(cls.place / "libinterlace.so"), "INTERLACE_INCLUDE": str(ROOT / "include"),
                           "INTERLACE_ROOT": str(ROOT), "R_LIBS": str(cls.place / "packages"), "_R_CHECK_FORCE_SUGGESTS_": "false",
                           "_R_CHECK_CRAN_INCOMING_": "false", "LANGUAGE": "en"}
        cls.run_in("R", "CMD", "build", PACKAGE)
        (cls.package,) = cls.place.glob("interlace_*.tar.gz")
        cls.run_in("R", "CMD", "INSTALL", "-l", cls.place / "packages", cls.package)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_in(cls, *command, cwd=None, fails=False):
        done = subprocess.run(list(map(str, command)), cwd=cwd or cls.place, capture_output=True, text=True, env=cls.environment)
        if (done.returncode != 0) != fails:
            raise AssertionError(done.stdout[-4000:] + done.stderr[-4000:])
        return done.stdout

    def program(self, text, cwd=None):
        path = self.place / "program.R"
        path.write_text(text)
        return self.run_in("Rscript", path, cwd=cwd)

    def test_check(self):
        out = self.run_in("R", "CMD", "check", "--no-manual", self.package)
        self.assertIn("Status: OK", out)

    def test_scripts(self):
        for name in ("formulas", "objects", "kinds", "diagnostics", "pictures", "parts", "peers"):
            with self.subTest(name):
                self.assertIn(" 0 failures", self.run_in("Rscript", SCRIPTS / f"{name}.R"))

    def test_page(self):
        blocks = EXPECTED.findall(PAGE.read_text())
        self.assertGreater(len(blocks), 8)
        out = self.program("".join(f'cat("\\n@@\\n")\n{block}\n' for block, _ in blocks), ROOT)
        plain = ["\n".join(line.rstrip() for line in part.rstrip().split("\n")) for part in re.split(r"\n@@\n", out)[1:]]
        for (block, wanted), own in zip(blocks, plain, strict=True):
            if wanted:
                self.assertEqual(own, wanted.rstrip(), block)

    def test_a_fit_of_r_predicts_the_same_bits_elsewhere(self):
        fit = self.place / "fit"
        bits = self.program(f"""
            library(interlace)
            sleep <- read.csv("{DATA}")
            fit <- il_lmer({FORMULA}, transform(sleep, Subject = factor(Subject)))
            il_save(fit, "{fit}")
            cat(sprintf("%a", fitted(fit)))""")
        own = Fit.from_bytes(fit.read_bytes())
        self.assertEqual(own.fitted(), [float.fromhex(value) for value in bits.split()])

    def test_a_fit_of_another_host_predicts_the_same_bits_in_r(self):
        frame, spec = Frame.made("interlace_frame_read_csv", str(DATA).encode(), None), Spec.of(FORMULA)
        frame.make_categorical("Subject")
        own = Fit.made("interlace_fit_new", spec.pointer, frame.pointer, None)
        (self.place / "other").write_bytes(own.to_bytes())
        bits = self.program(f"""
            library(interlace)
            cat(sprintf("%a", predict(il_load("{self.place / 'other'}"), read.csv("{DATA}"))))""")
        self.assertEqual([float.fromhex(value) for value in bits.split()], own.fitted())

    def test_no_library(self):
        for name, value in (("INTERLACE_LIBRARY", "/nowhere/libinterlace.so"), ("INTERLACE_HOME", "/nowhere")):
            environment = {**{own: text for own, text in self.environment.items() if own != "INTERLACE_LIBRARY"}, name: value}
            done = subprocess.run(["sh", "./configure"], cwd=PACKAGE, capture_output=True, text=True, env=environment)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"configure: {name} is /nowhere", done.stderr)


if __name__ == "__main__":
    unittest.main()
