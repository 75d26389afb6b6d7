"""Frames from and to the real pyarrow, polars, duckdb and pandas. `make test-hosts` runs this in an environment of its own."""

import contextlib
import datetime as dt
import decimal
import gc
import io
import os
import re
import unittest
import zoneinfo

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from library import ROOT, Failure, Frame, coefficients

D = decimal.Decimal
SLEEP = ROOT / "examples-c" / "data" / "sleepstudy.csv"
UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1)


def seconds(moment):
    return (moment.replace(tzinfo=None) - EPOCH) / dt.timedelta(seconds=1)


class Case(unittest.TestCase):
    def holds(self, frame, name, values, kind=None, levels=None, ordered=None):
        self.assertEqual(frame.values(name), values, name)
        for own, wanted in ((frame.kind, kind), (frame.levels, levels), (frame.is_ordered, ordered)):
            if wanted is not None:
                self.assertEqual(own(name), wanted, name)

    def refused(self, frame, name, text):
        """The column is there, and its use an error with its type."""
        self.assertNotIn(name, frame.names)
        with self.assertRaises(Failure) as caught:
            frame.index(name)
        self.assertIn(text, str(caught.exception))
        self.assertEqual(caught.exception.code, 3)


class PyArrow(Case):
    def test_numbers(self):
        for type_ in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()):
            frame = Frame.of(pa.table({"x": pa.array([1, None, 100], type_)}))
            self.holds(frame, "x", [1, None, 100], "integer")
        for type_ in (pa.float16(), pa.float32(), pa.float64()):
            frame = Frame.of(pa.table({"x": pa.array([0.5, None, -2.0, float("inf")], type_)}))
            self.holds(frame, "x", [0.5, None, -2.0, float("inf")], "real")
        frame = Frame.of(pa.table({"x": pa.nulls(3), "b": pa.array([True, None, False])}))
        self.holds(frame, "x", [None] * 3, "real")
        self.holds(frame, "b", ["TRUE", None, "FALSE"], "category", ["FALSE", "TRUE"], False)

    def test_integers_beyond_64_bits_keep_their_digits(self):
        ids = [2**64 - 1, 2**63, 7]
        self.holds(Frame.of(pa.table({"x": pa.array(ids, pa.uint64())})), "x", [str(own) for own in ids], "category")

    def test_decimals(self):
        values = [D("3.14"), None, D("-0.01"), D("99.99")]
        for type_ in (pa.decimal32(4, 2), pa.decimal64(4, 2), pa.decimal128(4, 2), pa.decimal256(4, 2)):
            self.holds(Frame.of(pa.table({"x": pa.array(values, type_)})), "x", [3.14, None, -0.01, 99.99], "real")
        for type_ in (pa.decimal128(38, 10), pa.decimal256(76, 10)):
            own = [D("1234567890123456789012345678.0123456789"), D("-0.0000000001")]
            self.holds(Frame.of(pa.table({"x": pa.array(own, type_)})), "x", [float(value) for value in own], "real")
        self.holds(Frame.of(pa.table({"x": pa.array([D(5), None], pa.decimal128(38, 0))})), "x", [5, None], "integer")

    def test_text(self):
        values = ["b", None, "a long text of more than twelve bytes", "", "gro\u00df"]
        levels = sorted((own for own in values if own is not None), key=str.encode)
        for type_ in (pa.utf8(), pa.large_utf8(), pa.string_view()):
            for table in (pa.table({"x": pa.array(values, type_)}), pa.table({"x": pa.array(["z"] + values + ["z"], type_)}).slice(1, 5)):
                self.holds(Frame.of(table), "x", values, "category", levels, False)

    def test_times(self):
        moment = dt.datetime(2024, 3, 1, 12, 0, 0, 250000)
        for unit in ("s", "ms", "us", "ns"):
            own = moment.replace(microsecond=0) if unit == "s" else moment
            for zone in (None, "UTC", "Europe/Berlin"):
                value = own if zone is None else own.replace(tzinfo=UTC)
                frame = Frame.of(pa.table({"x": pa.array([value, None], pa.timestamp(unit, zone))}))
                self.holds(frame, "x", [seconds(own), None], "time")
                frame.make_categorical("x")
                text = own.isoformat().rstrip("0") if own.microsecond else own.isoformat()
                self.holds(frame, "x", [text + ("" if zone is None else "Z"), None])
            frame = Frame.of(pa.table({"x": pa.array([dt.timedelta(seconds=90), None], pa.duration(unit))}))
            self.holds(frame, "x", [90.0, None], "real")
        for type_ in (pa.date32(), pa.date64()):
            frame = Frame.of(pa.table({"x": pa.array([dt.date(2024, 3, 1), None, dt.date(1969, 12, 31)], type_)}))
            self.holds(frame, "x", [19783.0, None, -1.0], "time")
            frame.make_categorical("x")
            self.holds(frame, "x", ["2024-03-01", None, "1969-12-31"])
        for type_ in (pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")):
            self.holds(Frame.of(pa.table({"x": pa.array([dt.time(0, 1, 30), None], type_)})), "x", [90.0, None], "real")

    def test_dictionaries_differ_by_chunk(self):
        chunks = [pa.DictionaryArray.from_arrays([0, 1, 0], own) for own in (["x", "y"], ["z", "x"])]
        frame = Frame.of(pa.table({"x": pa.chunked_array(chunks)}))
        self.holds(frame, "x", ["x", "y", "x", "z", "x", "z"], "category", ["x", "y", "z"], False)

    def test_dictionaries_with_nulls_duplicates_and_unused_entries(self):
        own = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None, 3], pa.uint8()), ["b", None, "a", "b", "unused"])
        self.holds(Frame.of(pa.table({"x": own})), "x", ["b", None, "a", None, "b"], "category", ["a", "b"], False)
        own = pa.DictionaryArray.from_arrays(pa.array([0, 2], pa.int64()), ["low", "mid", "high"], ordered=True)
        self.holds(Frame.of(pa.table({"x": own})), "x", ["low", "high"], "category", ["low", "mid", "high"], True)
        self.holds(Frame.of(pa.table({"x": own}).slice(1)), "x", ["high"], "category", ["low", "mid", "high"], True)
        own = pa.DictionaryArray.from_arrays([1, 0, 1], [10, 9])
        self.holds(Frame.of(pa.table({"x": own})), "x", ["9", "10", "9"], "category", ["9", "10"], False)

    def test_runs(self):
        values = ["a", "a", None, "b", "b", "b"]
        own = pc.run_end_encode(pa.array(values))
        self.holds(Frame.of(pa.table({"x": own})), "x", values, "category")
        self.holds(Frame.of(pa.table({"x": own}).slice(1, 4)), "x", values[1:5], "category")
        own = pc.run_end_encode(pa.array([1.5, 1.5, None, 2.5]), pa.int64())
        self.holds(Frame.of(pa.table({"x": own})), "x", [1.5, 1.5, None, 2.5], "real")

    def test_structures_with_missing_rows_and_offsets(self):
        own = pa.StructArray.from_arrays([pa.array([1, 2, 3, 4]), pa.array(["a", "b", "c", "d"])], ["x", "t"],
                                         mask=pa.array([False, True, False, False]))
        frame = Frame.of_batch(own)
        self.holds(frame, "x", [1, None, 3, 4])
        self.holds(frame, "t", ["a", None, "c", "d"])
        frame = Frame.of_batch(own.slice(1, 2))
        self.holds(frame, "x", [None, 3])
        self.holds(frame, "t", [None, "c"])
        batch = pa.record_batch({"x": [1, None, 3, 4], "b": [True, False, None, True]}).slice(1, 3)
        frame = Frame.of_batch(batch)
        self.holds(frame, "x", [None, 3, 4])
        self.holds(frame, "b", ["FALSE", None, "TRUE"])

    def test_chunks_and_none(self):
        schema = pa.schema({"x": pa.float64(), "t": pa.utf8()})
        frame = Frame.of(pa.table({"x": pa.chunked_array([[1.0], [], [2.0, 3.0]]), "t": pa.chunked_array([["a"], [], ["b", "a"]])}))
        self.holds(frame, "x", [1.0, 2.0, 3.0])
        self.holds(frame, "t", ["a", "b", "a"])
        frame = Frame.of(pa.RecordBatchReader.from_batches(schema, []))
        self.assertEqual((frame.n_rows, frame.names), (0, ["x", "t"]))

    def test_what_is_not_read(self):
        table = pa.table({"y": [1.0], "l": [[1]], "s": [{"a": 1}], "z": [b"a"], "m": pa.array([[("k", 1)]], pa.map_(pa.utf8(), pa.int64())),
                          "e": pa.DictionaryArray.from_arrays([0], [[1]])})
        frame = Frame.of(table)
        self.assertEqual(frame.names, ["y"])
        for name, text in (("l", "'+l' (lists)"), ("s", "'+s' (structures)"), ("z", "'z' (bytes)"), ("m", "'+m' (maps)"), ("e", "a dictionary of '+l'")):
            self.refused(frame, name, text)
        with self.assertRaises(Failure) as caught:
            Frame.of(pa.chunked_array([[1, 2]]))
        self.assertIn("a table is wanted, not a single column", str(caught.exception))
        twice = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], names=["x", "x", "y"])
        self.refused(Frame.of(twice), "x", "there are 2 columns 'x'")

    def test_a_failing_stream(self):
        def batches():
            yield pa.record_batch({"x": [1.0, 2.0]})
            raise ValueError("boom")

        with self.assertRaises(Failure) as caught:
            Frame.of(pa.RecordBatchReader.from_batches(pa.schema({"x": pa.float64()}), batches()))
        self.assertEqual(caught.exception.code, 8)
        self.assertRegex(str(caught.exception), "stream failed after 2 rows, with code [0-9]+: .*boom")

    def test_memory_is_given_back(self):
        before = pa.total_allocated_bytes()
        table = pa.table({"x": pa.array(range(100_000), pa.float64()), "t": pa.array([str(i % 7) for i in range(100_000)])})
        frame = Frame.of(table)
        self.assertGreater(pa.total_allocated_bytes(), before)
        del table
        gc.collect()
        self.assertEqual(pa.total_allocated_bytes(), before)
        self.assertEqual(frame.n_rows, 100_000)


class Polars(Case):
    def test_everything_it_sends(self):
        moment = dt.datetime(2024, 3, 1, 12, 0, 0, 250000)
        data = pl.DataFrame({
            "f": [0.5, None], "f32": pl.Series([0.25, None], dtype=pl.Float32), "i": [7, None], "u8": pl.Series([200, None], dtype=pl.UInt8),
            "u64": pl.Series([2**64 - 1, None], dtype=pl.UInt64), "b": [True, None], "t": ["a text of more than twelve bytes", None],
            "c": pl.Series(["y", None], dtype=pl.Categorical), "e": pl.Series(["mid", None], dtype=pl.Enum(["low", "mid", "high"])),
            "d": [dt.date(2024, 3, 1), None], "ts": [moment, None], "tz": pl.Series([moment.replace(tzinfo=UTC), None]),
            "dur": [dt.timedelta(seconds=90), None], "clock": [dt.time(0, 1, 30), None], "dec": pl.Series([D("3.14"), None], dtype=pl.Decimal(38, 2)),
            "null": [None, None], "big": pl.Series([1, None], dtype=pl.Int128), "l": [[1], None],
        })
        frame = Frame.of(data)
        for name, value, kind in (
            ("f", 0.5, "real"), ("f32", 0.25, "real"), ("i", 7, "integer"), ("u8", 200, "integer"), ("u64", str(2**64 - 1), "category"),
            ("b", "TRUE", "category"), ("t", "a text of more than twelve bytes", "category"), ("c", "y", "category"), ("e", "mid", "category"),
            ("d", 19783.0, "time"), ("ts", seconds(moment), "time"), ("tz", seconds(moment), "time"), ("dur", 90.0, "real"),
            ("clock", 90.0, "real"), ("dec", 3.14, "real"), ("null", None, "real"),
        ):
            self.holds(frame, name, [value, None], kind)
        self.holds(frame, "e", ["mid", None], levels=["low", "mid", "high"], ordered=True)
        self.refused(frame, "big", "Arrow type")
        self.refused(frame, "l", "(lists)")

    def test_slices(self):
        data = pl.DataFrame({"x": [1, None, 3, 4], "t": ["a", "b", None, "a"], "b": [True, False, None, True],
                             "c": pl.Series(["x", "y", "z", "y"], dtype=pl.Categorical)}).slice(1, 3)
        frame = Frame.of(data)
        self.holds(frame, "x", [None, 3, 4])
        self.holds(frame, "t", ["b", None, "a"])
        self.holds(frame, "b", ["FALSE", None, "TRUE"])
        self.holds(frame, "c", ["y", "z", "y"], levels=["y", "z"], ordered=False)
        frame = Frame.of(pl.concat([data, data], rechunk=False).filter(pl.col("x").is_not_null()))
        self.holds(frame, "x", [3, 4, 3, 4])
        self.assertEqual(Frame.of(data.clear()).names, ["x", "t", "b", "c"])

    def test_a_series_is_no_table(self):
        with self.assertRaises(Failure) as caught:
            Frame.of(pl.Series("x", [1.0]))
        self.assertIn("a table is wanted", str(caught.exception))


class DuckDb(Case):
    def test_everything_it_sends(self):
        own = duckdb.connect()
        own.execute("set timezone='Europe/Berlin'")
        own.execute("create type dose as enum ('low', 'mid', 'high')")
        query = """select * from (values
            (1::tinyint, 2::smallint, 3::integer, 4::bigint, 5::utinyint, 6::ubigint, 0.5::double, 0.25::float, true, 'text', 'mid'::dose, 3.14::decimal(9, 2),
             date '2024-03-01', timestamp '2024-03-01 12:00:00.25', timestamptz '2024-03-01 12:00:00.25+00', time '00:01:30', 7::hugeint, [1], '1 month'::interval),
            (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null))
            t(i8, i16, i32, i64, u8, u64, f, f32, b, t, e, d, day, ts, tz, clock, huge, l, iv)"""
        moment = seconds(dt.datetime(2024, 3, 1, 12, 0, 0, 250000))
        for views in ("false", "true"):
            own.execute(f"set produce_arrow_string_view={views}")
            frame = Frame.of(own.sql(query))
            for name, value in (("i8", 1), ("i16", 2), ("i32", 3), ("i64", 4), ("u8", 5), ("u64", 6), ("f", 0.5), ("f32", 0.25), ("b", "TRUE"),
                                ("t", "text"), ("e", "mid"), ("d", 3.14), ("day", 19783.0), ("ts", moment), ("tz", moment), ("clock", 90.0), ("huge", 7)):
                self.holds(frame, name, [value, None])
            self.holds(frame, "e", ["mid", None], levels=["mid"], ordered=False)  # it sends no flag that its order means something
            self.refused(frame, "l", "(lists)")
            self.refused(frame, "iv", "intervals")

    def test_many_chunks(self):
        own = duckdb.connect()
        n = 400_000
        query = f"select i::double as x, 'g' || (i % 7) as g, (i % 3 = 0) as b, case when i % 5 = 0 then null else i end as m from range({n}) t(i)"
        frame = Frame.of(own.sql(query))
        self.holds(frame, "x", [float(i) for i in range(n)])
        self.holds(frame, "g", [f"g{i % 7}" for i in range(n)])
        self.holds(frame, "b", ["TRUE" if i % 3 == 0 else "FALSE" for i in range(n)])
        self.holds(frame, "m", [None if i % 5 == 0 else i for i in range(n)])
        self.assertEqual((Frame.of(own.sql("select 1 as x where false")).n_rows), 0)
        sums = Frame.of(own.sql("select sum(i) as s from range(10) t(i)"))
        self.holds(sums, "s", [45], "integer")

    def test_a_failing_query(self):
        query = "select case when i < 300000 then i else error('boom') end as x from range(400000) t(i)"
        with self.assertRaises(Exception) as caught:
            Frame.of(duckdb.connect().sql(query))
        self.assertIn("boom", str(caught.exception))


class Pandas(Case):
    def test_everything_it_sends(self):
        moment = pd.Timestamp("2024-03-01 12:00:00.25")
        data = pd.DataFrame({
            "f": [0.5, float("nan")], "i": pd.array([7, None], "Int64"), "b": [True, False], "ob": pd.array([True, None], "boolean"),
            "t": ["text", None], "o": pd.Series(["text", None], dtype=object), "c": pd.Categorical(["y", None], ["z", "y"]),
            "e": pd.Categorical(["mid", None], ["low", "mid", "high"], ordered=True), "n": pd.Categorical([10, None], [10, 9]),
            "d": [dt.date(2024, 3, 1), None], "ts": [moment, pd.NaT], "tz": [moment.tz_localize("UTC"), pd.NaT], "dur": [pd.Timedelta(seconds=90), pd.NaT],
        })
        frame = Frame.of(data)
        for name, value in (("f", 0.5), ("i", 7), ("ob", "TRUE"), ("t", "text"), ("o", "text"), ("c", "y"), ("e", "mid"), ("n", "10"), ("d", 19783.0),
                            ("ts", seconds(moment)), ("tz", seconds(moment)), ("dur", 90.0)):
            self.holds(frame, name, [value, None])
        self.holds(frame, "b", ["TRUE", "FALSE"])
        self.holds(frame, "e", ["mid", None], levels=["low", "mid", "high"], ordered=True)
        self.holds(frame, "c", ["y", None], levels=["y"], ordered=False)


class Fits(Case):
    FORMULA = "Reaction ~ Days + (Days | Subject)"

    def test_one_fit_from_all_hosts(self):
        pandas = pd.read_csv(SLEEP)
        tables = [pandas, pa.Table.from_pandas(pandas), pl.read_csv(SLEEP), duckdb.connect().sql(f"select * from read_csv('{SLEEP}')")]
        found = [coefficients(self.FORMULA, Frame.of(table)) for table in tables]
        for own in found:
            self.assertEqual([f"{value:.3f}" for value in own.values("estimate")], ["251.405", "10.467"])
            self.assertEqual(own.values("estimate"), found[0].values("estimate"))

    def test_tables_go_to_all_hosts(self):
        table = coefficients(self.FORMULA, Frame.of(pl.read_csv(SLEEP)))
        estimates, names = table.values("estimate"), table.values("term")
        arrow = pa.table(table)
        arrow.validate(full=True)
        for own in (arrow, pl.DataFrame(table), pd.DataFrame.from_arrow(table)):
            self.assertEqual((list(own["estimate"].to_pylist() if own is arrow else own["estimate"])), estimates)
            self.assertEqual((list(own["term"].to_pylist() if own is arrow else own["term"])), names)
        rows = duckdb.connect().sql("select term::varchar, estimate from arrow").fetchall()
        self.assertEqual(rows, list(zip(names, estimates)))

    def test_round_trips(self):
        moment = dt.datetime(2024, 3, 1, 12, 0, 0, 250000)
        whole = pa.table({
            "f": [0.5, None, -1.0], "i": [1, None, 3], "b": [True, None, False], "t": ["b", None, "a"],
            "e": pa.DictionaryArray.from_arrays([2, None, 0], ["low", "mid", "high"], ordered=True),
            "d": pa.array([dt.date(2024, 3, 1), None, dt.date(1969, 12, 31)]), "ts": pa.array([moment, None, moment], pa.timestamp("ns", "Europe/Berlin")),
        })
        frame = Frame.of(whole)
        back = pa.table(frame)
        back.validate(full=True)
        for name in whole.column_names:
            self.assertEqual(back[name].to_pylist(), whole[name].to_pylist(), name)
        self.assertEqual(back.schema.field("ts").type, pa.timestamp("ns", "Europe/Berlin"))
        self.assertTrue(back.schema.field("e").type.ordered)
        own = pl.DataFrame(frame)
        self.assertEqual(own["t"].to_list(), ["b", None, "a"])
        self.assertEqual(own["ts"].to_list()[0], moment.replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo("Europe/Berlin")))
        self.assertEqual(list(pd.DataFrame.from_arrow(frame)["e"].cat.categories), ["low", "mid", "high"])
        del frame
        gc.collect()
        self.assertEqual(back["f"].to_pylist(), [0.5, None, -1.0])  # what was given lives on

    def test_missing_labels_only(self):
        frame = Frame.of(pa.table({"t": pa.array([None, None], pa.utf8())}))
        self.assertEqual(pa.table(frame)["t"].to_pylist(), [None, None])
        self.assertEqual(pl.DataFrame(frame)["t"].to_list(), [None, None])

    def test_truth_and_dates_in_models(self):
        data = pd.read_csv(SLEEP)
        data["late"] = data["Days"] > 4
        data["date"] = [dt.date(2024, 3, 1) + dt.timedelta(days=int(days)) for days in data["Days"]]
        frame = Frame.of(data)
        self.assertEqual(coefficients("Reaction ~ late + (1 | Subject)", frame).values("term"), ["(Intercept)", "lateTRUE"])
        by_date = coefficients("Reaction ~ date + (1 | Subject)", frame).values("estimate")
        by_day = coefficients("Reaction ~ Days + (1 | Subject)", frame).values("estimate")
        self.assertAlmostEqual(by_date[1], by_day[1], places=6)
        names = coefficients("Reaction ~ factor(date) + (1 | Subject)", frame).values("term")
        self.assertEqual(names[1], "factor(date)2024-03-02")


class Page(Case):
    def test_the_program_prints_what_the_page_says(self):
        page = (ROOT / "docs" / "arrow.md").read_text()
        program, wanted = re.search("```python\n(.*?)```\n\n```\n(.*?)```", page, re.S).groups()
        program = program.replace('"libinterlace.so"', repr(os.environ["INTERLACE_LIBRARY"])).replace('"examples-c/', f'"{ROOT}/examples-c/')
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(program, "docs/arrow.md", "exec"), {"__name__": "page"})
        self.assertEqual(said.getvalue(), wanted)


if __name__ == "__main__":
    unittest.main()
