"""What Kubernetes does for Flyte: a task's container becomes a process here."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

from flyteidl.core import tasks_pb2

from flyte.literals import shown

VARIABLE = re.compile(r"{{\s*[.$](?P<name>[^}\s]+)\s*}}")
# As much of what a container said as Kubernetes keeps of one that failed.
TAIL = 4096


class Containers:
    """Starts processes in place of containers, and ends them all when the server ends."""

    def __init__(self, options):
        self.programs = dict(each.split("=", 1) for each in options.program)
        self.python_path = options.python_path
        self.folder = options.folder / "containers"
        self.folder.mkdir()
        self.running = set()
        self.lock = threading.Lock()

    def run(self, command, environment, folder, log, cancelled):
        """Runs a process to its end; its exit code.

        `cancelled` is an event; an end of the process is also what follows it.
        """
        folder.mkdir()
        program = self.find(command[0])
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        environment = os.environ | {"PATH": path, "PYTHONPATH": self.python_path or ""} | environment
        with open(log, "wb") as output:
            # A session of its own: all that it starts ends with it.
            child = subprocess.Popen(
                [program, *command[1:]],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        with self.lock:
            self.running.add(child)
        try:
            while True:
                if cancelled.is_set():
                    end(child)
                try:
                    return child.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            with self.lock:
                self.running.discard(child)

    def find(self, program):
        """A file of the image is one here that an option names, or a script of this Python."""
        script = Path(sys.executable).parent / program
        return self.programs.get(program) or str(script if script.exists() else program)

    def end(self):
        with self.lock:
            running = list(self.running)
        for child in running:
            end(child)


def end(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def container_of(template):
    """The container of a task, or the first one of its pod: that whose arguments are the task's."""
    if template.WhichOneof("target") == "container":
        return template.container
    if template.WhichOneof("target") != "k8s_pod":
        raise ValueError(f"a task of type {template.type} without a container is nothing that runs here")
    name = template.k8s_pod.primary_container_name or template.config.get("primary_container_name", "primary")
    for each in template.k8s_pod.pod_spec["containers"]:
        if each["name"] == name:
            return container_of_pod(each)
    raise ValueError(f"the pod has no container {name}")


def container_of_pod(spec):
    spec = {name: spec[name] for name in ("command", "args", "env") if name in spec}
    container = tasks_pb2.Container(command=spec.get("command", []), args=spec.get("args", []))
    for variable in spec.get("env", []):
        container.env.add(key=variable["name"], value=variable["value"] if "value" in variable else "")
    return container


def render(text, variables, inputs):
    """The text with its variables replaced; names in any case."""

    def value(match):
        name = match["name"]
        if name.lower().startswith("inputs."):
            return shown(inputs[name[len("inputs.") :]])
        # What Flyte does not know it leaves alone.
        return variables.get(name.lower(), match[0])

    return VARIABLE.sub(value, text)


def tail(log):
    content = log.read_bytes() if log.exists() else b""
    return content[-TAIL:].decode(errors="replace")
