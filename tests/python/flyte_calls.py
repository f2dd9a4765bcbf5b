"""Usage: flyte_calls.py ENDPOINT

Makes calls that Flyte refuses, each with one mistake; prints {CALL: "CODE: MESSAGE"} as JSON.
"""

import base64
import hashlib
import json
import sys
import time

import grpc
import requests
from flyteidl.admin import common_pb2, execution_pb2, task_pb2
from flyteidl.core import identifier_pb2, literals_pb2, types_pb2
from flyteidl.service import admin_pb2_grpc, dataproxy_pb2, dataproxy_pb2_grpc
from google.protobuf import duration_pb2

ID = identifier_pb2.Identifier(
    resource_type=identifier_pb2.TASK, project="flytesnacks", domain="development", name="app.add", version="v1"
)
NAMES = common_pb2.NamedEntityIdentifier(project="flytesnacks", domain="development")
LIMIT = 120
CONTENT = b"content"
DIGEST = hashlib.md5(CONTENT).digest()


def good_task():
    request = task_pb2.TaskCreateRequest(id=ID)
    template = request.spec.template
    template.type = "python-task"
    template.metadata.runtime.version = "1"
    template.interface.inputs.variables["left"].type.simple = types_pb2.INTEGER
    optional = template.interface.inputs.variables["right"].type.union_type
    optional.variants.add(simple=types_pb2.INTEGER, structure={"tag": "int"})
    optional.variants.add(simple=types_pb2.NONE, structure={"tag": "none"})
    template.container.image = "registry/app:1"
    template.container.args.append("true")
    return request


TASKS = {
    "no id": lambda request: request.ClearField("id"),
    "id of a workflow": lambda request: setattr(request.id, "resource_type", identifier_pb2.WORKFLOW),
    "no project": lambda request: request.id.ClearField("project"),
    "no domain": lambda request: request.id.ClearField("domain"),
    "no name": lambda request: request.id.ClearField("name"),
    "no version": lambda request: request.id.ClearField("version"),
    "unknown project": lambda request: setattr(request.id, "project", "nowhere"),
    "unknown domain": lambda request: setattr(request.id, "domain", "nowhere"),
    "no spec": lambda request: request.ClearField("spec"),
    "no type": lambda request: request.spec.template.ClearField("type"),
    "no metadata": lambda request: request.spec.template.ClearField("metadata"),
    "no runtime version": lambda request: request.spec.template.metadata.runtime.ClearField("version"),
    "no interface": lambda request: request.spec.template.ClearField("interface"),
    "no image": lambda request: request.spec.template.container.ClearField("image"),
    "no command": lambda request: request.spec.template.container.ClearField("args"),
    "good task": lambda request: None,
    "same task": lambda request: None,
    "other task": lambda request: setattr(request.spec.template.container, "image", "registry/app:2"),
}


def good_execution():
    request = execution_pb2.ExecutionCreateRequest(project=ID.project, domain=ID.domain)
    request.spec.launch_plan.CopyFrom(ID)
    request.inputs.literals["left"].scalar.primitive.integer = 1
    request.inputs.literals["right"].scalar.none_type.SetInParent()
    return request


def set_name(name):
    return lambda request: setattr(request, "name", name)


EXECUTIONS = {
    "unknown task": lambda request: setattr(request.spec.launch_plan, "version", "v2"),
    "input missing": lambda request: request.inputs.literals.pop("right"),
    "input unknown": lambda request: request.inputs.literals["more"].scalar.none_type.SetInParent(),
    "input without a value": lambda request: request.inputs.literals["left"].Clear(),
    "text for a number": lambda request: put_text(request, "left"),
    "text for an optional number": lambda request: put_text(request, "right"),
    "name with a space": set_name("with space"),
    "long name": set_name("a" * 64),
    "no project of an execution": lambda request: request.ClearField("project"),
    "good execution": set_name("once"),
    "same name": set_name("once"),
}


def put_text(request, name):
    request.inputs.literals[name].CopyFrom(
        literals_pb2.Literal(scalar={"primitive": {"string_value": "text"}})
    )


def lists():
    yield "no limit", common_pb2.ResourceListRequest(id=NAMES)
    yield "bad token", common_pb2.ResourceListRequest(id=NAMES, limit=1, token="first")
    yield "bad filter", common_pb2.ResourceListRequest(id=NAMES, limit=1, filters="version=v1")
    yield "good list", common_pb2.ResourceListRequest(id=NAMES, limit=1, filters="eq(version,v1)")


def good_location(**fields):
    return dataproxy_pb2.CreateUploadLocationRequest(
        **{"project": ID.project, "domain": ID.domain, "content_md5": DIGEST, "filename": "file", **fields}
    )


def locations():
    yield "upload to no project", good_location(project="")
    yield "upload of no content", good_location(content_md5=b"")
    yield "upload of tomorrow", good_location(expires_in=duration_pb2.Duration(seconds=86400))


def call(method, request):
    try:
        method(request, timeout=LIMIT)
        return "OK"
    except grpc.RpcError as error:
        return f"{error.code().name}: {error.details()}"


def uploads(proxy):
    def sign(**fields):
        return proxy.CreateUploadLocation(good_location(**fields), timeout=LIMIT).signed_url

    digest = {"Content-MD5": base64.b64encode(DIGEST).decode()}
    soon = sign(expires_in=duration_pb2.Duration(nanos=1))
    time.sleep(0.01)
    yield "signature of nobody", put(sign() + "x", digest)
    yield "signature expired", put(soon, digest)
    yield "upload without a digest", put(sign(), {})
    yield "upload without its header", put(sign(add_content_md5_metadata=True), digest)
    yield "other content", put(sign(), digest, b"other")
    yield "good upload", put(sign(), digest)
    yield "good download", get(proxy, proxy.CreateUploadLocation(good_location(), timeout=LIMIT).native_url)
    yield "download of nothing", get(proxy, "file:///nowhere")


def get(proxy, native_url):
    request = dataproxy_pb2.CreateDownloadLocationRequest(native_url=native_url)
    answer = requests.get(proxy.CreateDownloadLocation(request, timeout=LIMIT).signed_url, timeout=LIMIT)
    return f"{answer.status_code}: {answer.text.strip()}"


def put(url, headers, content=CONTENT):
    answer = requests.put(url, data=content, headers=headers, timeout=LIMIT)
    return f"{answer.status_code}: {answer.text.strip()}"


def ended(admin):
    """The result of an ended execution."""
    identifier = identifier_pb2.WorkflowExecutionIdentifier(project=ID.project, domain=ID.domain, name="once")
    request = execution_pb2.WorkflowExecutionGetRequest(id=identifier)
    deadline = time.monotonic() + LIMIT
    while not admin.GetExecution(request, timeout=LIMIT).closure.HasField("outputs"):
        assert time.monotonic() < deadline, "the execution does not succeed"
        time.sleep(0.05)
    return call(admin.TerminateExecution, execution_pb2.ExecutionTerminateRequest(id=identifier))


def changed(make, change):
    request = make()
    change(request)
    return request


def main():
    channel = grpc.insecure_channel(sys.argv[1])
    admin, proxy = admin_pb2_grpc.AdminServiceStub(channel), dataproxy_pb2_grpc.DataProxyServiceStub(channel)
    told = {"nothing there": call(admin.GetTask, common_pb2.ObjectGetRequest(id=ID))}
    told |= {case: call(admin.CreateTask, changed(good_task, change)) for case, change in TASKS.items()}
    for case, change in EXECUTIONS.items():
        told[case] = call(admin.CreateExecution, changed(good_execution, change))
    told |= {case: call(admin.ListTasks, request) for case, request in lists()}
    told |= {case: call(proxy.CreateUploadLocation, request) for case, request in locations()}
    told |= dict(uploads(proxy))
    told["end of what has ended"] = ended(admin)
    print(json.dumps(told, indent=1))


main()
