"""Usage: flyte_client.py COMMAND [ARGUMENT …]

What flytekit's own clients do at the server that the environment or the configuration names; each
prints JSON:

    task PROJECT DOMAIN NAME VERSION     the task's template, as flytekit has read it
    tasks PROJECT DOMAIN                 [[NAME, VERSION], …], the newest first
    execute NAME VERSION INPUTS          runs a task to its end: {phase, outputs, error}
    upload FILE                          puts a file where tasks can read it; its URI
    refused                              the codes of calls that Flyte refuses
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import grpc
from flyteidl.admin import common_pb2, execution_pb2, task_pb2
from flyteidl.core import identifier_pb2, types_pb2
from flyteidl.service import admin_pb2_grpc, dataproxy_pb2, dataproxy_pb2_grpc
from flytekit.clients.friendly import SynchronousFlyteClient
from flytekit.configuration import Config, PlatformConfig
from flytekit.models.admin.common import Sort
from flytekit.models.core.execution import WorkflowExecutionPhase
from flytekit.models.common import NamedEntityIdentifier
from flytekit.models.core.identifier import Identifier, ResourceType
from flytekit.remote import FlyteRemote
from google.protobuf import json_format

PROJECT, DOMAIN = "flytesnacks", "development"
LIMIT = timedelta(seconds=90)


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


def execute(name, version, inputs):
    remote = FlyteRemote(Config.auto(), PROJECT, DOMAIN)
    entity = remote.fetch_task(name=name, version=version)
    execution = remote.execute(entity, json.loads(inputs), wait=False)
    execution = remote.wait(execution, timeout=LIMIT, poll_interval=timedelta(milliseconds=200))
    error = execution.closure.error
    return {
        "phase": WorkflowExecutionPhase.enum_to_string(execution.closure.phase),
        "outputs": {name: execution.outputs.get(name) for name in entity.interface.outputs} if not error else {},
        "error": error and [error.code, error.message],
    }


def upload(file):
    _, uri = FlyteRemote(Config.auto(), PROJECT, DOMAIN).upload_file(Path(file))
    return uri


def main():
    command, *arguments = sys.argv[1:]
    print(json.dumps(COMMANDS[command](*arguments)))


COMMANDS = {each.__name__: each for each in (task, tasks, execute, upload)}

main()
