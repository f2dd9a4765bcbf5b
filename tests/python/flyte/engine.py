"""Runs executions by Flyte's own engine: the program in tests/backend, a process for each."""

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from flyteidl.admin import launch_plan_pb2, task_pb2, workflow_pb2
from flyteidl.event import event_pb2

EVENTS = {
    "workflow": event_pb2.WorkflowExecutionEvent,
    "node": event_pb2.NodeExecutionEvent,
    "task": event_pb2.TaskExecutionEvent,
}
# Settings that containers use: the store, and the folder for the modules that Python has compiled.
SHARED = ("AWS_", "FLYTE_AWS_", "PYTHONPYCACHEPREFIX")
REQUESTS = {"cpu": "100m", "memory": "200Mi"}
PATIENCE = 0.02


class Ended(Exception):
    """The engine ended before its execution."""


class Engine:
    """Starts the program, and ends its processes when the server ends."""

    def __init__(self, options, store, web):
        self.options, self.store, self.web = options, store, web
        self.folder = options.folder / "runs"
        self.folder.mkdir()
        self.running = set()
        self.lock = threading.Lock()

    def start(self, execution):
        """A process that runs an execution, and its folder."""
        identifier = execution.message.id
        folder = self.folder / "-".join((identifier.project, identifier.domain, identifier.name))
        write_closure(folder / "closure", execution.entity)
        (folder / "inputs.pb").write_bytes(execution.given.SerializeToString())
        request = {
            "closure": [str(folder / "closure")],
            "project": identifier.project,
            "domain": identifier.domain,
            "entity": execution.entity.id.name,
            "inputs": str(folder / "inputs.pb"),
            "work": str(folder / "work"),
            "execution": identifier.name,
            "events": str(folder / "events"),
            "images": {"*": self.image()},
            "settings": self.settings(execution.message),
        }
        (folder / "events").touch()
        (folder / "request.json").write_text(json.dumps(request))
        with open(folder / "answer.json", "wb") as answer, open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                [self.options.backend, "run", folder / "request.json"],
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=log,
                start_new_session=True,
            )
        with self.lock:
            self.running.add(process)
        return process, folder

    def image(self):
        """All images have the same content: programs that options name, and those of this Python."""
        environment = {name: value for name, value in os.environ.items() if name.startswith(SHARED)}
        if self.options.python_path:
            environment["PYTHONPATH"] = self.options.python_path
        programs = dict(each.split("=", 1) for each in self.options.program)
        return {
            "programs": {program: [file] for program, file in programs.items()},
            "path": [str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"],
            "environment": environment,
        }

    def settings(self, message):
        spec = message.spec
        identifier = message.id
        place = f"{self.web.url}/logs/{identifier.project}/{identifier.domain}/{identifier.name}"
        logs = {"kubernetes-template-uri": place + "/{{ .podName }}/{{ .containerName }}"}
        prefix = spec.raw_output_data_config.output_location_prefix
        settings = {
            "platform": {"requests": REQUESTS, "limits": dict(each.split("=", 1) for each in self.options.limit)},
            "labels": dict(spec.labels.values),
            "annotations": dict(spec.annotations.values),
            "environment": {pair.key: pair.value for pair in spec.envs.values},
            "service_account": spec.security_context.run_as.k8s_service_account,
            "raw_output_prefix": prefix or self.raw_prefix(),
            "config": {"plugins.logs": logs},
        }
        if spec.HasField("interruptible"):
            settings["interruptible"] = spec.interruptible.value
        if spec.max_parallelism:
            settings["max_parallelism"] = spec.max_parallelism
        return settings

    def raw_prefix(self):
        """The raw-data prefix in the run's own folder, as a path, because flytekit does not read file://."""
        return f"{self.store.prefix}/raw" if self.options.native else ""

    def follow(self, process, folder):
        """The events until the execution has ended."""
        with open(folder / "events") as lines:
            rest = ""
            while True:
                ended = process.poll() is not None
                rest += lines.read()
                *whole, rest = rest.split("\n")
                for line in map(json.loads, whole):
                    yield EVENTS[line["event"]].FromString(base64.b64decode(line["bytes"]))
                if ended:
                    break
                time.sleep(PATIENCE)
        with self.lock:
            self.running.discard(process)
        self.check(process, folder)

    def check(self, process, folder):
        if process.returncode:
            raise Ended((folder / "log").read_text(errors="replace"))
        refused = json.loads((folder / "answer.json").read_text())["refused"]
        if refused:
            raise Ended("\n".join(each["text"] for each in refused))

    def log(self, execution, pod, container):
        """The log file of a container."""
        return self.folder / "-".join(execution) / "work/pods" / pod / container / "log"

    def end(self):
        with self.lock:
            running = list(self.running)
        if not running:
            return
        for _ in range(2):
            # The first signal aborts the execution, the second one ends it with all of its processes.
            for process in running:
                process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        for process in running:
            process.wait()


def write_closure(folder, entity):
    """The files of the entities to run, like those of `pyflyte serialize`."""
    folder.mkdir(parents=True)
    if isinstance(entity, task_pb2.Task):
        return write(folder / "0_1.pb", task_pb2.TaskSpec(template=entity.closure.compiled_task.template))
    compiled = entity.workflow.closure.compiled_workflow
    for number, task in enumerate(compiled.tasks):
        write(folder / f"{number}_1.pb", task_pb2.TaskSpec(template=task.template))
    spec = workflow_pb2.WorkflowSpec(template=compiled.primary.template)
    spec.sub_workflows.extend(each.template for each in compiled.sub_workflows)
    for template in [spec.template, *spec.sub_workflows]:
        # The engine's compiler adds them again.
        written = [node for node in template.nodes if node.id not in ("start-node", "end-node")]
        del template.nodes[:]
        template.nodes.extend(written)
    write(folder / "workflow_2.pb", spec)
    write(folder / "plan_3.pb", launch_plan_pb2.LaunchPlan(id=entity.id, spec=entity.plan.spec))


def write(path, message):
    path.write_bytes(message.SerializeToString())
