"""Usage: flyte_client.py COMMAND [ARGUMENT …]

Calls of flytekit's own clients to the server in the environment or the configuration. Each command prints JSON:

    task PROJECT DOMAIN NAME VERSION     the task's template, as flytekit has read it
    tasks PROJECT DOMAIN                 [[NAME, VERSION], …], the newest first
    create FILE VERSION                  registers the TaskSpec in a file, with some image
    execute NAME VERSION INPUTS          runs a task to its end: {phase, outputs, error}
    upload FILE                          uploads a file for tasks, and prints its URI
    result NAME                          an existing execution, in the format of `execute`
    terminate NAME                       ends an execution
    start NAME VERSION INPUTS            starts a task, and waits for its process id: {name, process}
    abort NAME VERSION INPUTS            starts a task, then ends it: {phase, cause, process}
"""

import json
import re
import sys
import time
from datetime import timedelta
from pathlib import Path

import requests
from flyteidl.admin.task_pb2 import TaskCreateRequest, TaskSpec
from flytekit.clients.friendly import SynchronousFlyteClient
from flytekit.clients.raw import RawSynchronousFlyteClient
from flytekit.configuration import Config, PlatformConfig
from flytekit.models.admin.common import Sort
from flytekit.models.common import NamedEntityIdentifier
from flytekit.models.core.execution import WorkflowExecutionPhase
from flytekit.models.core.identifier import Identifier, ResourceType
from flytekit.remote import FlyteRemote
from google.protobuf import json_format

PROJECT, DOMAIN = "flytesnacks", "development"
LIMIT = timedelta(seconds=600)


def client():
    return SynchronousFlyteClient(PlatformConfig.auto())


def task(project, domain, name, version):
    found = client().get_task(Identifier(ResourceType.TASK, project, domain, name, version))
    return json_format.MessageToDict(
        found.closure.compiled_task.template.to_flyte_idl(), preserving_proto_field_name=True
    )


def tasks(project, domain):
    newest_first = Sort("created_at", Sort.Direction.DESCENDING)
    scope = NamedEntityIdentifier(project, domain)
    found, token = [], ""
    while True:
        page, token = client().list_tasks_paginated(scope, limit=3, token=token, sort_by=newest_first)
        found += [[each.id.name, each.id.version] for each in page]
        if not token:
            return found


def create(file, version):
    spec = TaskSpec.FromString(Path(file).read_bytes())
    identifier = spec.template.id
    identifier.project, identifier.domain, identifier.version = PROJECT, DOMAIN, version
    spec.template.container.image = "registry/app:1"
    RawSynchronousFlyteClient(PlatformConfig.auto()).create_task(TaskCreateRequest(id=identifier, spec=spec))


def execute(name, version, inputs):
    _, execution = begin(name, version, inputs)
    return result(execution.id.name)


def result(name):
    execution = wait(remote().fetch_execution(name=name))
    error = execution.closure.error
    return {
        "phase": phase(execution),
        "outputs": {name: execution.outputs.get(name) for name in execution.outputs.literals} if not error else {},
        "error": error and [error.code, error.message],
    }


def terminate(name):
    remote().terminate(remote().fetch_execution(name=name), "enough")


def start(name, version, inputs):
    _, execution = begin(name, version, inputs)
    return {"name": execution.id.name, "process": process_of(execution)}


def abort(name, version, inputs):
    _, execution = begin(name, version, inputs)
    process = process_of(execution)
    remote().terminate(execution, "enough")
    execution = wait(execution)
    return {"phase": phase(execution), "cause": execution.closure.abort_metadata.cause, "process": process}


def remote():
    return FlyteRemote(Config.auto(), PROJECT, DOMAIN)


def begin(name, version, inputs):
    task = remote().fetch_task(name=name, version=version)
    return task, remote().execute(task, json.loads(inputs), wait=False)


def wait(execution):
    return remote().wait(execution, timeout=LIMIT, poll_interval=timedelta(milliseconds=200))


def phase(execution):
    return WorkflowExecutionPhase.enum_to_string(execution.closure.phase)


def process_of(execution):
    """The task's process id, when it has printed it."""
    deadline = time.monotonic() + LIMIT.total_seconds()
    while time.monotonic() < deadline:
        for node in client().list_node_executions(execution.id)[0]:
            for attempt in client().list_task_executions_paginated(node.id)[0]:
                # An attempt has no link to its log before its container has started.
                for log in attempt.closure.logs:
                    text = requests.get(log.uri, timeout=10).text
                    said = re.search(r"^process (\d+)$", text, re.MULTILINE)
                    if said:
                        return int(said[1])
        time.sleep(0.1)
    raise SystemExit(f"{execution.id.name} does not print its process id")


def upload(file):
    _, uri = remote().upload_file(Path(file))
    return uri


def main():
    command, *arguments = sys.argv[1:]
    print(json.dumps(COMMANDS[command](*arguments)))


COMMANDS = {each.__name__: each for each in (task, tasks, create, execute, start, abort, upload, result, terminate)}

main()
