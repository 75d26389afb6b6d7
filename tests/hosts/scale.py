"""Linear models of data in parts: plain processes with files of bytes, DuckDB with a file larger than its memory, orders of merging, damage.
`make test-hosts` runs this; cluster.py has Dask and Spark."""

import os
import random
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from checks import FORMULA, Case, accumulated, crossed, merged, plan_of
from library import Accumulator, Failure, Fit, Frame, Plan, Spec

# Sums the rows of a file. Told to stop at a batch it says so, and waits for the end of its input.
WORKER = """
import sys
from pathlib import Path
import pyarrow.parquet as pq
from library import Accumulator, Plan
folder, partition, stop = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
own = Accumulator.of(Plan.from_bytes((folder / "plan").read_bytes()), int(partition))
for number, batch in enumerate(pq.ParquetFile(folder / f"{partition}.parquet").iter_batches(300)):
    if stop == [str(number)]:
        print("half-way", flush=True)
        sys.stdin.read()
    own.add_batch(batch)
(folder / f"{partition}.new").write_bytes(own.to_bytes())
(folder / f"{partition}.new").rename(folder / f"{partition}.sums")
"""


class Processes(Case):
    def test_a_worker_is_killed_and_its_partition_run_again(self):
        table, count = crossed(), 5
        plan = plan_of(table)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "plan").write_bytes(plan.to_bytes())
            parts = [table.slice(1200 * i, 1200) for i in range(count)]
            for partition, rows in enumerate(parts):
                pq.write_table(rows, folder / f"{partition}.parquet")
            with subprocess.Popen(self.worker(folder, 3, 2), env=self.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
                self.assertEqual(killed.stdout.readline(), b"half-way\n")
                killed.kill()
            self.assertLess(killed.returncode, 0)
            self.assertFalse((folder / "3.sums").exists())
            with ThreadPoolExecutor(2) as threads:
                list(threads.map(lambda partition: self.run_worker(folder, partition), range(count)))
            sums = [(folder / f"{partition}.sums").read_bytes() for partition in range(count)]
            self.run_worker(folder, 3)
            self.assertEqual((folder / "3.sums").read_bytes(), sums[3])
            here = [accumulated(plan, i, pq.ParquetFile(folder / f"{i}.parquet").iter_batches(300)) for i in range(count)]
        self.assertEqual([own.to_bytes() for own in here], sums)
        fit = merged(sums).fit()
        self.same_bits(fit, merged(here).fit())
        self.close(fit, Fit.of(Spec.of(FORMULA), Frame.of(table)))

    def worker(self, folder, *arguments):
        return [sys.executable, "-B", "-c", WORKER, str(folder), *map(str, arguments)]

    def environment(self):
        return {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}

    def run_worker(self, folder, partition):
        subprocess.run(self.worker(folder, partition), env=self.environment(), check=True)


class DuckDB(Case):
    def test_a_file_larger_than_its_memory(self):
        n = 300_000
        unused = ", ".join(f"(hash(i, {seed}) % 1000000007) / 1e9 as u{seed}" for seed in range(5, 10))
        rows = f"""select 1 + 0.5 * x + (hash(a) % 1000) / 1e3 + (hash(b) % 1000) / 2e3 + (hash(i, 4) % 1000003) / 5e5 as y, x, a, b, {unused}
            from (select i, (hash(i) % 1000000007) / 1e9 as x, 'a' || (hash(i, 2) % 500) as a, hash(i, 3) % 40 as b from range({n}) t(i))"""
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "rows.parquet")
            database = duckdb.connect(config={"threads": 1})
            database.execute(f"copy ({rows}) to '{path}' (row_group_size 20480)")
            database.execute("set memory_limit = '12MB'; set temp_directory = ''")
            self.assertGreater(os.path.getsize(path), 12e6)
            with self.assertRaises(duckdb.OutOfMemoryException):
                database.execute(f"create table held as from '{path}'")
            plan = Plan.of(Spec.of("y ~ x + (1 | a) + (1 | b)"), Frame.of(database.sql(f"from '{path}' limit 1000")))
            own = Accumulator.of(plan, 0)
            own.add_stream(database.sql(f"from '{path}'"))
            batches = database.sql(f"from '{path}'").to_arrow_reader(20_000)
            whole = Fit.of(Spec.of("y ~ x + (1 | a) + (1 | b)"), Frame.of(pq.read_table(path)))
            self.assertEqual(own.n_rows, n)
            self.close(own.fit(), whole)
            self.close(accumulated(plan, 0, batches).fit(), whole)
            again = Accumulator.of(plan, 0)
            again.add_stream(database.sql(f"from '{path}'"))
            self.assertEqual(again.to_bytes(), own.to_bytes())

    def test_a_stream_that_fails_half_way(self):
        query = "select case when i < 300000 then i else error('boom') end as x, i % 7 as g, hash(i) % 100 as y from range({}) t(i)"
        database = duckdb.connect()
        plan = Plan.of(Spec.of("y ~ x + (1 | g)"), Frame.of(database.sql(query.format(1000))))
        own = Accumulator.of(plan, 0)
        own.add_stream(database.sql(query.format(1000)))
        before = own.to_bytes()
        self.refused("boom", own.add_stream, database.sql(query.format(400_000)))
        self.assertEqual(own.to_bytes(), before)


class Parts(Case):
    def test_one_seven_and_a_hundred_parts(self):
        table = crossed()
        whole, plan = Fit.of(Spec.of(FORMULA), Frame.of(table)), plan_of(table)
        for count in (1, 7, 100):
            ends = [len(table) * i // count for i in range(count + 1)]
            parts = [table.slice(a, b - a).combine_chunks().to_batches() for a, b in zip(ends, ends[1:])]
            fit = merged(accumulated(plan, *own).to_bytes() for own in enumerate(parts)).fit()
            self.same_bits(fit, merged(accumulated(Plan.from_bytes(plan.to_bytes()), *own) for own in reversed(list(enumerate(parts)))).fit())
            self.close(fit, whole)

    def test_orders_of_merging(self):
        """Random models and data, rows in random parts of random chunks, some of them empty, merged in random trees."""
        formulas = ("y ~ x + (1 | g)", "y ~ x + f + (1 + x | g) + (1 | h)", "y ~ f * x + (1 | g) + (1 | h)", "y ~ x + (1 | g / h)", "y ~ 0 + f + (0 + f | g)",
                    "y ~ x + (1 | g) + (0 + x | h) + (1 | f)")
        for case in range(int(os.environ.get("INTERLACE_CASES", 36))):
            rng = random.Random(case)
            table, formula = self.random_table(rng), formulas[case % len(formulas)]
            columns = {name: name for name in ("weights", "offset") if rng.random() < 0.3}
            with self.subTest(case=case, formula=formula, **columns):
                plan = plan_of(table, formula, **columns)
                self.orders(rng, table, plan, Fit.of(Spec.of(formula, **columns), Frame.of(table)))

    def orders(self, rng, table, plan, whole):
        numbers = rng.sample(range(40), rng.randint(2, 9))
        of = np.array([rng.choice(numbers) for _ in range(len(table))])
        size = rng.choice((7, 50, 1000))
        parts = [accumulated(plan, i, table.filter(pa.array(of == i)).combine_chunks().to_batches(size)).to_bytes() for i in numbers]
        first = self.in_some_order(rng, parts).fit()
        self.close(first, whole)
        for _ in range(3):
            self.same_bits(self.in_some_order(rng, parts).fit(), first)

    def in_some_order(self, rng, parts):
        rest = [Accumulator.from_bytes(own) for own in parts]
        while len(rest) > 1:
            rng.shuffle(rest)
            other = rest.pop()
            rest[0].merge(other)
            if rng.random() < 0.3:
                rest[0] = Accumulator.from_bytes(rest[0].to_bytes())
        return rest[0]

    def random_table(self, rng):
        n, own = rng.randint(150, 900), np.random.default_rng(rng.getrandbits(32))
        codes = {name: own.integers(0, levels, n) for name, levels in (("f", 3), ("g", rng.randint(8, 40)), ("h", rng.randint(8, 30)))}
        x = own.normal(rng.choice((0, 50)), 2, n)
        y = x * own.normal(1, 0.3, 40)[codes["g"]] + own.normal(0, 1, 40)[codes["g"]] + own.normal(0, 1, 30)[codes["h"]] + codes["f"] + own.normal(size=n)
        text = {name: pa.array([f"{name}{code}" for code in own], mask=np.random.default_rng(1).random(n) < 0.02) for name, own in codes.items()}
        return pa.table({"x": x, "y": pa.array(y, mask=own.random(n) < 0.02), **text, "weights": own.uniform(0.5, 2, n), "offset": own.normal(size=n)})

    def test_responses_and_correlated_residuals(self):
        """Shops in partitions of their own, sorted by day, in batches that end within shops; two responses in one pass."""
        rng, shops = np.random.default_rng(7), 240
        shop = np.repeat(np.arange(shops), rng.integers(3, 12, shops))
        day = np.concatenate([np.cumsum(rng.integers(1, 3, count)) for count in np.bincount(shop)])
        x, noise = rng.normal(size=len(shop)), rng.normal(size=len(shop))
        for i in range(1, len(shop)):
            noise[i] += 0.5 * noise[i - 1] * (shop[i] == shop[i - 1])
        y = 5 + x + rng.normal(0, 0.7, 12)[shop % 12] + noise
        table = pa.table({"y": y, "cost": np.exp(0.1 * y + 0.1 * rng.normal(size=len(y))), "x": x, "day": day, "shop": [f"s{i}" for i in shop], "region": [f"r{i % 12}" for i in shop]})
        model = {"correlation": "ar1(day | shop)"}
        plan = Plan.of(Spec.of("y ~ x + (1 | region)", **model), Frame.of(table.slice(0, 500)), "log(cost)")
        parts = [table.filter(pa.array(shop // 60 == i)).combine_chunks() for i in range(4)]
        sums = [accumulated(plan, i, rows.to_batches(50)).to_bytes() for i, rows in enumerate(parts)]
        first = merged(sums)
        for response in ("y", "log(cost)"):
            fit, whole = first.fit(response), Fit.of(Spec.of(f"{response} ~ x + (1 | region)", **model), Frame.of(table))
            self.assertLessEqual(abs(fit.criterion - whole.criterion), 1e-12 * max(abs(whole.criterion), len(table)))
            self.same_bits(merged(reversed(sums)).fit(response), fit)
        divided = accumulated(plan, 9, parts[1].slice(0, 2).to_batches())
        self.refused("shop 's60' is in two parts", first.merge, divided)

    def test_no_partition_twice(self):
        table = crossed(2000)
        plan = plan_of(table)
        parts = [accumulated(plan, i, table.slice(500 * i, 500).to_batches()).to_bytes() for i in range(4)]
        own, pair = merged(parts[:3]), merged(parts[2:])
        before = own.to_bytes()
        for other in (Accumulator.from_bytes(parts[1]), pair):
            self.refused("would count twice", own.merge, other)
            self.assertEqual(own.to_bytes(), before)
        foreign = accumulated(plan_of(table, "y ~ x + (1 | s)"), 9, table.to_batches())
        self.refused("different plans", own.merge, foreign)
        self.assertEqual(own.to_bytes(), before)
        own.merge(Accumulator.from_bytes(parts[3]))
        self.assertEqual(own.n_rows + own.n_dropped, 2000)

    def test_a_chunk_that_cannot_be_added(self):
        table = crossed(2000)
        own = accumulated(plan_of(table), 0, table.slice(0, 1500).to_batches())
        before, bad = own.to_bytes(), table.slice(1500)
        infinite = bad.set_column(bad.schema.get_field_index("x"), "x", pa.array([float("inf")] * 500))
        for text, chunk in (("x", infinite), ("dept", bad.drop_columns("dept"))):
            self.refused(text, own.add, Frame.of(chunk))
            self.assertEqual(own.to_bytes(), before)

    def test_damaged_bytes(self):
        table, rng = crossed(2000), random.Random(1)
        plan = plan_of(table)
        own = accumulated(plan, 0, table.to_batches())
        right = own.to_bytes()
        wrong = [right[:length] for length in (0, 1, 20, len(right) // 2, len(right) - 1)] + [right + b"\0", plan.to_bytes(), os.urandom(1000)]
        for _ in range(300):
            place = rng.randrange(len(right))
            wrong.append(right[:place] + bytes([right[place] ^ 1 << rng.randrange(8)]) + right[place + 1:])
        for damaged in wrong:
            with self.assertRaises(Failure):
                Accumulator.from_bytes(damaged)
        with self.assertRaises(Failure):
            Plan.from_bytes(right)
        self.assertEqual(own.to_bytes(), right)

    def test_the_formula_of_sizes(self):
        rng = np.random.default_rng(3)
        n, levels = 20_000, (5000, 800)
        a, b = (np.concatenate([np.arange(own), rng.integers(0, own, n - own)]) for own in levels)
        table = pa.table({"y": rng.normal(size=n), "x": rng.normal(size=n), "a": [f"a{i}" for i in a], "b": [f"b{i}" for i in b]})
        own = Accumulator.from_bytes(accumulated(plan_of(table, "y ~ x + (1 + x | a) + (1 | b)"), 0, table.to_batches(3000)).to_bytes())
        p, q, pairs = 2, 2 * levels[0] + levels[1], len({*zip(a.tolist(), b.tolist())})
        texts = sum(len(text) for name in "ab" for text in set(table[name].to_pylist()))
        formula = 8 * ((p + 1) ** 2 + (p + 1) * q + 4 * levels[0] + levels[1]) + (8 + 8 * 2) * pairs + texts
        self.assertEqual(own.size, formula)
        self.assertLess(abs(len(own.to_bytes()) / formula - 1), 0.1)


class Page(Case):
    def test_programs(self):
        self.runs("Processes and files", "DuckDB")


if __name__ == "__main__":
    unittest.main()
