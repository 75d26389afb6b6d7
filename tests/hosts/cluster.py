"""Linear models of data with the workers of Dask and of Spark. `make test-scale` runs this in an environment of its own."""

import os
import signal
import sys
import tempfile
import unittest
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from checks import FORMULA, Case, accumulated, crossed, merged, plan_of
from library import Accumulator, Fit, Frame, Spec

# The workers find the library and these modules as the driver does.
os.environ["PYTHONPATH"] = str(Path(__file__).parent)
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable


class Dask(Case):
    def test_two_processes_of_which_one_is_killed(self):
        import dask
        from dask.distributed import Client, LocalCluster

        def work(plan, partition, path, marker):
            from checks import Plan, accumulated

            batches = list(pq.ParquetFile(path).iter_batches(250))
            if partition == 2 and not os.path.exists(marker):
                accumulated(Plan.from_bytes(plan), partition, batches[:2])
                Path(marker).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return os.getpid(), accumulated(Plan.from_bytes(plan), partition, batches).to_bytes()

        table, count = crossed(), 6
        plan, parts = plan_of(table), [table.slice(1000 * i, 1000) for i in range(6)]
        with tempfile.TemporaryDirectory() as folder:
            paths = [str(Path(folder) / f"{i}.parquet") for i in range(count)]
            for path, rows in zip(paths, parts):
                pq.write_table(rows, path)
            marker = str(Path(folder) / "killed")
            with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=folder) as cluster, Client(cluster):
                found = dask.compute(*(dask.delayed(work)(plan.to_bytes(), i, path, marker) for i, path in enumerate(paths)))
            self.assertTrue(os.path.exists(marker))
            here = [accumulated(plan, i, pq.ParquetFile(path).iter_batches(250)) for i, path in enumerate(paths)]
        self.assertNotIn(os.getpid(), [process for process, _ in found])
        self.assertEqual([own for _, own in found], [own.to_bytes() for own in here])
        fit = merged(own for _, own in found).fit()
        self.same_bits(fit, merged(here).fit())
        self.close(fit, Fit.of(Spec.of(FORMULA), Frame.of(table)))


class Spark(Case):
    """One partition is empty, and the first attempt at another fails half-way."""

    def test_map_in_arrow(self):
        from pyspark.sql import SparkSession

        table, plan = crossed(), plan_of(crossed())
        plan_bytes = plan.to_bytes()

        def work(batches):
            from checks import Plan, accumulated
            from pyspark import TaskContext

            context = TaskContext.get()
            partition, seen = context.partitionId(), []

            def each():
                for batch in batches:
                    seen.append(batch)
                    yield batch
                    if partition == 1 and context.attemptNumber() == 0:
                        raise OSError("this worker is lost")

            sums = accumulated(Plan.from_bytes(plan_bytes), partition, each()).to_bytes()
            sink = pa.BufferOutputStream()
            if seen:
                with pa.ipc.new_stream(sink, seen[0].schema) as stream:
                    for batch in seen:
                        stream.write_batch(batch)
            yield pa.RecordBatch.from_pydict({"partition": [partition], "attempt": [context.attemptNumber()], "sums": [sums],
                                              "rows": [sink.getvalue().to_pybytes()]})

        builder = SparkSession.builder.master("local[2, 3]").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        spark = builder.config("spark.sql.adaptive.enabled", "false").config("spark.sql.execution.arrow.maxRecordsPerBatch", "100").getOrCreate()
        self.addCleanup(spark.stop)
        spark.sparkContext.setLogLevel("OFF")
        # Departments are few: of so many partitions by department one is empty.
        data = spark.createDataFrame(table).repartition(24, "dept")
        rows = data.mapInArrow(work, "partition long, attempt long, sums binary, rows binary").collect()
        self.assertEqual(sorted(row.partition for row in rows), list(range(24)))
        sums = {row.partition: bytes(row.sums) for row in rows}
        chunks = {row.partition: list(pa.ipc.open_stream(bytes(row.rows))) if row.rows else [] for row in rows}
        self.assertIn([], chunks.values())
        self.assertGreater(len(chunks[1]), 0)
        self.assertEqual([row.attempt for row in rows if row.partition == 1], [1])
        here = {i: accumulated(plan, i, own) for i, own in chunks.items()}
        self.assertEqual({i: own.to_bytes() for i, own in here.items()}, sums)
        fit = merged(sums.values()).fit()
        self.same_bits(fit, merged(reversed(here.values())).fit())
        self.close(fit, Fit.of(Spec.of(FORMULA), Frame.of(table)))
        # A speculative copy of a task gives the same partition again.
        own = merged(sums.values())
        self.refused("would count twice", own.merge, Accumulator.from_bytes(sums[1]))


class Page(Case):
    def test_programs(self):
        self.runs("Dask", "Spark")


if __name__ == "__main__":
    unittest.main()
