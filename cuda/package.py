#!/usr/bin/env python3
"""Builds what measures eegenre on a machine with an NVIDIA GPU, and lays it into one folder (Linux).

    python3 cuda/package.py                              # target/cuda/card
    python3 cuda/package.py --compute-capability 8.0     # for cards from that of an A100 on

The machine that measures needs neither network nor cargo: README.md in the folder says what it needs. This one needs
cargo, cc with strip and readelf, and what `cuda/toolkit.py` needs. The folder has at most 60 MiB, or is refused.
"""

import argparse
import json
import lzma
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = ROOT / "target/cuda"
LIMIT = 60 << 20
# What cargo calls a program, what the folder calls it.
PROGRAMS = {("lib", "eegenre"): "operations", ("test", "pytorch"): "pytorch", ("bin", "eegenre"): "eegenre"}
PROGRAMS |= {("bench", name): name for name in ("epoch", "together")}
# Laid into the folder where the checkout has them. Cargo.toml marks it as a checkout, in which tests look for records.
FILES = ["Cargo.toml", "benches/peers/gpu.py", "tests/pytorch", "src/nn/emulation", "LICENSE-APACHE", "LICENSE-MIT"]
# Beside measure.py.
GUIDES = ["cuda/measure.py", "cuda/README.md"]
# What programs may load: of the system, of the driver, and of CUDA where measure.py looks for it.
LOADED = r"lib(c|m|gcc_s|dl|pthread|rt|stdc\+\+)\.so\.\d+|ld-linux-.*|libcuda\.so\.1|lib(cublas|cublasLt|nvrtc)\.so\.13"


def fail(message):
    sys.exit(f"cuda/package.py: {message}")


def output(*command, **more):
    """What a command prints. Its errors are seen."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **more)
    except FileNotFoundError:
        fail(f"expected a program named {command[0]}, found none")
    if done.returncode != 0:
        fail(f"{' '.join(map(str, command))}: exit code {done.returncode}; see above")
    return done.stdout


def settings(compute_capability):
    """The variables in which cargo builds for CUDA."""
    # A place of one's own for target would put paths into the programs that the folder cannot have.
    left_out = "CARGO_TARGET_DIR", "CUDA_COMPUTE_CAP"
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    wanted = {"CUDA_COMPUTE_CAP": compute_capability} if compute_capability else {}
    for line in output(sys.executable, HERE / "toolkit.py", env=environment | wanted).splitlines():
        name, value = shlex.split(line)[1].split("=", 1)
        environment[name] = value
    # Without the point, as dfdx's build takes it.
    return environment | {name: value.replace(".", "") for name, value in wanted.items()}


def build(environment):
    """Programs by the folder's names, and the folder into which dfdx's build copied its headers."""
    command = [
        "cargo",
        "test",
        "--no-run",
        "--release",
        "--locked",
        "--features",
        "cuda",
        "--target-dir",
        TARGET / "build",
    ]
    command += ["--lib", "--test", "pytorch", "--bench", "epoch", "--bench", "together"]
    said = output(*command, "--message-format", "json-render-diagnostics", env=environment)
    programs, headers = {}, None
    for message in map(json.loads, said.splitlines()):
        if message["reason"] == "compiler-artifact" and message["executable"]:
            key = message["target"]["kind"][0], message["target"]["name"]
            programs[PROGRAMS[key]] = Path(message["executable"])
        elif message["reason"] == "build-script-executed" and re.search(r"\bdfdx\b", message["package_id"]):
            headers = Path(message["out_dir"])
    if missing := set(PROGRAMS.values()) - programs.keys():
        fail(f"cargo built no {', '.join(sorted(missing))}")
    return programs, headers


def relative(program):
    """A program whose paths in the checkout are paths in the folder that it runs in, of the same length: `.////src/nn`.

    dfdx hands NVRTC the headers at the place where they were while it was built, and tests read files of the checkout.
    """
    root = str(ROOT).encode()
    return program.replace(root, b"." + b"/" * (len(root) - 1))


def lay_program(source, place):
    """A program, stripped and packed; what it loads. measure.py unpacks it where it runs."""
    shutil.copyfile(source, place)
    output("strip", place)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "--dynamic", "--wide", place))
    if unknown := [name for name in needed if not re.fullmatch(LOADED, name)]:
        fail(f"{place.name} loads {unknown[0]}, which measure.py does not look for")
    include = str(TARGET / "toolkit/include")
    if "libnvrtc.so.13" in needed and include.encode() not in place.read_bytes():
        fail(f"expected {place.name} to be built with {include}; remove {TARGET / 'build/release'} and run this again")
    place.with_name(f"{place.name}.xz").write_bytes(lzma.compress(relative(place.read_bytes())))
    place.unlink()
    return needed


def lay_headers(folder, headers):
    """The headers that dfdx includes while it runs, and whatever they include, as NVRTC reads them."""
    include = TARGET / "toolkit/include"
    for header in headers.glob("*.cuh"):
        place = folder / header.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(header, place)
    waiting, seen = ["cuda_fp16.h"], set()
    while waiting:
        name = waiting.pop()
        if name in seen or not (include / name).is_file():
            continue
        seen.add(name)
        place = folder / include.relative_to(ROOT) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(include / name, place)
        for included in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', place.read_text(), re.M):
            beside = os.path.normpath(os.path.join(os.path.dirname(name), included))
            waiting += [included, beside]
    return [str(path.relative_to(ROOT)) for path in (include, headers)]


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def within_limit(folder):
    """The folder's size in MiB. One that is too large is refused."""
    size = size_of(folder)
    if size > LIMIT:
        fail(f"expected at most {LIMIT >> 20} MiB, found {size / (1 << 20):.1f} MiB in {folder}")
    return size / (1 << 20)


def lay(folder, programs, headers, compute_capability, environment):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bin").mkdir(parents=True)
    loaded = {name: lay_program(source, folder / "bin" / name) for name, source in sorted(programs.items())}
    for name in FILES + [str(path.relative_to(ROOT)) for path in (ROOT / "src/nn").rglob("*.cu")]:
        source, place = ROOT / name, folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.rs"))
        else:
            shutil.copyfile(source, place)
    for name in GUIDES:
        shutil.copyfile(ROOT / name, folder / Path(name).name)
    # The CPU's records of the paper's experiment, without weights.
    raw = ROOT / "data/records/raw"
    for record in [*raw.glob("*/run-??.json"), *raw.glob("*/configuration.json")]:
        place = folder / record.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(record, place)
    # A driver that has no card, to see what is said without one.
    sys.path.insert(0, str(HERE))
    from toolkit import driver_without_device

    (folder / "no-driver").mkdir()
    driver_without_device(folder / "no-driver/libcuda.so.1", TARGET / "toolkit/include/cuda.h")
    about = {
        "commit": output("git", "rev-parse", "HEAD").strip(),
        "changed": bool(output("git", "status", "--porcelain").strip()),
        "rustc": output("rustc", "--version").strip(),
        "nvcc": output("nvcc", "--version", env=environment).strip().splitlines()[-1],
        "compute_capability": compute_capability,
        "includes": lay_headers(folder, headers),
        "loaded": loaded,
    }
    (folder / "package.json").write_text(json.dumps(about, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description="See the top of this file.")
    parser.add_argument("--out", type=Path, default=TARGET / "card", metavar="DIR")
    parser.add_argument(
        "--compute-capability",
        metavar="X.Y",
        help="of the oldest card to run on [default: of this machine's, else 9.0]",
    )
    chosen = parser.parse_args()
    if chosen.out.exists() and not (chosen.out / "package.json").is_file() and any(chosen.out.iterdir()):
        fail(f"expected an empty folder or an earlier package, found other files in {chosen.out}")
    environment = settings(chosen.compute_capability)
    asked = output("nvidia-smi", "--query-gpu=compute_cap", "--format=csv", env=environment).split()
    compute_capability = chosen.compute_capability or asked[1]
    programs, headers = build(environment)
    lay(chosen.out, programs, headers, compute_capability, environment)
    for path in sorted(chosen.out.iterdir()):
        size = size_of(path) if path.is_dir() else path.stat().st_size
        print(f"{size / (1 << 20):8.2f} MiB  {path.name}")
    print(f"{within_limit(chosen.out):8.2f} MiB  in all: {chosen.out}")


if __name__ == "__main__":
    main()
