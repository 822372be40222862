"""Joins a Jupyter kernel to a pair of pipes.

Each line of standard input is the code of a cell, as JSON text. Each line of standard output is a JSON object with an
"event": "ready" once; then of each cell the kernel's messages ("output": "kind", "content") and its end ("idle"); "dead"
if the kernel is gone. When standard input ends, the kernel and all that it started end too.
"""

import json
import os
import queue
import signal
import sys
import threading

from jupyter_client.manager import KernelManager

READY_SECONDS = float(sys.argv[1])
KINDS = {"stream", "display_data", "execute_result", "error"}
# What a cell wrote last to its error stream may come a moment after its end.
LATE_SECONDS = 0.05


class Dead(Exception):
    pass


def say(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


def end(manager):
    # The kernel leads a process group of its own, and its compilers are in it.
    if manager.provisioner is not None and manager.provisioner.pid is not None:
        try:
            os.killpg(manager.provisioner.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    manager.cleanup_resources()
    os._exit(0)


def read_cells(manager, cells):
    for line in sys.stdin:
        cells.put(json.loads(line))
    end(manager)


def answers(manager, receive, request):
    """The messages of a channel that answer a request."""
    while True:
        try:
            message = receive(timeout=1)
        except queue.Empty:
            if not manager.is_alive():
                raise Dead
            continue
        if message["parent_header"].get("msg_id") == request:
            yield message


def forward(message):
    if message["msg_type"] in KINDS:
        say("output", kind=message["msg_type"], content=message["content"])


def execute(manager, client, code):
    request = client.execute(code, allow_stdin=False)
    for message in answers(manager, client.get_iopub_msg, request):
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            break
        forward(message)
    next(answers(manager, client.get_shell_msg, request))
    try:
        while True:
            message = client.get_iopub_msg(timeout=LATE_SECONDS)
            if message["parent_header"].get("msg_id") == request:
                forward(message)
    except queue.Empty:
        say("idle")


def main():
    # The program at the other ends of the pipes decides what ends. Its death closes them, whatever else it sends; what
    # is ignored would be ignored by the kernel too.
    signal.signal(signal.SIGTERM, lambda *_: None)
    manager = KernelManager(kernel_name="rust")
    manager.start_kernel(stdout=sys.stderr, stderr=sys.stderr)
    cells = queue.Queue()
    threading.Thread(target=read_cells, args=(manager, cells), daemon=True).start()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=READY_SECONDS)
        say("ready")
        while True:
            execute(manager, client, cells.get())
    except (Dead, RuntimeError) as failure:
        print(f"kernel: {failure}", file=sys.stderr)
        say("dead")
        end(manager)


main()
