"""Load on a connector: connector.py CALLERS JOBS WATCHED COMMAND...

Starts a workspace of Databricks (tests/python/databricks_server.py) and the command, a connector server on the port
that replaces PORT in it. CALLERS callers make JOBS jobs each: create, get, delete. Then WATCHED runs are created, and
all are asked for at once. Prints a measurement a line, as `series number`.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import grpc
from flyteidl.admin import agent_pb2
from flyteidl.core.tasks_pb2 import TaskTemplate
from flyteidl.service.agent_pb2_grpc import AsyncAgentServiceStub
from google.protobuf import json_format

SERVER = Path(__file__).parents[3] / "tests/python/databricks_server.py"
TICKS = os.sysconf("SC_CLK_TCK")
CATEGORY = agent_pb2.TaskCategory(name="databricks")
DEADLINE = 600


def main():
    callers, jobs, watched = map(int, sys.argv[1:4])
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        said = folder / "said"
        with said.open("w") as output:
            workspace = subprocess.Popen([sys.executable, SERVER, folder], stdout=output)
        try:
            host = wait_for(lambda: said.read_text().partition("workspace ")[2].strip())
            port = free_port()
            environment = {
                **os.environ,
                "SSL_CERT_FILE": str(folder / "ca.pem"),
                "FLYTE_DATABRICKS_INSTANCE": host,
                "_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN": "dapi-default",
                "FLYTEKIT_LOG": "warn",
            }
            command = [it.replace("PORT", str(port)) for it in sys.argv[4:]]
            with (folder / "log").open("w") as log:
                connector = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            try:
                wait_for(lambda: listens(port))
                asyncio.run(measure(port, connector.pid, callers, jobs, watched))
            finally:
                connector.kill()
                connector.wait()
        finally:
            workspace.terminate()
            workspace.wait()


async def measure(port, process, callers, jobs, watched):
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = AsyncAgentServiceStub(channel)
        await job(stub, "first", [])
        print("idle_bytes", peak(process))
        latencies, before, began = [], cpu(process), time.perf_counter()

        async def caller(number):
            for turn in range(jobs):
                await job(stub, f"{number}-{turn}", latencies)

        await asyncio.gather(*map(caller, range(callers)))
        count = callers * jobs
        print("cpu_seconds", (cpu(process) - before) / count)
        print("wall_seconds", (time.perf_counter() - began) / count)
        print("latency_seconds", statistics.median(latencies))
        metas = []
        for start in range(0, watched, callers):
            names = (f"watched-{number}" for number in range(start, min(start + callers, watched)))
            metas += await asyncio.gather(*(create(stub, name) for name in names))
        before, began = cpu(process), time.perf_counter()
        await asyncio.gather(*(get(stub, meta) for meta in metas))
        print("watch_cpu_seconds", (cpu(process) - before) / max(watched, 1))
        print("watch_wall_seconds", time.perf_counter() - began)
        print("peak_bytes", peak(process))


async def job(stub, name, latencies):
    for call in (lambda: create(stub, name), lambda: get(stub, meta), lambda: delete(stub, meta)):
        began = time.perf_counter()
        answer = await call()
        latencies.append(time.perf_counter() - began)
        meta = answer if isinstance(answer, bytes) else meta


async def create(stub, name):
    template = TaskTemplate(type="databricks")
    template.container.image = "image"
    template.container.args.extend(["pyflyte-execute", "--inputs", "s3://bucket/inputs.pb"])
    json_format.ParseDict({"databricksConf": {"existing_cluster_id": "c"}}, template.custom)
    request = agent_pb2.CreateTaskRequest(template=template)
    identity = request.task_execution_metadata.task_execution_id
    identity.task_id.name, identity.node_execution_id.execution_id.name = "task", name
    return (await stub.CreateTask(request, timeout=DEADLINE)).resource_meta


async def get(stub, meta):
    request = agent_pb2.GetTaskRequest(resource_meta=meta, task_category=CATEGORY)
    return await stub.GetTask(request, timeout=DEADLINE)


async def delete(stub, meta):
    request = agent_pb2.DeleteTaskRequest(resource_meta=meta, task_category=CATEGORY)
    return await stub.DeleteTask(request, timeout=DEADLINE)


def wait_for(found):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.1)
    raise TimeoutError("the servers do not start")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def cpu(process):
    """User's and system's time of a process, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak(process):
    """The largest memory that it had."""
    status = Path(f"/proc/{process}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


main()
