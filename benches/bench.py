#!/usr/bin/env python3
"""The benchmarks: every task of tasks.json with this library and with each program that can fit the same model, in turn, in one run; CPU
seconds of one thread. See benches/README.md.

    bench.py BUILD [--full] [--only TEXT] [--engines A,B] [--groups fits,growth,files,inference] [--rounds N] [--seconds S] [--limit S]
             [--work FOLDER] [--write PAGE.md]

BUILD has interlace-fit, fit_repeatedly and infer_repeatedly. Below --work are the data that are generated, the results, and the virtual
environment with the packages of Python (`peers`), which the Makefile makes.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import threading

import page
import simulate
from engines import HERE, Engines, environment

DATA = os.path.join(HERE, "..", "tests", "reference", "data")
# A program that takes longer than this for one fit has one round.
SLOW = 2.0


class Stopped(Exception):
    """Out of time, or failed: what to say of it."""


def cpu_seconds(pid):
    """Those that a process has used; 0 where the system does not tell. A limit that the system enforces would make its clock coarse."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def stop_at(process, limit, over, stopped):
    while not over.wait(0.5):
        if cpu_seconds(process.pid) > limit:
            stopped.set()
            process.kill()


def run(command, limit):
    """Output, CPU seconds and the most memory of a process, which may take so many CPU seconds."""
    over, stopped = threading.Event(), threading.Event()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment())
        threading.Thread(target=stop_at, args=(process, limit, over, stopped), daemon=True).start()
        _, status, usage = os.wait4(process.pid, 0)
        over.set()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if stopped.is_set():
            raise Stopped(f"> {limit:.0f} s")
        if process.returncode != 0:
            message = err.read().strip().splitlines() or [f"ended with {process.returncode}"]
            raise Stopped(message[-1])
        return out.read(), usage.ru_utime + usage.ru_stime, 1024 * usage.ru_maxrss


def fitted(command, limit):
    output, _, _ = run(command, limit)
    try:
        return json.loads(output.splitlines()[-1])
    except (ValueError, IndexError):
        raise Stopped("no result") from None


def inferred(command, limit):
    output, _, _ = run(command, limit)
    minimum, median, *numbers = (float(line) if line != "NA" else math.nan for line in output.split())
    return {"minimum": minimum, "median": median, "numbers": numbers}


def read_file(engine, command, limit):
    """Of this library the whole program; of others the reading, in a process that has started."""
    if engine != "interlace":
        return fitted(command, limit)
    _, seconds, peak = run(command, limit)
    return {"minimum": seconds, "median": seconds, "peak": peak}


def joined(runs):
    """One result of several runs of the same."""
    return dict(runs[0], minimum=min(r["minimum"] for r in runs), median=statistics.median(r["median"] for r in runs),
                memory=max(r.get("memory", 0) for r in runs), peak=max(r.get("peak", 0) for r in runs))


def in_turn(engines, rounds, measure):
    """The engines take turns. A result, or why there is none."""
    runs = {engine: [] for engine in engines}
    stopped = {}
    for turn in range(rounds):
        for engine, own in runs.items():
            if engine in stopped or turn > 0 and own[0]["minimum"] > SLOW:
                continue
            try:
                own.append(measure(engine))
            except Stopped as reason:
                stopped[engine] = str(reason)
    return {engine: {"stopped": stopped[engine]} if engine in stopped else joined(own) for engine, own in runs.items()}


class Suite:
    def __init__(self, arguments):
        self.arguments = arguments
        self.tasks = json.load(open(os.path.join(HERE, "tasks.json")))
        programs = {name: os.path.join(arguments.build, name) for name in ("fit_repeatedly", "infer_repeatedly", "interlace-fit")}
        self.engines = Engines(programs, os.path.join(arguments.work, "peers", "bin", "python"))

    def wanted(self, group):
        """The tasks of a group that are part of this run."""
        if group not in self.arguments.groups.split(","):
            return []
        key = "tasks" if group == "fits" else group
        return [task for task in self.tasks[key] if self.arguments.only in task["name"] and (self.arguments.full or not task.get("full"))]

    def path(self, data):
        if isinstance(data, str) and data.endswith(".csv"):
            return os.path.join(DATA, data)
        description = self.tasks["data"][data] if isinstance(data, str) else data
        return simulate.path_of(description, os.path.join(self.arguments.work, "data"))

    def able(self, names):
        """This library, and those of the programs that are there and wanted."""
        wanted = self.arguments.engines.split(",") if self.arguments.engines else None
        return [name for name in ("interlace", *names) if (name == "interlace" or name in self.engines.versions) and (wanted is None or name in wanted)]

    def turns(self, names, measure):
        return in_turn(self.able(names), self.arguments.rounds, measure)

    def fit(self, task):
        path = self.path(task["data"])
        names = task.get("peers", []) + task.get("approximate", []) + (task.get("full_peers", []) if self.arguments.full else [])
        return self.turns(names, lambda engine: fitted(self.engines.fit(engine, task, path, self.arguments.seconds), self.arguments.limit))

    def grow(self, task):
        """This library's results by numbers of rows."""
        sizes = [10_000, 100_000, 1_000_000] + ([10_000_000] if self.arguments.full else [])
        return {rows: self.fit(dict(task, data=dict(task["data"], rows=rows))).get("interlace") for rows in sizes}

    def read(self, task):
        path = self.path(task["data"])
        return self.turns(task["peers"], lambda engine: read_file(engine, self.engines.read(engine, task, path), self.arguments.limit))

    def infer(self, task):
        path = self.path(task["data"])
        with tempfile.NamedTemporaryFile(suffix=".csv") as responses:
            # This library's turn is first, because it writes the responses of refits.
            return self.turns(["R"], lambda engine: inferred(self.engines.infer(engine, task, path, responses.name), self.arguments.limit))

    def run(self):
        results = {}
        for group, measure, show in (("fits", self.fit, page.fit_lines), ("growth", self.grow, page.growth_lines),
                                     ("files", self.read, page.file_lines), ("inference", self.infer, page.inference_lines)):
            results[group] = []
            for task in self.wanted(group):
                found = measure(task)
                results[group].append((task, found))
                for line in show(task, found):
                    print(page.plain(line), flush=True)
        return results


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--full", action="store_true", help="also the tasks and the programs that take long")
    parser.add_argument("--only", default="", help="tasks whose name has this text")
    parser.add_argument("--engines", default="", help="interlace and others; all that are there if not given")
    parser.add_argument("--groups", default="fits,growth,files,inference")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each program")
    parser.add_argument("--seconds", type=float, default=1.0, help="CPU seconds of fits in one turn, at least one fit")
    parser.add_argument("--limit", type=float, default=None, help="CPU seconds of one process: 120, or 1200 with --full")
    parser.add_argument("--work", default=os.path.join(HERE, "..", "target", "bench"))
    parser.add_argument("--write", default=None, help="the page of results")
    arguments = parser.parse_args()
    arguments.limit = arguments.limit or (1200 if arguments.full else 120)
    arguments.load = os.getloadavg()[0]
    return arguments


def main():
    arguments = parsed()
    suite = Suite(arguments)
    for name, reason in suite.engines.missing.items():
        print(f"{name} is left out: {reason}", file=sys.stderr)
    results = suite.run()
    os.makedirs(arguments.work, exist_ok=True)
    with open(os.path.join(arguments.work, "results.json"), "w") as out:
        json.dump(results, out, indent=1)
    if arguments.write:
        with open(arguments.write, "w") as out:
            out.write(page.whole(suite.engines, arguments, results))


if __name__ == "__main__":
    main()
