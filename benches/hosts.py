"""What a fit costs in Python: sleepstudy with slopes, by this package from several kinds of data, by the C API alone, by statsmodels, by interlace-lme; and
in Julia (hosts.jl).

    python benches/hosts.py        prints a table; INTERLACE_LIBRARY names the library

Each program runs in a process of its own, several times in turn, and the least time counts: a fit, and a fit with its estimates, standard errors, p-values and
random effects read."""

import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "examples-c" / "data" / "sleepstudy.csv"
SLOPES = "(1 + Days | Subject)"
ROUNDS = 3


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


def own_package():
    sys.path.insert(0, str(ROOT / "bindings" / "python"))
    import interlace
    import pandas
    import polars

    data = pandas.read_csv(DATA)
    arrays = {name: column.to_numpy() for name, column in data.items()}
    kinds = {"pandas": data, "polars": polars.DataFrame(data), "pyarrow": polars.DataFrame(data).to_arrow(), "dict of arrays": arrays}
    own = {f"interlace, {kind}": pair(lambda table=table: interlace.fit("Reaction ~ Days", table, random=[SLOPES]), read) for kind, table in kinds.items()}
    return own | {"the C API alone, by ctypes": (least(c_api(interlace, data)), None)}


def c_api(interlace, data):
    """fit_new on a frame and a spec that are there."""
    from interlace import _c, _frames, _library, _model

    frame = _frames.frame_of(data)
    spec = _model.spec_of(_c.Model.LMM, "Reaction ~ Days + (1 + Days | Subject)", None, None)
    return lambda: _library.FitHandle.made(_library.lib.interlace_fit_new, spec, frame, None)


def statsmodels():
    import pandas
    import statsmodels.formula.api as formulas

    data = pandas.read_csv(DATA)

    def fit():
        return formulas.mixedlm("Reaction ~ Days", data, groups=data["Subject"], re_formula="~Days").fit()

    return {"statsmodels": pair(fit, lambda result: (result.fe_params, result.bse_fe, result.pvalues, result.random_effects, result.cov_re))}


def interlace_lme():
    import interlace
    import pandas

    data = pandas.read_csv(DATA)
    return {"interlace-lme": pair(lambda: interlace.fit("Reaction ~ Days", data, random=[SLOPES]), read)}


def julia():
    """By Interlace.jl, and MixedModels.jl where it is installed."""
    project = f"--project={ROOT / 'bindings' / 'julia'}"
    done = subprocess.run([os.environ.get("JULIA", "julia"), project, "--startup-file=no", ROOT / "benches" / "hosts.jl"], capture_output=True, text=True, check=True)
    lines = (line.split("\t") for line in done.stdout.splitlines())
    return {label: [float(time) if time else None for time in times] for label, *times in lines}


PROGRAMS = {"own_package": own_package, "statsmodels": statsmodels, "interlace_lme": interlace_lme, "julia": julia}


def main():
    found = {}
    for _ in range(ROUNDS):
        for name in PROGRAMS:
            alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            done = subprocess.run([sys.executable, "-B", __file__, name], capture_output=True, text=True, env=alone)
            if done.returncode != 0:
                print(f"{name} is left out: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                continue
            for label, times in json.loads(done.stdout).items():
                before = found.setdefault(label, times)
                found[label] = [None if new is None else min(new, old) for new, old in zip(times, before)]
    print("| sleepstudy with slopes, milliseconds | a fit | with its results read |\n|---|---|---|")
    for label, (fit, results) in found.items():
        print(f"| {label} | {fit:.3g} | {'' if results is None else format(results, '.3g')} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        warnings.simplefilter("ignore")
        print(json.dumps(PROGRAMS[sys.argv[1]]()))
    else:
        main()
