"""Interlace.jl: its tests beside interlace-fit, fits to and from Python, Ctrl-C from outside, the page docs/hosts/julia.md, the generated file.

JULIA is the program, which `make test-hosts` puts below its folder (julia.sh); INTERLACE_LIBRARY is the library."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import library as own_library
from library import ROOT, Fit, Frame, Spec, call

PACKAGE = ROOT / "bindings" / "julia"
JULIA = os.environ.get("JULIA", "julia")
FOLDER = tempfile.TemporaryDirectory()
# Packages are compiled into a folder of their own, once for all tests here; other folders for packages are not looked at.
ENVIRONMENT = {**os.environ, "JULIA_DEPOT_PATH": str(Path(FOLDER.name) / "depot"), "JULIA_LOAD_PATH": f"{PACKAGE}:@stdlib", "JULIA_PROJECT": ""}
SLOPES = "Reaction ~ Days + (1 + Days | Subject)"


def julia(*arguments, **named):
    environment = {**ENVIRONMENT, **named.pop("env", {})}
    return subprocess.run([JULIA, "--startup-file=no", *map(str, arguments)], env=environment, text=True, capture_output=True, **named)


class CsvOptions(own_library.Owned):
    NOUN = "csv_options"


def sleepstudy():
    """By the library's reader, with categories of text, as the tests in Julia read it."""
    names = (own_library.c_char_p * 1)(b"Subject")
    csv = CsvOptions.made("interlace_csv_options_new")
    call("interlace_csv_options_set_categorical", csv.pointer, names, 1)
    return Frame.made("interlace_frame_read_csv", str(ROOT / "examples-c" / "data" / "sleepstudy.csv").encode(), csv.pointer)


def program():
    """interlace-fit with this library."""
    path = Path(FOLDER.name) / "interlace-fit"
    shared = Path(os.environ["INTERLACE_LIBRARY"]).resolve()
    sources = [*sorted((ROOT / "examples-c").glob("interlace_fit*.c")), ROOT / "linking" / "glibc_program.c"]
    subprocess.run(["cc", "-std=c99", f"-I{ROOT}/include", *map(str, sources), "-o", path, str(shared), "-lm", f"-Wl,-rpath,{shared.parent}"], check=True)
    # The loader asks for the name that the library gives itself.
    abi = next(line.split("[")[1].rstrip("]") for line in subprocess.run(["readelf", "-d", shared], capture_output=True, text=True).stdout.splitlines() if "SONAME" in line)
    (Path(FOLDER.name) / abi).symlink_to(shared)
    return path


class Package(unittest.TestCase):
    def test_its_tests_and_fits_to_and_from_python(self):
        exchange = Path(FOLDER.name) / "exchange"
        exchange.mkdir()
        fit = Fit.of(Spec.of(SLOPES), sleepstudy())
        start, length = own_library.c_void_p(), own_library.c_size_t()
        call("interlace_fit_to_bytes", fit.pointer, None, True, own_library.byref(start), own_library.byref(length))
        (exchange / "python.fit").write_bytes(own_library.ctypes.string_at(start, length.value))
        own_library.library.interlace_bytes_free(start)
        names = {"INTERLACE_FIT": str(program()), "INTERLACE_EXCHANGE": str(exchange), "LD_LIBRARY_PATH": f"{FOLDER.name}:{os.environ.get('LD_LIBRARY_PATH', '')}", "JULIA_NUM_THREADS": "2"}
        done = julia(PACKAGE / "test" / "runtests.jl", env=names)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        count = int(re.search(r"Interlace +\| +(\d+)", done.stdout).group(1))
        self.assertGreater(count, 800, done.stdout)
        self.read_here(exchange)

    def read_here(self, exchange):
        """What Julia has written has the same bits in Python."""
        paths = sorted(exchange.glob("julia*.fit"))
        self.assertGreaterEqual(len(paths), 15)
        for path in paths:
            own = path.read_bytes()
            out = own_library.c_void_p()
            call("interlace_fit_from_bytes", own, len(own), own_library.byref(out), None, None)
            fit = Fit(out)
            found = [fit.log_likelihood, fit.criterion, fit.sigma, *fit.theta, *fit.table("coefficients").values("estimate"), *fit.table("ranef").values("mode")]
            wanted = [float(line) for line in path.with_suffix(".txt").read_text().split()]
            self.assertEqual([None if value != value else value for value in wanted], [None if value is None or value != value else value for value in found], path.name)

    def test_ctrl_c_from_outside(self):
        """A bootstrap that would take hours says that it has begun; the signal then ends it, and the session goes on."""
        code = f"""
            using Interlace
            ccall(:jl_exit_on_sigint, Cvoid, (Cint,), 0)
            m = lmm("{SLOPES}", readcsv("{ROOT}/examples-c/data/sleepstudy.csv"; categorical = ["Subject"]))
            told = Ref(false)
            try
                bootstrap(m, 10^8; progress = own -> (told[] || (told[] = true; println("begun"); flush(stdout)); true))
            catch error
                println(typeof(error))
            end
            println(round.(coef(m); digits = 3))
            """
        process = subprocess.Popen([JULIA, "--startup-file=no", "-e", code], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "begun\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.communicate(timeout=60)[0], "InterruptException\n[251.405, 10.467]\n")
        self.assertEqual(process.returncode, 0)

    def test_the_page(self):
        """The programs of the page, one after the other in one session, print what follows them."""
        page = (ROOT / "docs" / "hosts" / "julia.md").read_text()
        blocks = re.findall(r"```julia\n(.*?)```(?:\n\n```\n(.*?)```)?", page, re.S)
        self.assertGreaterEqual(len(blocks), 5)
        code = "".join(f'{program}\nprintln("\\n--- {i} ---")\n' for i, (program, _) in enumerate(blocks))
        path = Path(FOLDER.name) / "page.jl"
        path.write_text(code)
        done = julia(path, cwd=ROOT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        rest = done.stdout
        for i, (program, wanted) in enumerate(blocks):
            found, rest = rest.split(f"--- {i} ---\n", 1)
            self.assertEqual(found.rstrip(), wanted.rstrip(), program)

    def test_the_program_of_the_readme(self):
        program, wanted = re.search(r"```julia\n(.*?)```\n\nIt prints `(.*?)`", (ROOT / "README.md").read_text(), re.S).groups()
        done = julia("-e", program, cwd=ROOT)
        self.assertEqual((done.stdout.strip(), done.returncode), (wanted, 0), done.stderr)

    def test_the_low_level_file_is_that_of_the_header(self):
        done = subprocess.run([sys.executable, "-B", ROOT / "bindings" / "generate.py", "--check"], capture_output=True, text=True)
        self.assertEqual((done.stdout, done.returncode), ("", 0), done.stderr)


if __name__ == "__main__":
    unittest.main()
