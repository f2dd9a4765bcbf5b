"""Flyte's side of a connector, by the official stubs, and flytekit's own connector beside it: connector_client.py ADDRESS

Reads requests from standard input, one JSON object per line, and answers each with a line: see `Calls`. A failure is
{"error": [CODE, DETAILS]}.
"""

import asyncio
import base64
import json
import os
import sys

import grpc
from flyteidl.admin import agent_pb2
from flyteidl.core.literals_pb2 import LiteralMap
from flyteidl.core.tasks_pb2 import TaskTemplate
from flyteidl.service.agent_pb2_grpc import AgentMetadataServiceStub, AsyncAgentServiceStub, SyncAgentServiceStub
from flytekit.models.task import TaskExecutionMetadata as Metadata
from flytekit.models.task import TaskTemplate as Template
from flytekitplugins.spark.connector import DatabricksConnectorV2, DatabricksJobMetadata
from google.protobuf import json_format
from google.protobuf.unknown_fields import UnknownFieldSet
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase


class Calls:
    """One method per value of a request's `call`; the other members are its arguments."""

    def __init__(self, address):
        options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        ca, own = (content(os.environ.get(name)) for name in ("CONNECTOR_CA", "CONNECTOR_CLIENT"))
        if ca:
            credentials = grpc.ssl_channel_credentials(ca, private_key=own, certificate_chain=own)
            self.channel = grpc.secure_channel(address, credentials, options)
        else:
            self.channel = grpc.insecure_channel(address, options)
        self.jobs, self.sync = AsyncAgentServiceStub(self.channel), SyncAgentServiceStub(self.channel)
        self.metadata = AgentMetadataServiceStub(self.channel)

    def create(self, template, execution=None, prefix="", inputs=None, timeout=60):
        request = agent_pb2.CreateTaskRequest(
            template=of_template(template), output_prefix=prefix, inputs=of_inputs(inputs)
        )
        if execution is not None:
            json_format.ParseDict(execution, request.task_execution_metadata)
        return as_text(self.jobs.CreateTask(request, timeout=timeout).resource_meta)

    def get(self, meta, type="databricks", prefix="", older=False, timeout=60):
        request = agent_pb2.GetTaskRequest(resource_meta=meta.encode(), output_prefix=prefix, **category(type, older))
        return json_format.MessageToDict(self.jobs.GetTask(request, timeout=timeout).resource)

    def delete(self, meta, type="databricks", older=False, timeout=60):
        request = agent_pb2.DeleteTaskRequest(resource_meta=meta.encode(), **category(type, older))
        return json_format.MessageToDict(self.jobs.DeleteTask(request, timeout=timeout))

    def logs(self, meta, type="databricks", lines=0, token=""):
        request = agent_pb2.GetTaskLogsRequest(
            resource_meta=meta.encode(), lines=lines, token=token, **category(type, False)
        )
        return [json_format.MessageToDict(it) for it in self.jobs.GetTaskLogs(request, timeout=60)]

    def metrics(self, meta, type="databricks"):
        request = agent_pb2.GetTaskMetricsRequest(resource_meta=meta.encode(), **category(type, False))
        return json_format.MessageToDict(self.jobs.GetTaskMetrics(request, timeout=60))

    def execute(self, template, inputs=None, messages=2):
        header = agent_pb2.CreateRequestHeader(template=of_template(template))
        inputs = agent_pb2.ExecuteTaskSyncRequest(inputs=of_inputs(inputs))
        requests = [agent_pb2.ExecuteTaskSyncRequest(header=header), inputs]
        answers = self.sync.ExecuteTaskSync(iter(requests[:messages]), timeout=60)
        return [json_format.MessageToDict(it) for it in answers]

    def agents(self):
        return json_format.MessageToDict(self.metadata.ListAgents(agent_pb2.ListAgentsRequest()))

    def agent(self, name):
        return json_format.MessageToDict(self.metadata.GetAgent(agent_pb2.GetAgentRequest(name=name)))

    def health(self, service=""):
        stub = health_pb2_grpc.HealthStub(self.channel)
        answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=60)
        return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)

    def reflection(self):
        database = ProtoReflectionDescriptorDatabase(self.channel)
        file = database.FindFileContainingSymbol("flyteidl.service.AsyncAgentService")
        return {"services": sorted(database.get_services()), "file": file.name}

    def flyte2(self, template, execution, secret):
        """Runs a job from its start to its end, with Flyte 2's stubs."""
        from flyteidl2.connector import connector_pb2, service_pb2_grpc

        jobs = service_pb2_grpc.AsyncConnectorServiceStub(self.channel)
        metadata = service_pb2_grpc.ConnectorMetadataServiceStub(self.channel)
        category = connector_pb2.TaskCategory(name="databricks")
        request = connector_pb2.CreateTaskRequest()
        request.template.ParseFromString(base64.b64decode(template))
        json_format.ParseDict(execution, request.task_execution_metadata)
        request.connection.secrets["databricks_token"] = secret
        meta = jobs.CreateTask(request, timeout=60).resource_meta
        get = connector_pb2.GetTaskRequest(resource_meta=meta, task_category=category, connection=request.connection)
        got = jobs.GetTask(get, timeout=60).resource
        delete = connector_pb2.DeleteTaskRequest(
            resource_meta=meta, task_category=category, connection=request.connection
        )
        jobs.DeleteTask(delete, timeout=60)
        listed = metadata.ListConnectors(connector_pb2.ListConnectorsRequest(), timeout=60)
        unknown = sum(len(UnknownFieldSet(it)) for it in (got, *listed.connectors))
        return {
            "meta": as_text(meta),
            "got": json_format.MessageToDict(got),
            "listed": json_format.MessageToDict(listed),
            "unknown": unknown,
        }

    def flytekit_create(self, template, execution=None):
        """The result of flytekit's own connector for the same request."""
        model = Template.from_flyte_idl(of_template(template))
        metadata = agent_pb2.TaskExecutionMetadata()
        json_format.ParseDict(execution or {}, metadata)
        made = asyncio.run(
            DatabricksConnectorV2().create(model, task_execution_metadata=Metadata.from_flyte_idl(metadata))
        )
        return as_text(made.encode())

    def flytekit_get(self, meta):
        resource = asyncio.run(DatabricksConnectorV2().get(DatabricksJobMetadata.decode(meta.encode())))
        return json_format.MessageToDict(asyncio.run(resource.to_flyte_idl()))

    def flytekit_delete(self, meta):
        return asyncio.run(DatabricksConnectorV2().delete(DatabricksJobMetadata.decode(meta.encode())))

    def flytekit_decode(self, meta):
        return vars(DatabricksJobMetadata.decode(meta.encode()))


def content(path):
    """The bytes of a file, if one is named."""
    if path is None:
        return None
    with open(path, "rb") as file:
        return file.read()


def category(type, older):
    return {"task_type": type} if older else {"task_category": agent_pb2.TaskCategory(name=type)}


def of_template(template):
    return TaskTemplate.FromString(base64.b64decode(template))


def of_inputs(inputs):
    return json_format.ParseDict({"literals": inputs or {}}, LiteralMap())


def as_text(meta):
    return meta.decode()


def main():
    calls = Calls(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": getattr(calls, request.pop("call"))(**request)}
        except grpc.RpcError as error:
            answer = {"error": [error.code().name, error.details()]}
        except Exception as error:
            answer = {"error": [type(error).__name__, str(error)]}
        print(json.dumps(answer), file=answers, flush=True)


main()
