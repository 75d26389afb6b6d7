#!/usr/bin/env python3
"""Packs the wheel: the package, the shared library inside, and what pip wants to know. `make wheel` runs it, and so does pip install of this folder.

    python3 backend.py LIBRARY FOLDER    packs LIBRARY into a wheel in FOLDER

One wheel serves every Python from 3.9 on a platform: the package is pure Python, and loads the library with ctypes."""

import base64
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NAMES = {"darwin": "libinterlace.dylib", "win32": "interlace.dll"}
NAME = NAMES.get(sys.platform, "libinterlace.so")
METADATA = """Metadata-Version: 2.1
Name: interlace
Version: {version}
Summary: Mixed-effects models: linear, generalised, ordinal and Cox models with random effects
License: MIT OR Apache-2.0
Requires-Python: >=3.9
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Scientific/Engineering :: Mathematics
Classifier: Typing :: Typed
Description-Content-Type: text/markdown

{description}"""


def version() -> str:
    return re.search(r'^VERSION = "(.+)"$', (HERE / "interlace" / "_c.py").read_text(encoding="utf-8"), re.M).group(1)


def tag() -> str:
    """Which platforms the library runs on: docs/platforms.md."""
    machine = platform.machine().lower().replace("amd64", "x86_64").replace("aarch64", "arm64" if sys.platform == "darwin" else "aarch64")
    if sys.platform == "darwin":
        return f"py3-none-macosx_{'11_0' if machine == 'arm64' else '10_12'}_{machine}"
    if sys.platform == "win32":
        return f"py3-none-win_{machine.replace('x86_64', 'amd64')}"
    libc = "manylinux_2_17" if platform.libc_ver()[0] == "glibc" else "musllinux_1_2"
    return f"py3-none-{libc}_{machine}"


def library() -> Path:
    """The library to pack when pip asks for the wheel."""
    places = [os.environ.get("INTERLACE_LIBRARY"), ROOT / "target" / "release" / NAME]
    for place in filter(None, places):
        if Path(place).is_file():
            return Path(place)
    raise SystemExit(f"there is no {NAME}: run make build first, or set INTERLACE_LIBRARY to one that is built")


def stripped(path: Path) -> bytes:
    """The library without symbols that only debuggers use, where the tool for that is there."""
    strip = shutil.which("strip")
    if strip is None or sys.platform == "win32":
        return path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / NAME
        shutil.copyfile(path, copy)
        done = subprocess.run([strip, "-x" if sys.platform == "darwin" else "--strip-unneeded", str(copy)], capture_output=True)
        return (copy if done.returncode == 0 else path).read_bytes()


def files(packed: Path) -> dict:
    info = f"interlace-{version()}.dist-info"
    own = {f"interlace/{path.name}": path.read_bytes() for path in sorted((HERE / "interlace").iterdir()) if path.name == "py.typed" or path.suffix == ".py"}
    own[f"interlace/{NAME}"] = stripped(packed)
    description = (ROOT / "docs" / "hosts" / "python.md").read_text(encoding="utf-8")
    own[f"{info}/METADATA"] = METADATA.format(version=version(), description=description).encode()
    own[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: interlace\nRoot-Is-Purelib: false\nTag: {tag()}\n".encode()
    for licence in ("LICENSE-MIT", "LICENSE-APACHE", "LICENSE-PNG"):
        own[f"{info}/licenses/{licence}"] = (ROOT / licence).read_bytes()
    lines = [f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}" for name, data in own.items()]
    own[f"{info}/RECORD"] = ("\n".join([*lines, f"{info}/RECORD,,"]) + "\n").encode()
    return own


def pack(packed: Path, folder: Path) -> str:
    """The name of the wheel. Its bytes depend only on what is in it."""
    name = f"interlace-{version()}-{tag()}.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for path, data in files(packed).items():
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data)
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """For pip (PEP 517)."""
    return pack(library(), Path(wheel_directory))


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("the wheel is made of the whole source tree: there is no archive of this folder")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(Path(sys.argv[2]) / pack(Path(sys.argv[1]), Path(sys.argv[2])))
