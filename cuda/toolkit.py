#!/usr/bin/env python3
"""Assembles a CUDA toolkit from pinned Python packages, for machines that have none (Linux, x86-64 or aarch64).

    python3 cuda/toolkit.py                        # says how, and assembles it in target/cuda
    eval "$(python3 cuda/toolkit.py)"              # the same, and sets CUDA_PATH, PATH and LD_LIBRARY_PATH
    cargo build --release --features cuda

What stands in target/cuda afterwards is a folder as NVIDIA's installer leaves it: bin, include, nvvm, lib64. The driver
(libcuda.so.1) belongs to the machine and is no part of it. Where there is none, a library takes its place whose functions
all answer that there is no device: programs link, run, and say so. Where there is no nvidia-smi, a script takes its place
that names the compute capability to build for: that of an H100, or CUDA_COMPUTE_CAP (as 8.6).

A second run finds what is there and does nothing. Answers go to standard output, everything else to standard error.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "cuda"
REQUIREMENTS = HERE / "requirements.txt"
COMPUTE_CAPABILITY = os.environ.get("CUDA_COMPUTE_CAP", "9.0")


def fail(message):
    sys.exit(f"cuda/toolkit.py: {message}")


def install():
    """The packages, in an environment of their own; its folder of CUDA."""
    environment = TARGET / "venv"
    installed = environment / "requirements.txt"
    if not installed.is_file() or installed.read_bytes() != REQUIREMENTS.read_bytes():
        print("installing NVIDIA's packages (1.2 GB, some minutes)", file=sys.stderr)
        shutil.rmtree(environment, ignore_errors=True)
        try:
            venv.create(environment, with_pip=True)
        except subprocess.CalledProcessError:
            fail("expected Python's venv module, found none that works; install it (Debian: apt install python3-venv)")
        command = [environment / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*command, "--require-hashes", "-r", REQUIREMENTS], stdout=sys.stderr)
        if done.returncode != 0:
            fail(f"pip could not install {REQUIREMENTS}; see above, mend it and run the same command again")
        shutil.copyfile(REQUIREMENTS, installed)
    found = list(environment.glob("lib/python3*/site-packages/nvidia/cu13"))
    if len(found) != 1:
        fail(f"expected nvidia/cu13 in {environment}, found {len(found)}; remove the folder and run the same command again")
    return found[0]


def link(place, target):
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def driver_without_device(place, header):
    """A driver's library in which every function of its header answers CUDA_ERROR_NO_DEVICE, and two say what that is."""
    in_words = {"cuGetErrorName": "CUDA_ERROR_NO_DEVICE", "cuGetErrorString": "no CUDA-capable device is detected"}
    names = set(re.findall(r"\bcu[A-Z]\w*", header.read_text())) - in_words.keys()
    source = "".join(f"int {name}(void) {{ return 100; }}\n" for name in sorted(names))
    for name, words in in_words.items():
        source += f'int {name}(int error, const char **words) {{ *words = "{words}"; return 0; }}\n'
    command = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-Wl,-soname,libcuda.so.1", "-o", place]
    try:
        subprocess.run(command, input=source, text=True, check=True, stdout=sys.stderr)
    except FileNotFoundError:
        fail("expected a C compiler named cc, found none; install one (Debian: apt install gcc)")
    except subprocess.CalledProcessError:
        fail("cc could not make a shared library; see above")


def assemble(packages):
    """The folder as an installer leaves it."""
    toolkit = TARGET / "toolkit"
    libraries, programs = toolkit / "lib64", toolkit / "bin"
    for folder in (libraries, programs):
        folder.mkdir(parents=True, exist_ok=True)
    for name in ("include", "nvvm"):
        link(toolkit / name, packages / name)
    for program in (packages / "bin").iterdir():
        link(programs / program.name, program)
    for library in (packages / "lib").glob("lib*"):
        link(libraries / library.name, library)
        if ".so." in library.name and ".alt." not in library.name:
            # What a linker looks for, without a version.
            link(libraries / f"{library.name.split('.so.')[0]}.so", library)
    stand_in = programs / "nvidia-smi"
    if shutil.which("nvidia-smi") in (None, str(stand_in)):
        driver_without_device(libraries / "libcuda.so", packages / "include/cuda.h")
        link(libraries / "libcuda.so.1", libraries / "libcuda.so")
        stand_in.write_text(f"#!/bin/sh\necho compute_cap\necho {COMPUTE_CAPABILITY}\n")
        stand_in.chmod(0o755)
    return toolkit


def main():
    toolkit = assemble(install())
    settings = {
        "CUDA_PATH": str(toolkit),
        "PATH": f"{toolkit / 'bin'}:{os.environ.get('PATH', '')}",
        "LD_LIBRARY_PATH": ":".join(filter(None, [str(toolkit / "lib64"), os.environ.get("LD_LIBRARY_PATH")])),
    }
    for name, value in settings.items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
