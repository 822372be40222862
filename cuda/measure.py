#!/usr/bin/env python3
"""Measures eegenre on an NVIDIA GPU, step by step, and keeps what each step gave in one file, `results.json`.

    python3 measure.py --data DIR                        # every step but the whole trainings
    python3 measure.py --data DIR --whole                # with them: the 45 runs of the paper
    python3 measure.py --data DIR --seconds 570 --resume # for so long; the same command again goes on
    python3 measure.py --only operations,peers-cnn       # these
    python3 measure.py --list                            # their names

`cuda/package.py` makes the folder that this runs in; README.md beside this file says what the machine has to have, and
what the fields of the results are. Nothing is lost when a step fails: its commands, exit codes and outputs are written
before the next begins. A step that lacks something (a driver, PyTorch) is recorded as absent, with the reason.

Exit codes: 0 all steps are done, 1 some are not, 2 bad usage.
"""

import argparse
import csv
import ctypes
import datetime
import glob
import json
import lzma
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
NETWORKS = ["baseline", "multilayer", "cnn"]
# Characters that are kept of what a command printed: its end.
OUTPUT = 6000
# Seconds in which a command that is asked to stop saves where it stands.
PATIENCE = 20
# Runs and epochs of a short training.
SHORT = {"baseline": (3, 20), "multilayer": (3, 5), "cnn": (3, 20)}
LIBRARIES = ["libcublas.so.13", "libcublasLt.so.13", "libnvrtc.so.13"]


class Absent(Exception):
    """A step cannot run, because the machine lacks something."""


class Failed(Exception):
    """A step ran and did not do what it should."""


class OutOfTime(Exception):
    """A step reached its limit; what it left is kept."""


class Machine:
    """What there is to measure with. Each question is asked once; each answer is a value or the reason why not."""

    def __init__(self, chosen):
        self.chosen = chosen
        self.answers = {}

    def need(self, name):
        if name not in self.answers:
            try:
                self.answers[name] = getattr(self, name)(), None
            except (Absent, OSError, AttributeError, subprocess.SubprocessError) as reason:
                self.answers[name] = None, str(reason)
        value, reason = self.answers[name]
        if reason is not None:
            raise Absent(reason)
        return value

    def card(self):
        """The driver's version and cards, from the driver itself."""
        try:
            driver = ctypes.CDLL("libcuda.so.1")
        except OSError as cause:
            raise Absent(f"no driver: {cause}") from None
        code = driver.cuInit(0)
        version, count = ctypes.c_int(), ctypes.c_int()
        if code == 0:
            driver.cuDriverGetVersion(ctypes.byref(version))
            code = driver.cuDeviceGetCount(ctypes.byref(count))
        if code != 0 or count.value == 0:
            name = ctypes.c_char_p()
            driver.cuGetErrorName(code, ctypes.byref(name))
            raise Absent(f"no card: the driver answers {code}, {(name.value or b'').decode()}")
        if self.chosen.card >= count.value:
            raise Absent(f"no card {self.chosen.card}: the driver knows {count.value}")
        return {"cuda_version": version.value, "cards": count.value}

    def libraries(self):
        """A folder of links to those libraries of CUDA that the programs load, and their places."""
        places, patterns = {}, ["lib64", "lib", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib"]
        roots = [os.environ.get("CUDA_PATH"), "/usr/local/cuda", *sorted(glob.glob("/usr/local/cuda-13*"))]
        folders = [self.chosen.libraries, *os.environ.get("LD_LIBRARY_PATH", "").split(":")]
        folders += [f"{path}/nvidia/cu13/lib" for path in [*sys.path, *self.paths_of_python()]]
        folders += [f"{root}/{pattern}" for root in roots if root for pattern in patterns]
        listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
        folders += [os.path.dirname(path) for path in re.findall(r"libnvrtc\.so\.13 .*=> (\S+)", listed)]
        folders = [Path(folder) for folder in folders if folder and Path(folder).is_dir()]
        for name in LIBRARIES:
            found = [folder / name for folder in folders if (folder / name).is_file()]
            if not found:
                raise Absent(
                    f"no {name}, which the programs load: expected CUDA 13, from a toolkit, from the packages that "
                    "PyTorch for CUDA 13 brings, or in --libraries DIR"
                )
            places[name] = found[0]
        # NVRTC opens this one by name.
        for builtins in places["libnvrtc.so.13"].resolve().parent.glob("libnvrtc-builtins.so.13*"):
            places[builtins.name] = builtins
        links = self.chosen.out / "libraries"
        shutil.rmtree(links, ignore_errors=True)
        links.mkdir(parents=True)
        for name, place in places.items():
            (links / name).symlink_to(place.resolve())
        version = [ctypes.c_int(), ctypes.c_int()]
        ctypes.CDLL(str(places["libnvrtc.so.13"])).nvrtcVersion(*map(ctypes.byref, version))
        names = {name: str(place) for name, place in places.items()}
        return {"folder": str(links), "places": names, "nvrtc": ".".join(str(part.value) for part in version)}

    def paths_of_python(self):
        """Where the Python that may have PyTorch finds its packages."""
        command = [self.chosen.python, "-c", "import sys; print(*sys.path, sep='\\n')"]
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")
        except OSError:
            return []

    def recordings(self):
        if self.chosen.data is None:
            raise Absent("no recordings: --data DIR names them")
        return str(self.chosen.data)

    def torch(self):
        code = (
            "import json, numpy, torch; print(json.dumps({'torch': torch.__version__, 'cuda': torch.version.cuda, "
            "'cudnn': torch.backends.cudnn.version(), 'numpy': numpy.__version__, 'card': torch.cuda.is_available()}))"
        )
        done = subprocess.run([self.chosen.python, "-c", code], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no reason"])[-1]
            raise Absent(f"no PyTorch in {self.chosen.python}: {last}")
        found = json.loads(done.stdout)
        if not found["card"]:
            raise Absent(f"PyTorch {found['torch']} in {self.chosen.python} sees no card")
        return found

    def profiler(self):
        places = sorted(glob.glob("/opt/nvidia/nsight-compute/*/ncu")) + ["/usr/local/cuda/bin/ncu"]
        found = shutil.which("ncu") or next((place for place in reversed(places) if os.path.isfile(place)), None)
        if not found:
            raise Absent("no profiler: expected ncu (Nsight Compute) on PATH, in /opt/nvidia or in /usr/local/cuda")
        return found

    def nvidia_smi(self):
        fields = "name,uuid,driver_version,vbios_version,compute_cap,memory.total,memory.used,power.limit,clocks.max.sm"
        fields += ",clocks.max.memory,temperature.gpu,persistence_mode,compute_mode,mig.mode.current,pstate"
        command = ["nvidia-smi", f"--query-gpu={fields}", "--format=csv"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        except FileNotFoundError:
            raise Absent("no nvidia-smi on PATH") from None
        if done.returncode != 0:
            raise Absent(f"nvidia-smi exits with code {done.returncode}: {(done.stdout + done.stderr).strip()}")
        return list(csv.DictReader(done.stdout.splitlines(), skipinitialspace=True))

    def described(self):
        """Everything that was asked, for the results."""
        answers = {}
        for name in ("card", "nvidia_smi", "libraries", "torch", "profiler"):
            try:
                answers[name] = self.need(name)
            except Absent as reason:
                answers[name] = {"absent": str(reason)}
        cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        return answers | {
            "cpu": cpu[1] if cpu else platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "load": os.getloadavg()[0],
            "kernel": platform.release(),
            "libc": "-".join(platform.libc_ver()),
            "python": platform.python_version(),
        }


class Run:
    """One step while it runs: its commands and what they gave."""

    def __init__(self, machine, limit):
        self.machine, self.commands, self.numbers, self.printed = machine, [], {}, ""
        self.out, self.device = machine.chosen.out, f"cuda:{machine.chosen.card}"
        self.deadline = time.monotonic() + limit
        self.limit = limit

    def environment(self, driver=True):
        """In which the programs find the libraries of CUDA, and the driver, or one that has no card."""
        folders = [self.machine.need("libraries")["folder"], os.environ.get("LD_LIBRARY_PATH")]
        try:
            self.machine.need("card")
        except Absent:
            driver = False
        folders.insert(0, None if driver else str(HERE / "no-driver"))
        return os.environ | {"LD_LIBRARY_PATH": ":".join(filter(None, folders))}

    def command(self, *arguments, exit_code=0, environment=None, until=None):
        """What a command printed to standard output. Its end is asked for at the limit, or when `until` is true."""
        arguments = [str(argument) for argument in arguments]
        if arguments[0] in ("eegenre", "operations", "pytorch", "epoch", "together"):
            arguments[0] = str(HERE / "bin" / arguments[0])
        entry = {"command": arguments, "exit_code": None, "seconds": None, "output": ""}
        self.commands.append(entry)
        environment, start = environment or self.environment(), time.monotonic()
        with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as said:
            running = subprocess.Popen(
                arguments,
                cwd=HERE,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=said,
                process_group=0,
            )
            try:
                while running.poll() is None and not (until and until()) and time.monotonic() < self.deadline:
                    time.sleep(0.02)
            finally:
                asked = running.poll() is None
                if asked:
                    os.killpg(running.pid, signal.SIGTERM)
                    try:
                        running.wait(PATIENCE)
                    except subprocess.TimeoutExpired:
                        os.killpg(running.pid, signal.SIGKILL)
                        running.wait()
                entry["seconds"] = round(time.monotonic() - start, 3)
                entry["exit_code"] = running.returncode
                printed.seek(0)
                said.seek(0)
                self.printed, errors = printed.read(), said.read()
                output = self.printed
                entry["output"] = (output + errors)[-OUTPUT:]
        if asked and not until:
            raise OutOfTime(f"still running after its limit of {self.limit:.0f} s: {' '.join(arguments)}")
        if until and (not asked or not until()):
            raise Failed("ended, or reached its limit, before it was asked to end")
        if exit_code is not None and not asked and running.returncode != exit_code:
            last = (errors.strip() or output.strip() or "nothing was printed").splitlines()[-1]
            raise Failed(f"expected exit code {exit_code}, found {running.returncode}: {last}")
        return output

    def train(self, network, device, folder, runs, epochs, *more, **expected):
        data = self.machine.need("recordings")
        size = [*(["--runs", runs] if runs else []), *(["--epochs", epochs] if epochs else [])]
        options = ["--data", data, "--device", device, "--out", folder, "--json", *size, *more]
        return self.command("eegenre", "train", network, *options, **expected)

    def refused(self, words, *arguments, **expected):
        """A command that must end with code 2 and say so."""
        self.command(*arguments, exit_code=2, **expected)
        said = self.commands[-1]["output"]
        if missing := [word for word in words if word not in said]:
            raise Failed(f"expected {missing[0]!r} in what is said, found: {said.strip()[-300:]}")


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def tests(run, program, *filters):
    """Runs a program of tests. Each that fails runs once more in a process of its own, as one may spoil all others."""
    try:
        run.command(program, *filters)
    except Failed:
        output = run.printed
        failed = sorted(
            set(re.findall(r"^test (\S+) \.\.\. FAILED", output, re.M))
            | set(re.findall(r"^    (\w+::\S+)$", output, re.M))
        )
        run.numbers |= {"failed_tests": failed, "failed_run_alone": {}}
        for name in failed[:40]:
            try:
                run.command(program, "--exact", name)
                run.numbers["failed_run_alone"][name] = "passes"
            except Failed:
                run.numbers["failed_run_alone"][name] = "fails"
        raise
    finally:
        counts = re.findall(r"(\d+) (passed|failed|ignored|filtered out)", run.commands[0]["output"])
        run.numbers |= {what.replace(" ", "_"): int(number) for number, what in counts}


def kernels(run):
    """NVRTC compiles every kernel, and the headers that dfdx includes while it runs. Needs no card."""
    tests(run, "operations", "nvrtc")
    if not run.numbers.get("passed"):
        raise Failed("expected tests of NVRTC, found none")
    built = json.loads((HERE / "package.json").read_text())
    links = Path(run.machine.need("libraries")["folder"])
    # NVRTC opens it by name, and finds it loaded.
    for builtins in links.glob("libnvrtc-builtins.so.13*"):
        ctypes.CDLL(str(builtins))
    nvrtc = ctypes.CDLL(str(links / "libnvrtc.so.13"))
    program, source = ctypes.c_void_p(), b'#include "cuda_utils.cuh"\n#include "cuda_fp16.h"\n'
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, b"headers.cu", 0, None, None)
    options = [f"--include-path={path}" for path in built["includes"]]
    options.append(f"--gpu-architecture=sm_{built['compute_capability'].replace('.', '')}")
    words = [option.encode() for option in options]
    code = nvrtc.nvrtcCompileProgram(program, len(words), (ctypes.c_char_p * len(words))(*words))
    log = ctypes.create_string_buffer(1 << 16)
    nvrtc.nvrtcGetProgramLog(program, log)
    output = log.value.decode()
    run.commands.append(
        {"command": ["NVRTC", *options], "exit_code": code, "seconds": None, "output": output[-OUTPUT:]}
    )
    if code != 0:
        raise Failed(f"NVRTC does not compile the headers of dfdx: {output.strip()[:300]}")


def operations(run):
    """Every layer, network, training and series of runs on the card: eegenre's own tests."""
    run.machine.need("card")
    tests(run, "operations", "nn::", "models::", "training::", "runs::")


def pytorch(run):
    """The three networks on the card beside values, gradients and weights of PyTorch's, which are in the test."""
    run.machine.need("card")
    tests(run, "pytorch")


def no_driver(run):
    """Without a card: exit code 2, a clear message, nothing written. A library without a card stands for the driver."""
    folder = run.out / "records/no-driver"
    words = ["device cuda:0", "CUDA_ERROR_NO_DEVICE"]
    options = ["--device", "cuda", "--data", run.machine.need("recordings"), "--out", folder]
    run.refused(words, "eegenre", "train", "baseline", *options, environment=run.environment(driver=False))
    if folder.exists():
        raise Failed(f"expected nothing written, found {folder}")


def wrong_card(run):
    """A number that no card has: exit code 2, a clear message, nothing written."""
    number = run.machine.need("card")["cards"]
    folder = run.out / "records/wrong-card"
    options = ["--device", f"cuda:{number}", "--data", run.machine.need("recordings"), "--out", folder]
    run.refused([f"device cuda:{number}", "INVALID_DEVICE"], "eegenre", "train", "baseline", *options)
    if folder.exists():
        raise Failed(f"expected nothing written, found {folder}")


def out_of_memory(run):
    """Another process holds the card's memory: exit code 2 and a clear message; then the training succeeds."""
    run.machine.need("card")
    folder = run.out / "records/out-of-memory"
    shutil.rmtree(folder, ignore_errors=True)
    for left in (64, 768):
        hold = [sys.executable, __file__, "--hold", str(left), "--card", str(run.machine.chosen.card)]
        holder = subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            answer = holder.stdout.readline().strip()
            run.numbers[f"{left}_mib_left"] = answer
            if not answer.startswith("held"):
                raise Failed(f"the card's memory could not be taken: {answer}")
            run.train("multilayer", run.device, folder, 15, 1, exit_code=None)
            run.numbers[f"exit_code_with_{left}_mib"] = run.commands[-1]["exit_code"]
        finally:
            holder.stdin.close()
            holder.wait()
    # The first must fail; whether the second has room depends on the card.
    first, second = (run.numbers[f"exit_code_with_{left}_mib"] for left in (64, 768))
    run.train("multilayer", run.device, folder, 15, 1)
    if first != 2 or second not in (0, 2):
        raise Failed(f"expected exit code 2, found {first} and {second}")


def hold(card, left):
    """Takes all memory of a card but so many MiB, says so, and waits for the end of standard input."""
    driver = ctypes.CDLL("libcuda.so.1")
    device, context, free, total = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_size_t()
    codes = [driver.cuInit(0), driver.cuDeviceGet(ctypes.byref(device), card)]
    codes.append(driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), device))
    codes.append(driver.cuCtxSetCurrent(context))
    codes.append(driver.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total)))
    size, held = 1 << 32, 0
    while not any(codes) and size >= 1 << 20 and free.value > left << 20:
        size = min(size, free.value - (left << 20))
        if driver.cuMemAlloc_v2(ctypes.byref(ctypes.c_uint64()), ctypes.c_size_t(size)) != 0:
            size //= 2
        else:
            held += size
        codes.append(driver.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total)))
    words = f"the driver answers {codes}" if any(codes) else f"held {held >> 20} MiB, {free.value >> 20} left"
    print(words, flush=True)
    sys.stdin.read()


def records_of(folder):
    """The records of a folder, by run."""
    return {
        path.name: json.loads(path.read_text())
        for path in sorted(Path(folder).glob("run-[0-9]*.json"))
        if path.name.count(".") == 1
    }


def accuracy(record):
    confusion = record["final"]["confusion"]
    return sum(row[i] for i, row in enumerate(confusion)) / sum(map(sum, confusion))


def compared(card, cpu):
    """Two series of the same seeds: where they part, and whether test accuracies come from one distribution.

    p is that of the difference of means by 9999 exchanges at random, with a fixed seed.
    """
    import random

    names = sorted(card.keys() & cpu.keys())
    losses = [[records[name]["history"]["training"]["loss"] for name in names] for records in (card, cpu)]
    first = [abs(a[0] - b[0]) / abs(b[0]) for a, b in zip(*losses)]
    last = [statistics.mean(loss[-1] for loss in side) for side in losses]
    series = [[accuracy(record) for record in records.values()] for records in (card, cpu)]
    both, size, rng = sum(series, []), len(series[0]), random.Random(0)
    difference = lambda values: abs(statistics.fmean(values[:size]) - statistics.fmean(values[size:]))
    found, as_far = difference(both), 1
    for _ in range(9999):
        rng.shuffle(both)
        as_far += difference(both) >= found - 1e-12
    named = lambda values: {
        "mean": statistics.mean(values),
        "low": min(values),
        "high": max(values),
        "runs": len(values),
    }
    return {
        "loss_of_first_epoch_relative_difference": max(first, default=None),
        "training_loss_at_the_end": dict(zip(("card", "cpu"), last)),
        "test_accuracy": dict(zip(("card", "cpu"), map(named, series))),
        "p_of_mean_test_accuracy": as_far / 10000,
    }


def train(run, network):
    """A short training on card and CPU from the same seeds; the card's records and weights are read on the CPU."""
    run.machine.need("card")
    folders = {side: run.out / f"records/short/{network}-{side}" for side in ("card", "cpu")}
    for side, device in (("card", run.device), ("cpu", "cpu")):
        shutil.rmtree(folders[side], ignore_errors=True)
        run.train(network, device, folders[side], *SHORT[network])
        run.numbers[f"seconds_{side}"] = run.commands[-1]["seconds"]
    card = records_of(folders["card"])
    run.numbers |= compared(card, records_of(folders["cpu"]))
    # The card's records are read where a CPU computes, and nothing is trained again.
    run.train(network, "cpu", folders["card"], *SHORT[network], "--any-level")
    weights = folders["card"] / "run-00.final.safetensors"
    options = ["--weights", weights, "--data", run.machine.need("recordings"), "--json"]
    answers = json.loads(run.command("eegenre", "predict", *options))["predictions"]
    predicted = {f"{answer['stimulus']}/{answer['participant']}": answer["predicted"] for answer in answers}
    tested = card["run-00.json"]["final"]["predictions"]
    same = sum(predicted[answer["recording"]] == answer["predicted"] for answer in tested)
    run.numbers["answers_alike_on_the_cpu"] = f"{same} of {len(tested)}"
    # One answer may stand on the edge between two labels.
    if same < len(tested) - 1:
        raise Failed(f"{same} of {len(tested)} answers of the card's weights are the same on the CPU")
    if not run.numbers["loss_of_first_epoch_relative_difference"] < 0.01:
        raise Failed("the losses of the first epoch differ by 1 % or more from the CPU's")


def exchange(run, begins, ends):
    """A training is interrupted on one device and goes on, on the other, from its checkpoint."""
    run.machine.need("card")
    folder = run.out / f"records/exchange/{begins}-to-{ends}"
    shutil.rmtree(folder, ignore_errors=True)
    devices = {"card": run.device, "cpu": "cpu"}
    saved = lambda: any(folder.glob("*.checkpoint"))
    size = ("baseline", devices[begins], folder, 2, 400)
    run.train(*size, "--checkpoint", 0, until=saved)
    left = saved()
    # Without --any-level, what another kind of device began is left as it is.
    run.refused(["--any-level"], *train_arguments(run, devices[ends], folder))
    run.train("baseline", devices[ends], folder, 2, 400, "--any-level")
    run.numbers["runs"] = len(records_of(folder))
    if not left or run.numbers["runs"] != 2:
        raise Failed(f"expected a checkpoint and 2 records, found {left} and {run.numbers['runs']}")


def train_arguments(run, device, folder):
    data = run.machine.need("recordings")
    return [
        "eegenre",
        "train",
        "baseline",
        "--data",
        data,
        "--device",
        device,
        "--out",
        folder,
        "--runs",
        2,
        "--epochs",
        400,
    ]


def whole(run, network):
    """The paper's 15 runs of a network, whole, on the card, beside the CPU's records of the published study."""
    run.machine.need("card")
    folder = run.out / f"records/whole/{network}"
    try:
        run.train(network, run.device, folder, None, None)
    finally:
        card, cpu = records_of(folder), records_of(HERE / f"data/records/raw/{network}")
        times = [json.loads(path.read_text()) for path in sorted(folder.glob("run-*.times.json"))]
        run.numbers |= {"runs": len(card), "times": times}
    data = [{record["configuration"]["data"] for record in records.values()} for records in (card, cpu)]
    if data[0] == data[1]:
        run.numbers |= compared(card, cpu)
    else:
        run.numbers["compared"] = "the recordings are not those of the published study"


def epoch_cpu(run):
    """Epochs on the CPU of this machine: one run, then as many side by side as cores. Needs nothing of CUDA."""
    run.numbers["epochs"] = json_lines(run.command("epoch", "--json", environment=dict(os.environ)))


def together(run, network):
    """Epochs on the card: one run alone, and 15 together, with nvidia-smi looking on twice a second."""
    run.machine.need("card")
    fields = ["utilization.gpu", "utilization.memory", "power.draw", "memory.used", "clocks.sm", "temperature.gpu"]
    command = ["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits", "-lms", "500"]
    with tempfile.TemporaryFile("w+") as samples:
        try:
            watching = subprocess.Popen([*command, "-i", str(run.machine.chosen.card)], stdout=samples, stderr=samples)
        except FileNotFoundError:
            watching, run.numbers["nvidia_smi"] = None, {"absent": "no nvidia-smi on PATH"}
        try:
            run.numbers["epochs"] = json_lines(run.command("together", network, "--json", "--device", run.device))
        finally:
            if watching:
                watching.terminate()
                watching.wait()
        samples.seek(0)
        rows = [row for row in csv.reader(samples) if len(row) == len(fields)]
    for column, field in enumerate(fields):
        values = [float(row[column]) for row in rows if re.fullmatch(r"\s*[\d.]+", row[column])]
        if values:
            numbers = {"median": statistics.median(values), "high": max(values), "samples": len(values)}
            run.numbers.setdefault("nvidia_smi", {})[field] = numbers


def peers(run, network):
    """eegenre and PyTorch on the same card, in turn: run after run, padded and packed, and all runs at once."""
    run.machine.need("card")
    run.machine.need("torch")
    options = ["--json", "--device", run.device, "--program", HERE / "bin/together"]
    options += ["--libraries", run.machine.need("libraries")["folder"], network]
    try:
        # PyTorch has libraries of its own.
        command = [run.machine.chosen.python, HERE / "benches/peers/gpu.py", *options]
        run.command(*command, environment=dict(os.environ))
    finally:
        run.numbers["measurements"] = json_lines(run.printed)
    ways = {}
    for answer in run.numbers["measurements"]:
        ways.setdefault(answer["way"], []).append(answer)
    for way, answers in ways.items():
        seconds = [answer["seconds_per_run"] for answer in answers if answer["seconds_per_run"] is not None]
        run.numbers.setdefault("median_seconds_per_run", {})[way] = statistics.median(seconds) if seconds else None
    if left := [
        f"{answer['way']}: {answer['left_out']}" for answer in run.numbers["measurements"] if answer["left_out"]
    ]:
        raise Failed(f"left out, {left[0]}")


def profile(run, network):
    """The share of the card that the kernels of a training reach, 15 runs together, by the profiler ncu."""
    run.machine.need("card")
    metrics = {
        "gpu__time_duration.sum": "microseconds",
        "sm__throughput.avg.pct_of_peak_sustained_elapsed": "percent_of_arithmetic",
        "gpu__compute_memory_throughput.avg.pct_of_peak_sustained_elapsed": "percent_of_memory",
        "sm__warps_active.avg.pct_of_peak_sustained_active": "percent_of_warps",
    }
    folder = run.out / f"records/profile/{network}"
    shutil.rmtree(folder, ignore_errors=True)
    options = [
        "--clock-control",
        "none",
        "--launch-skip",
        300,
        "--launch-count",
        300,
        "--kill",
        "yes",
        "--csv",
        "--page",
        "raw",
    ]
    options += ["--print-units", "base", "--metrics", ",".join(metrics)]
    training = ["train", network, "--data", run.machine.need("recordings"), "--device", run.device, "--out", folder]
    training += ["--runs", 15, "--epochs", 3, "--quiet"]
    output = run.command(run.machine.need("profiler"), *options, HERE / "bin/eegenre", *training, exit_code=None)
    lines = output.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith('"ID"')), None)
    if start is None:
        raise Failed(f"ncu lists no kernels: {run.commands[-1]['output'].strip()[-300:]}")
    kernels = {}
    # The line behind the heading holds units.
    for row in list(csv.DictReader(lines[start:]))[1:]:
        if row.get("gpu__time_duration.sum"):
            values = [float(row[metric].replace(",", "") or 0) for metric in metrics]
            kernels.setdefault(row["Kernel Name"].split("(")[0], []).append(values)
    if not kernels:
        raise Failed("ncu lists no kernels")
    for name, rows in kernels.items():
        # Nanoseconds are the base unit.
        nanoseconds = sum(row[0] for row in rows)
        shares = [sum(row[0] * row[i] for row in rows) / nanoseconds for i in range(1, len(metrics))]
        values = [nanoseconds / 1000, *shares]
        run.numbers[name] = {"launches": len(rows)} | {
            what: round(value, 2) for what, value in zip(metrics.values(), values)
        }


def steps(chosen):
    """Name, limit in seconds, function and its arguments of each step, in order."""
    yield "kernels", 120, kernels, ()
    yield "no-driver", 60, no_driver, ()
    yield "wrong-card", 60, wrong_card, ()
    yield "operations", 540, operations, ()
    yield "pytorch", 240, pytorch, ()
    for network in NETWORKS:
        yield f"train-{network}", 240, train, (network,)
    for network in NETWORKS:
        yield f"together-{network}", 240, together, (network,)
    for network in NETWORKS:
        yield f"peers-{network}", 540, peers, (network,)
    yield "cpu-to-card", 120, exchange, ("cpu", "card")
    yield "card-to-cpu", 120, exchange, ("card", "cpu")
    yield "out-of-memory", 180, out_of_memory, ()
    for network in NETWORKS:
        yield f"profile-{network}", 300, profile, (network,)
    yield "epoch-cpu", 240, epoch_cpu, ()
    if chosen.whole or chosen.only:
        for network in NETWORKS:
            yield f"whole-{network}", 560, whole, (network,)


def measured(machine, name, limit, function, arguments):
    """What a step gave, whatever happened."""
    run = Run(machine, limit)
    began, start = datetime.datetime.now(datetime.timezone.utc), time.monotonic()
    outcome, reason = "done", None
    try:
        if function is not epoch_cpu:
            machine.need("libraries")
        function(run, *arguments)
    except Absent as cause:
        outcome, reason = "absent", str(cause)
    except OutOfTime as cause:
        outcome, reason = "out of time", str(cause)
    except Failed as cause:
        outcome, reason = "failed", str(cause)
    except Exception as cause:  # A step that breaks must not take the others with it.
        outcome, reason = "failed", f"{type(cause).__name__}: {cause}"
    return {
        "step": name,
        "what": " ".join(function.__doc__.split()),
        "outcome": outcome,
        "reason": reason,
        "began": began.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - start, 3),
        "limit_seconds": limit,
        "numbers": run.numbers,
        "commands": run.commands,
    }


def unpack():
    """The programs, as they are run. One that is there already stays."""
    for packed in (HERE / "bin").glob("*.xz"):
        program, aside = packed.with_suffix(""), packed.with_suffix(".aside")
        if not program.exists():
            aside.write_bytes(lzma.decompress(packed.read_bytes()))
            aside.chmod(0o755)
            aside.replace(program)


def write(path, results):
    """Written aside and renamed, so that there is always a whole file."""
    aside = path.with_suffix(".aside")
    aside.write_text(json.dumps(results, indent=1))
    aside.replace(path)


def main():
    parser = argparse.ArgumentParser(description="See the top of this file.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the recordings")
    parser.add_argument(
        "--out", type=Path, default=Path("results"), metavar="DIR", help="folder of results.json and records"
    )
    parser.add_argument("--only", metavar="STEP,...", help="these steps, whatever was done before")
    parser.add_argument("--whole", action="store_true", help="the 45 runs of the paper, too")
    parser.add_argument(
        "--resume", action="store_true", help="leave out steps that are done in the results that are there"
    )
    parser.add_argument("--seconds", type=float, metavar="S", help="end within so many seconds")
    parser.add_argument("--limit", type=float, metavar="S", help="no step takes longer than so many seconds")
    parser.add_argument("--card", type=int, default=0, metavar="N", help="number of the card")
    parser.add_argument("--libraries", type=Path, metavar="DIR", help="folder of the libraries of CUDA 13")
    parser.add_argument("--python", default=sys.executable, metavar="PROGRAM", help="a Python that has PyTorch")
    parser.add_argument("--list", action="store_true", help="print the names of all steps")
    parser.add_argument("--hold", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.hold is not None:
        return hold(chosen.card, chosen.hold)
    wanted = chosen.only.split(",") if chosen.only else None
    known = {step[0]: step for step in steps(argparse.Namespace(whole=True, only=None))}
    if chosen.list:
        print(*known, sep="\n")
        return None
    if unknown := [name for name in wanted or [] if name not in known]:
        parser.error(f"--only: expected names that --list prints, found {unknown[0]}")
    # Programs run in this file's folder.
    for name in ("data", "out", "libraries"):
        if getattr(chosen, name) is not None:
            setattr(chosen, name, getattr(chosen, name).absolute())
    if chosen.data is not None and not chosen.data.is_dir():
        parser.error(f"--data: expected a folder, found none at {chosen.data}")
    os.chdir(HERE)
    start = time.monotonic()
    unpack()
    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / "results.json"
    machine = Machine(chosen)

    def end(*_):
        """What was measured so far is written, and no further step begins."""
        chosen.seconds = 0
        raise OutOfTime("asked to end")

    results = json.loads(path.read_text()) if path.is_file() else {"format": 1, "steps": []}
    results["package"] = json.loads((HERE / "package.json").read_text())
    results["machine"] = machine.described()
    write(path, results)
    chosen_steps = [step for step in steps(chosen) if wanted is None or step[0] in wanted]
    for name, limit, function, arguments in chosen_steps:
        earlier = next((step for step in results["steps"] if step["step"] == name), None)
        if chosen.resume and earlier and earlier["outcome"] == "done":
            continue
        limit = min(limit, chosen.limit or limit)
        left = limit if chosen.seconds is None else chosen.seconds - PATIENCE - (time.monotonic() - start)
        if left < min(limit, 60):
            print(f"{name:20} not reached", flush=True)
            continue
        signal.signal(signal.SIGTERM, end)
        found = measured(machine, name, min(limit, left), function, arguments)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if earlier:
            found["earlier"] = [*earlier.pop("earlier", []), earlier]
            results["steps"].remove(earlier)
        results["steps"].append(found)
        write(path, results)
        print(f"{name:20} {found['outcome']:12} {found['seconds']:8.1f} s  {found['reason'] or ''}", flush=True)
    results["steps"].sort(key=lambda step: list(known).index(step["step"]))
    outcomes = {step["step"]: step["outcome"] for step in results["steps"]}
    outcomes = {step[0]: outcomes.get(step[0], "not reached") for step in chosen_steps}
    results["not_done"] = {name: outcome for name, outcome in outcomes.items() if outcome != "done"}
    write(path, results)
    print(f"{len(chosen_steps) - len(results['not_done'])} of {len(chosen_steps)} steps are done; see {path}")
    return 1 if results["not_done"] else 0


if __name__ == "__main__":
    sys.exit(main())
