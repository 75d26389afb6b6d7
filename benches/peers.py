"""Fits one model again and again with the package glmm or with GPBoost, or reads a file with polars; data already in memory, default
settings, one thread. It runs in the virtual environment of the suite. One line of JSON, as fit_repeatedly prints.

    peers.py ENGINE TASK.json DATA.csv SECONDS
"""
import json
import os
import statistics
import sys
import time
import warnings

MOST = 2000


class Factor:
    """A categorical column: its levels in order, and the number of the level of each row."""

    def __init__(self, values):
        import numpy
        import pandas

        codes, levels = pandas.factorize(values.astype(str), sort=True)
        self.categories, self.codes = list(levels), numpy.asarray(codes)


def columns_of(task, path):
    import numpy
    import pandas

    frame = pandas.read_csv(path)
    categorical = [name for name in frame.columns if name in task["categorical"] or not pandas.api.types.is_numeric_dtype(frame[name])]
    return {name: Factor(frame[name]) if name in categorical else frame[name].to_numpy(dtype=numpy.float64) for name in frame.columns}


def pieces(text, separator):
    """The parts of a formula between separators outside of brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts]


def design(formula, columns):
    """y, X, offset, and the random terms as pairs of effects and group: formulas of main effects and products only."""
    import numpy

    response, right = (part.strip() for part in formula.split("~", 1))

    def of(name):
        column = columns[name]
        if isinstance(column, Factor):
            return [(column.codes == level).astype(numpy.float64) for level in range(1, len(column.categories))]
        return [column]

    ones = numpy.ones(len(columns[response]))
    fixed, products, random, offset = [ones], [], [], None
    for term in pieces(right, "+"):
        if "|" in term:
            effects, group = (part.strip() for part in term.strip("()").split("|"))
            random.append((effects, group))
        elif term.startswith("offset("):
            offset = columns[term[len("offset("):-1]]
        elif "*" in term:
            one, other = (of(name) for name in pieces(term, "*"))
            fixed += one + other
            products += [a * b for a in one for b in other]
        elif term != "1":
            fixed += of(term)
    return columns[response], numpy.column_stack(fixed + products), offset, random


def glmm(task, columns):
    import glmm as package

    families = {"nbinom2": "negativebinomial", None: "gaussian"}
    family = task.get("family")
    options = {"link": task["link"], "nagq": task["quadrature"]} if family else {"reml": task["method"] == "reml"}
    # Its fits come with tests, which those of others do not.
    options |= {"satterthwaite": False, "anova_test": "Wald"}

    def fit():
        fitted = package.fit(columns, task["formula"], families.get(family, family), **options)
        if not fitted.converged:
            raise SystemExit("glmm did not converge")
        return fitted.loglik, fitted.n_eval

    return fit


def gpboost(task, columns):
    import gpboost as package
    import numpy

    names = {("binomial", "logit"): "bernoulli_logit", ("poisson", "log"): "poisson", ("nbinom2", "log"): "negative_binomial", (None, None): "gaussian"}
    likelihood = ("zero_inflated_" if task.get("ziformula") else "") + names[task.get("family"), task.get("link")]
    y, x, offset, random = design(task["formula"], columns)
    assert all(effects == "1" for effects, _ in random), "GPBoost's slopes are independent of its intercepts"
    groups = numpy.column_stack([columns[group].codes if isinstance(columns[group], Factor) else columns[group] for _, group in random])

    def fit():
        model = package.GPModel(group_data=groups, likelihood=likelihood, num_parallel_threads=1)
        model.fit(y=y, X=x, **({"offset": offset} if offset is not None else {}))
        return -model.get_current_neg_log_likelihood(), None

    return fit


def polars(_task, path):
    import polars as package

    return lambda: (package.read_csv(path).height and None, None)


def of_process(key):
    """A line of Linux' account of this process, in bytes; 0: there is none."""
    try:
        with open("/proc/self/status") as status:
            return next(1024 * int(line.split()[1]) for line in status if line.startswith(key))
    except OSError:
        return 0


def forget_peak():
    try:
        with open("/proc/self/clear_refs", "w") as out:
            out.write("5")
    except OSError:
        pass


def main():
    engine, task, path, limit = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3], float(sys.argv[4])
    # What a package prints is not for us.
    output, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    warnings.simplefilter("ignore")
    fit = polars(task, path) if engine == "polars" else {"glmm": glmm, "GPBoost": gpboost}[engine](task, columns_of(task, path))
    peak = of_process("VmHWM:")
    forget_peak()
    before, seconds = of_process("VmRSS:"), []
    while not seconds or (sum(seconds) < limit and len(seconds) < MOST):
        start = time.process_time()
        log_likelihood, evaluations = fit()
        seconds.append(time.process_time() - start)
    highest = of_process("VmHWM:")
    result = {"minimum": min(seconds), "median": statistics.median(seconds), "fits": len(seconds), "evaluations": evaluations,
              "log_likelihood": log_likelihood, "memory": highest - before, "peak": max(peak, highest)}
    os.write(output, (json.dumps(result) + "\n").encode())


if __name__ == "__main__":
    main()
