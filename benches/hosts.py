"""What a fit costs in each host, beside the programs that its users have: sleepstudy with slopes, in C, Python, R and Julia, in one run. `make bench-hosts` runs it.

    python benches/hosts.py                        prints the section
    python benches/hosts.py --write PAGE           puts it into the page, between its two marks

INTERLACE_LIBRARY names the library; FIT_REPEATEDLY the program of benches/fit_repeatedly.c, JULIA that of Julia. What cannot be run is left out, and named.

Each program runs in a process of its own, several times in turn, and the least time counts: a fit, and a fit with its estimates, standard errors, p-values and
random effects read."""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import date
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "examples-c" / "data" / "sleepstudy.csv"
SLOPES = "(1 + Days | Subject)"
FORMULA = f"Reaction ~ Days + {SLOPES}"
ROUNDS = 3
BEGIN, END = "<!-- bench-hosts: written by make bench-hosts -->", "<!-- bench-hosts: end -->"


def least(function, seconds=1.5):
    """The least time of a call in milliseconds, after one that does not count."""
    function()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def read(result):
    return result.fe_params, result.fe_bse, result.fe_pvalues, result.random_effects, result.variance_components


def pair(fit, read):
    return least(fit), least(lambda: read(fit()))


def in_c():
    """By the program that fits again and again, and tells the least CPU time."""
    done = run([os.environ["FIT_REPEATEDLY"], "1.5", "lmm", FORMULA, DATA, "--categorical", "Subject"])
    return {"C: interlace_fit_new": (1e3 * json.loads(done)["minimum"], None)}


def own_package():
    sys.path.insert(0, str(ROOT / "bindings" / "python"))
    import interlace
    import pandas
    import polars

    data = pandas.read_csv(DATA)
    arrays = {name: column.to_numpy() for name, column in data.items()}
    kinds = {"pandas": data, "polars": polars.DataFrame(data), "pyarrow": polars.DataFrame(data).to_arrow(), "a dict of arrays": arrays}
    own = {f"Python: fit, data of {kind}": pair(lambda table=table: interlace.fit("Reaction ~ Days", table, random=[SLOPES]), read) for kind, table in kinds.items()}
    return own | {"Python: the C API alone, by ctypes": (least(c_api(interlace, data)), None)}


def c_api(interlace, data):
    """fit_new on a frame and a spec that are there."""
    from interlace import _c, _frames, _library, _model

    frame = _frames.frame_of(data)
    spec = _model.spec_of(_c.Model.LMM, FORMULA, None, None)
    return lambda: _library.FitHandle.made(_library.lib.interlace_fit_new, spec, frame, None)


def statsmodels():
    import pandas
    import statsmodels.formula.api as formulas

    data = pandas.read_csv(DATA)

    def fit():
        return formulas.mixedlm("Reaction ~ Days", data, groups=data["Subject"], re_formula="~Days").fit()

    label = f"Python: statsmodels {metadata.version('statsmodels')}"
    return {label: pair(fit, lambda result: (result.fe_params, result.bse_fe, result.pvalues, result.random_effects, result.cov_re))}


def interlace_lme():
    import interlace
    import pandas

    data = pandas.read_csv(DATA)
    return {f"Python: interlace-lme {metadata.version('interlace-lme')}": pair(lambda: interlace.fit("Reaction ~ Days", data, random=[SLOPES]), read)}


def lines(text):
    """Of tab-separated lines: a label, and two times, of which the second may be empty."""
    found = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {label: [float(own) if own.strip() else None for own in times] for label, *times in found}


def r():
    """By the R package, lme4 and glmmTMB. R_LIBS has the package, which main() installs."""
    return lines(run(["Rscript", ROOT / "benches" / "hosts.R"], cwd=ROOT))


def julia():
    """By Interlace.jl, and MixedModels.jl where it is installed."""
    project = f"--project={ROOT / 'bindings' / 'julia'}"
    return lines(run([os.environ.get("JULIA", "julia"), project, "--startup-file=no", ROOT / "benches" / "hosts.jl"]))


PROGRAMS = {"in_c": in_c, "own_package": own_package, "statsmodels": statsmodels, "interlace_lme": interlace_lme, "r": r, "julia": julia}


def run(command, cwd=None, **more):
    return subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=True, env={**os.environ, **more}).stdout


def install_r(folder):
    """The R package with this library, into a folder of its own; why not, if it cannot be."""
    library = Path(os.environ["INTERLACE_LIBRARY"])
    copy = Path(folder) / "source"
    try:
        run(["cp", "-r", ROOT / "bindings" / "r", copy])
        run(["R", "CMD", "INSTALL", "-l", folder, copy], INTERLACE_LIBRARY=str(library), INTERLACE_INCLUDE=str(ROOT / "include"))
    except (OSError, subprocess.CalledProcessError) as error:
        return f"R is left out: {error}"
    os.environ["R_LIBS"] = folder
    return None


def measured():
    """The least times by label, and what was left out."""
    found, missing = {}, {}
    for _ in range(ROUNDS):
        for name in PROGRAMS:
            alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            done = subprocess.run([sys.executable, "-B", __file__, name], capture_output=True, text=True, env=alone)
            if done.returncode != 0:
                missing[name] = done.stderr.strip().splitlines()[-1]
                continue
            for label, times in json.loads(done.stdout).items():
                before = found.setdefault(label, times)
                found[label] = [None if new is None else min(new, old) for new, old in zip(times, before)]
    return found, missing


def wheel(folder):
    """The size of the wheel in bytes, and the seconds until a new user of it has a fit: an empty environment, pip, the first fit."""
    run([sys.executable, "-B", ROOT / "bindings" / "python" / "backend.py", os.environ["INTERLACE_LIBRARY"], folder])
    (packed,) = Path(folder).glob("*.whl")
    seconds, python = [], Path(folder) / "fresh" / "bin" / "python"
    program = "import interlace; days = list(range(5)) * 6; interlace.fit('y ~ day', {'y': [(7 * i) % 11 + d for i, d in enumerate(days)], 'day': days, 'g': [i // 5 for i in range(30)]}, groups='g')"
    for command in ([sys.executable, "-m", "venv", Path(folder) / "fresh"], [python, "-m", "pip", "install", "-q", "--no-index", packed], [python, "-W", "ignore", "-c", program]):
        start = time.perf_counter()
        run(command, PYTHONPATH="", cwd=folder)
        seconds.append(time.perf_counter() - start)
    return packed.stat().st_size, seconds


def machine():
    """Of what, when and where the figures are."""
    model = re.search("^model name\\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M) if Path("/proc/cpuinfo").exists() else None
    build = "the development build (lightly optimised, with assertions)" if "debug" in Path(os.environ["INTERLACE_LIBRARY"]).resolve().parts else "the release build"
    return f"On {date.today()}, {build}, {model.group(1) if model else platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}; the least of many, one thread."


def section(found, missing, size, seconds):
    base = found.get("C: interlace_fit_new", [None])[0]
    rows = ["| sleepstudy with slopes, milliseconds | a fit | more than in C | a fit with its results read |", "|---|---|---|---|"]
    for label, (fit, results) in found.items():
        ours = any(own in label for own in ("fit,", "il_lmer", "lmm,", "C API"))
        over = "" if base is None or not ours else f"{fit - base:.2g}"
        rows.append(f"| {label} | {fit:.3g} | {over} | {'' if results is None else format(results, '.3g')} |")
    if not any("MixedModels" in label for label in found):
        rows.append("| Julia: MixedModels.jl | not measured: it was not installed | | |")
    rows += [f"| {name} | not measured: {why} | | |" for name, why in missing.items()]
    new_user = f"The wheel has {size / 1e6:.1f} MB. A new user's empty environment takes {seconds[0]:.1f} s, the wheel's installation {seconds[1]:.1f} s, Python's start with a first fit {seconds[2]:.2f} s."
    return "\n".join([machine(), "", *rows, "", new_user])


def main(page=None):
    with tempfile.TemporaryDirectory() as packages, tempfile.TemporaryDirectory() as wheels:
        why = install_r(packages)
        if why:
            print(why, file=sys.stderr)
            del PROGRAMS["r"]
        found, missing = measured()
        text = section(found, missing, *wheel(wheels))
    print(text)
    if page:
        own = Path(page).read_text()
        before, rest = own.split(BEGIN)
        Path(page).write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] != "--write":
        warnings.simplefilter("ignore")
        print(json.dumps(PROGRAMS[sys.argv[1]]()))
    else:
        main(*sys.argv[2:])
