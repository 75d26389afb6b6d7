"""The programs that are compared: whether each is there, its version, and the command that fits a task with it."""
import json
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
OF_R = ("lme4", "glmmTMB", "ordinal", "survival", "coxme")
OF_PYTHON = ("glmm", "GPBoost", "polars")
# What a task may say of its model, as options of interlace-fit. `levels` and `response` are one of them together.
OPTIONS = {"method": "--method", "family": "--family", "link": "--link", "quadrature": "--nagq", "ziformula": "--ziformula", "threshold": "--threshold"}


def text_of(command, environment=None):
    """What a command prints; None if it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def formula_of(task):
    """With x1...x50 written out."""
    return re.sub(r"x1\.\.\.x(\d+)", lambda found: " + ".join(f"x{j + 1}" for j in range(int(found[1]))), task["formula"])


def environment():
    """One thread. OpenBLAS, where it does not know the processor, takes its slowest kernels: it is told what this one can do."""
    own = dict(os.environ, LC_ALL="C", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", RAYON_NUM_THREADS="1", POLARS_MAX_THREADS="1")
    flags = re.search(r"^flags.*", open("/proc/cpuinfo").read(), re.M) if os.path.exists("/proc/cpuinfo") else None
    known = {"avx512f": "SkylakeX", "avx2": "Haswell"}
    core = next((core for flag, core in known.items() if flags and f" {flag} " in flags[0]), None)
    if core and "OPENBLAS_CORETYPE" not in own:
        own["OPENBLAS_CORETYPE"] = core
    return own


def r_versions():
    """R's own version, the library of its linear algebra and its packages, with None for those that are missing."""
    names = ", ".join(f'"{name}"' for name in (*OF_R, "lmerTest", "pbkrtest"))
    script = f"""cat(R.version.string, "\\n", basename(La_library()), "\\n", sep = "")
for (name in c({names})) cat(name, if (requireNamespace(name, quietly = TRUE)) packageDescription(name)$Version else "", "\\n")"""
    lines = (text_of(["Rscript", "-e", script], environment()) or "").splitlines()
    packages = dict((line.split() + [None])[:2] for line in lines[2:])
    return (lines[0], lines[1]) if len(lines) > 1 else None, packages


def python_versions(python):
    """The packages of the virtual environment, with None for those that are missing."""
    script = "import importlib.metadata as m, sys\nfor n in sys.argv[1:]:\n try: print(n, m.version(n.lower()))\n except m.PackageNotFoundError: pass"
    return dict(line.split() for line in (text_of([python, "-c", script, *OF_PYTHON]) or "").splitlines())


class Engines:
    """All programs: `versions` of those that are there, and for the others a reason in `missing`."""

    def __init__(self, programs, python):
        self.programs, self.python = programs, python
        self.core = environment().get("OPENBLAS_CORETYPE")
        self.r, packages = r_versions()
        found = python_versions(python)
        self.versions = {name: packages[name] for name in packages if packages[name]} | found
        self.missing = {}
        for name in OF_R:
            if name not in self.versions:
                self.missing[name] = "R is missing" if not shutil.which("Rscript") else f"R has no package {name}"
        for name in OF_PYTHON:
            if name not in self.versions:
                self.missing[name] = f"it is not in {os.path.dirname(os.path.dirname(python))}, and pip did not install it"
        self.missing["MixedModels"] = "there is no benches/peers.jl yet, which would print what peers.R prints"
        if all(self.versions.get(name) for name in ("lme4", "lmerTest", "pbkrtest")):
            self.versions["R"] = "lme4, lmerTest, pbkrtest"
        else:
            self.missing["R"] = "inference needs R with lme4, lmerTest and pbkrtest"

    def fit(self, engine, task, path, seconds):
        """Fits again and again for so many CPU seconds."""
        task = dict(task, formula=formula_of(task))
        if engine == "interlace":
            return [self.programs["fit_repeatedly"], str(seconds), *arguments_of(task, path)]
        if engine in OF_PYTHON:
            return [self.python, "-B", os.path.join(HERE, "peers.py"), engine, json.dumps(task), path, str(seconds)]
        keys = ("formula", "categorical", "response", "levels", *OPTIONS)
        pairs = [f"{key}={','.join(task[key]) if isinstance(task[key], list) else task[key]}" for key in keys if key in task]
        return ["Rscript", os.path.join(HERE, "peers.R"), engine, path, str(seconds), *pairs]

    def infer(self, engine, task, path, responses):
        own = [task["what"], task["formula"], path, ",".join(task["categorical"]), task["method"], str(task.get("count", 0))]
        repeats = str(task.get("repeats", 1)) if engine == "interlace" else "1"
        program = [self.programs["infer_repeatedly"]] if engine == "interlace" else ["Rscript", os.path.join(HERE, "inference.R")]
        return program + own + [repeats] + ([responses] if task["what"] == "refit" else [])

    def read(self, engine, task, path):
        """From a file to what is printed."""
        if engine == "interlace":
            return [self.programs["interlace-fit"], "lmm", task["formula"], path, "--threads", "1", *task.get("arguments", [])]
        return [self.python, "-B", os.path.join(HERE, "peers.py"), engine, json.dumps(task), path, "0.1"]


def arguments_of(task, path):
    """A task as arguments of interlace-fit."""
    own = [task["model"], task["formula"], path, "--threads", "1", "--categorical", ",".join(task["categorical"])]
    for key, option in OPTIONS.items():
        own += [option, str(task[key])] if key in task else []
    if "levels" in task:
        own += ["--ordered", task["response"] + "=" + "<".join(task["levels"])]
    return own
