#!/usr/bin/env python3
"""Writes the low-level file of each host from include/interlace.json: every function, list of codes and structure of the C API.

    python3 bindings/generate.py            writes the files that are out of date
    python3 bindings/generate.py --check    says which are, and fails if any is

A host is a file in bindings/writers with PATH, the file that it writes, and `text(api)`. Only the layers above these files are written by hand.
"""

import importlib
import sys
from pathlib import Path

BINDINGS = Path(__file__).resolve().parent
sys.path.insert(0, str(BINDINGS))

from api import Api  # noqa: E402


def writers():
    return [importlib.import_module(f"writers.{path.stem}") for path in sorted((BINDINGS / "writers").glob("*.py"))]


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    api = Api.read(BINDINGS.parent / "include" / "interlace.json")
    stale = []
    for writer in writers():
        path, text = BINDINGS / writer.PATH, writer.text(api)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if not arguments:
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{path.relative_to(BINDINGS.parent)} {'is out of date: run python3 bindings/generate.py' if arguments else 'is written'}")
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
