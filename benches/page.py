"""The results as lines of tables, and the page of a whole run."""
import datetime
import math
import os
import platform
import re

from engines import HERE, text_of

# A program whose log-likelihood is lower than ours by more than this has not reached the same optimum.
SHORT = 0.01
FIT_HEAD = ["task", "program", "minimum, s", "median, s", "times ours", "log-likelihood, ours minus its", "evaluations", "memory of the fit, MB", "peak, MB"]
GROWTH_HEAD = ["task", "rows", "CPU s", "exponent", "evaluations", "memory of the fit, MB"]
FILE_HEAD = ["task", "program", "CPU s", "peak, MB"]
INFERENCE_HEAD = ["task", "interlace, s", "R, s", "ratio", "largest relative difference"]
BEST_HEAD = ["task", "interlace, s", "fastest of the others, s", "ratio"]


def seconds(value):
    """Three digits."""
    return "" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def megabytes(value):
    return f"{value / 1e6:.0f}" if value else ""


def ratio(theirs, ours):
    value = theirs / ours if ours else math.nan
    return f"{value:.0f}" if value >= 9.95 else f"{value:.2g}"


def plain(cells):
    """A line for a terminal."""
    return "  ".join(f"{cell:<34}" if i == 0 else f"{cell:>11}" for i, cell in enumerate(cells))


def table(head, lines):
    rows = [head, ["---"] * len(head), *lines]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in rows)


# ---- lines ----


def fit_lines(task, found):
    """A line for each program."""
    ours, lines = found.get("interlace", {}), []
    for engine, own in found.items():
        name = engine + (" (another criterion)" if engine in task.get("approximate", []) else "")
        if "stopped" in own:
            lines.append([task["name"], name, own["stopped"], "", "", "", "", "", ""])
            continue
        compared = engine != "interlace" and "minimum" in ours
        difference = ours["log_likelihood"] - own["log_likelihood"] if compared and name == engine else None
        lines.append([task["name"], name, seconds(own["minimum"]), seconds(own["median"]), ratio(own["minimum"], ours["minimum"]) if compared else "",
                      "" if difference is None else f"{difference:.1e}", str(own["evaluations"] or ""), megabytes(own["memory"]), megabytes(own["peak"])])
    return lines


def best_line(task, found):
    """The fastest of the others that reaches our log-likelihood; None where there is none."""
    ours = found.get("interlace", {})
    if "minimum" not in ours:
        return None
    equal = [(own["minimum"], engine) for engine, own in found.items() if engine in task.get("peers", []) + task.get("full_peers", []) and
             "minimum" in own and ours["log_likelihood"] - own["log_likelihood"] < SHORT]
    if not equal:
        return None
    least, engine = min(equal)
    return [task["name"], seconds(ours["minimum"]), f"{seconds(least)} ({engine})", ratio(least, ours["minimum"])]


def growth_lines(task, found):
    """The exponent is that of the growth since the size before."""
    lines, before = [], None
    for rows, own in found.items():
        if own is None or "stopped" in own:
            lines.append([task["name"], f"{rows:,}", own["stopped"] if own else "", "", "", ""])
            break
        exponent = f"{math.log(own['minimum'] / before[1]) / math.log(rows / before[0]):.2f}" if before else ""
        lines.append([task["name"], f"{rows:,}", seconds(own["minimum"]), exponent, str(own["evaluations"]), megabytes(own["memory"])])
        before = rows, own["minimum"]
    return lines


def file_lines(task, found):
    names = {"polars": "polars, reading only"}
    return [[task["name"], names.get(engine, engine), own.get("stopped") or seconds(own["minimum"]), megabytes(own.get("peak"))] for engine, own in found.items()]


def difference(ours, theirs):
    """The largest, relative to the number or to one hundredth of the largest, for numbers around zero."""
    floor = 0.01 * max(map(abs, theirs))
    return max(abs(a - b) / max(abs(b), floor) for a, b in zip(ours, theirs, strict=True))


def inference_lines(task, found):
    ours, theirs = found.get("interlace", {}), found.get("R", {})
    cells = [own.get("stopped") or (seconds(own["minimum"]) if own else "") for own in (ours, theirs)]
    both = "minimum" in ours and "minimum" in theirs
    return [[task["name"], *cells, ratio(theirs["minimum"], ours["minimum"]) if both else "",
             f"{difference(ours['numbers'], theirs['numbers']):.1e}" if both else ""]]


# ---- the page ----


def machine():
    """Processor, cores, memory, system."""
    info = open("/proc/cpuinfo").read() if os.path.exists("/proc/cpuinfo") else ""
    found = {key: match[1] for key in ("model name", "model", "cpu family") if (match := re.search(rf"^{key}\s*: (.*)$", info, re.M))}
    processor = f"{found.get('model name', platform.processor())} (family {found.get('cpu family', '?')}, model {found.get('model', '?')})"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{processor}, {os.cpu_count()} processors, {memory:.0f} GB of memory, {platform.system()} {re.match('[0-9.]*', platform.release())[0]}"


def versions(engines):
    """One line for each program."""
    root = os.path.join(HERE, "..")
    commit = text_of(["git", "-C", root, "rev-parse", "--short", "HEAD"])
    ours = text_of([engines.programs["interlace-fit"], "--version"]) or "interlace"
    lines = [ours.replace("interlace-fit", "interlace") + (f", commit {commit}" if commit else "")]
    lines += [line for line in (text_of(["rustc", "--version"]), (text_of(["cc", "--version"]) or "").split("\n")[0]) if line]
    if engines.r:
        blas = engines.r[1]
        lines.append(f"{engines.r[0]}, BLAS {blas}" + (f", kernels for {engines.core}" if "openblas" in blas and engines.core else ""))
    lines += [f"{name} {version}" for name, version in engines.versions.items() if name != "R"]
    lines.append(f"Python {platform.python_version()}")
    return lines


def whole(engines, arguments, results):
    """The page as Markdown."""
    recipe = "make bench-full" if arguments.full else "make bench"
    best = [line for task, found in results["fits"] if (line := best_line(task, found))]
    parts = [
        "# Benchmarks\n\n"
        f"`{recipe}` has written this page; [benches/README.md](../benches/README.md) says what is measured, and how to repeat it.\n\n"
        f"* Date: {datetime.date.today().isoformat()}\n* Machine: {machine()}; load when the run began: {arguments.load:.1f}\n"
        f"* Versions: {'; '.join(versions(engines))}\n"
        + "".join(f"* {name} is left out: {reason}.\n" for name, reason in engines.missing.items()),
        "CPU seconds of one thread for one fit, data already in memory, the minimum of all fits unless a column says otherwise.\n",
    ]
    if best:
        parts.append("## Beside the fastest\n\nOf the programs with the same criterion, the fastest whose log-likelihood is not more than "
                     f"{SHORT} below ours. A ratio above 1 says that this library is faster.\n\n" + table(BEST_HEAD, best))
    for title, group, head, show, text in SECTIONS:
        lines = [line for task, found in results[group] for line in show(task, found)]
        if lines:
            parts.append(f"## {title}\n\n{text}\n\n" + table(head, lines))
    return "\n".join(parts)


SECTIONS = [
    ("All programs", "fits", FIT_HEAD, fit_lines,
     "`times ours` compares minima. A log-likelihood difference above zero says that ours is higher. The memory of a fit is what the process "
     "took beyond what it had with the data; the peak is that of the process, with R or Python."),
    ("Growth", "growth", GROWTH_HEAD, growth_lines, "This library with the same groups and more rows: CPU seconds grow with rows to the power of the exponent since the size before."),
    ("From a file to the results", "files", FILE_HEAD, file_lines, "The whole program `interlace-fit` from its start to its end, `y ~ x1 + (1 + x1 | g)`."),
    ("Inference", "inference", INFERENCE_HEAD, inference_lines,
     "Without the fit itself, against lme4, lmerTest and pbkrtest. Differences arise because lme4 interpolates its profiles and ends its fits early; "
     "those of the bootstrap are due to chance."),
]
