"""The commands of docs/hosts/stata.md, in the host that plays Stata: they succeed, and show what the page says."""

import re
import tempfile
import unittest
from pathlib import Path

from stata_session import ROOT, session

PAGE = (ROOT / "docs" / "hosts" / "stata.md").read_text()


def translated(line, folder):
    """A command of the page as one of the session."""
    if found := re.fullmatch(r"import delimited (\S+), case\(preserve\) clear", line):
        return [f"use {ROOT / found[1]}"]
    if found := re.fullmatch(r"encode (\w+), generate\((\w+)\)", line):
        return [f"encode {found[1]} {found[2]}"]
    if found := re.fullmatch(r"interlace (save|use) (\S+)", line):
        fit = "FIT " if found[1] == "save" else ""
        return [f"raw {found[1]} {fit}{Path(folder) / found[2]}", "results"]
    return [line, *(["results", "raw show FIT TITLE"] if line.startswith("interlace") else [])]


class Page(unittest.TestCase):
    def test_commands(self):
        blocks = re.findall(r"```stata\n(.*?)```(.*?)(?=```stata|\Z)", PAGE, re.S)
        self.assertEqual(len(blocks), 4)
        seen = 0
        with tempfile.TemporaryDirectory() as folder:
            for commands, rest in blocks:
                lines = [own for line in commands.strip().splitlines() for own in translated(line, folder)]
                answers = session(*lines)
                for line, answer in zip(lines, answers, strict=True):
                    self.assertEqual(answer["rc"], 0, (line, answer["error"]))
                title = next((answer["locals"]["title"] for answer in answers if "locals" in answer), "")
                shown = "".join(answer["shown"] for answer in answers).replace(f"{'TITLE':47}", f"{title:47}")
                for text in re.findall(r"```\n(.*?)```", rest, re.S):
                    self.assertIn(text, shown)
                    seen += 1
        self.assertEqual(seen, 3)

    def test_names_and_options(self):
        """What the page says of e() is what the plugin fills."""
        own = session(f"use {ROOT / 'examples-c/data/sleepstudy.csv'}", "interlace mepoisson Days Reaction || Subject:, nolog intmethod(laplace)", "results")[-1]
        scalars = re.search(r"^Scalars: (.*?)\.", PAGE, re.M).group(1)
        listed = set(re.findall(r"\w+", re.sub(r"\(or F and ddf_m\)|\(evaluations\)", "", scalars)))
        self.assertEqual(set(own["scalars"]) | {"N"}, listed)
        macros = set(re.findall(r"\w+", re.search(r"Macros: (.*?)\.", PAGE).group(1)))
        self.assertLessEqual(set(own["locals"]) - {"model", "chi2type", "marginsnotok", "fit"}, macros)


if __name__ == "__main__":
    unittest.main()
