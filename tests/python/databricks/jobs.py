"""The Jobs API, 2.1 and 2.2: runs, which are submitted, and executed if requested."""

import asyncio
import itertools
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

GIT = Path(__file__).parent / "git"
DRIVER = Path(__file__).parent / "driver.py"


class Jobs:
    def __init__(self, oauth, options):
        self.oauth, self.options = oauth, options
        self.runs, self.tokens, self.numbers = {}, {}, itertools.count(900_000_000_000_001)

    def routes(self):
        for version in ("2.1", "2.2"):
            path = f"/api/{version}/jobs/runs/"
            yield web.post(path + "submit", self.guarded(self.submit))
            yield web.get(path + "get", self.guarded(self.get))
            yield web.get(path + "get-output", self.guarded(self.output))
            yield web.post(path + "cancel", self.guarded(self.cancel))

    def guarded(self, handler):
        async def guarded(request):
            return self.oauth.refusal(request) or await handler(request)

        return guarded

    async def submit(self, request):
        body = await request.json()
        token = body.get("idempotency_token")
        if token is not None and len(token) > 64:
            return refused("INVALID_PARAMETER_VALUE", "idempotency_token has more than 64 characters")
        if not any(name in body for name in ("tasks", "spark_python_task", "notebook_task")):
            return refused("INVALID_PARAMETER_VALUE", "there is no task")
        if token in self.tokens:
            return web.json_response({"run_id": self.tokens[token]})
        run = Run(next(self.numbers), next(self.numbers), body, self.options.folder)
        self.runs[run.run_id] = self.runs[run.task_id] = run
        if token is not None:
            self.tokens[token] = run.run_id
        if self.options.spark:
            run.process = asyncio.create_task(run.goes(self.options.spark))
        return web.json_response({"run_id": run.run_id})

    async def get(self, request):
        run = self.runs.get(int(request.query["run_id"]))
        return gone(request.query["run_id"]) if run is None else web.json_response(run.shown())

    async def output(self, request):
        run = self.runs.get(int(request.query["run_id"]))
        if run is None:
            return gone(request.query["run_id"])
        if int(request.query["run_id"]) == run.run_id:
            return refused("INVALID_PARAMETER_VALUE", "Retrieving the output of runs with multiple tasks is not supported")
        return web.json_response({"metadata": run.shown(), **run.output})

    async def cancel(self, request):
        run_id = (await request.json())["run_id"]
        run = self.runs.get(int(run_id))
        if run is None:
            return gone(run_id)
        await run.cancel()
        return web.json_response({})

    async def end(self):
        for run in self.runs.values():
            await run.cancel()


class Run:
    def __init__(self, run_id, task_id, body, folder):
        self.run_id, self.task_id, self.body, self.folder = run_id, task_id, body, folder
        self.state = {"life_cycle_state": "PENDING", "state_message": "Waiting for cluster"}
        self.output, self.process, self.child = {}, None, None

    def shown(self):
        task = {"run_id": self.task_id, "task_key": "task", "state": self.state}
        shown = {"job_id": 42, "run_id": self.run_id, "run_page_url": "https://there", "tasks": [task]}
        return {**shown, "state": self.state} if self.state else shown

    async def cancel(self):
        if self.child is not None and self.child.returncode is None:
            os.killpg(self.child.pid, signal.SIGKILL)
        if self.state.get("life_cycle_state") not in ("TERMINATED", "INTERNAL_ERROR", "SKIPPED"):
            self.ended("CANCELED", "Run cancelled.")

    def ended(self, result, message):
        self.state = {"life_cycle_state": "TERMINATED", "result_state": result, "state_message": message}

    def on_cluster(self, path):
        """The path on this machine of a file on the cluster."""
        here = self.folder / "cluster" / path.lstrip("/")
        return here if path.startswith("/") and here.exists() else path

    async def goes(self, spark_submit):
        """Like `go`; a run that cannot be started has ended."""
        try:
            await self.go(spark_submit)
        except Exception as error:
            self.output = {"error": repr(error)}
            self.state = {"life_cycle_state": "INTERNAL_ERROR", "result_state": "FAILED", "state_message": repr(error)}

    async def go(self, spark_submit):
        """Starts the file as the driver, with the variables of its cluster or of its environment."""
        task, variables = parts(self.body)
        file = self.on_cluster(task["python_file"]) if task.get("source") == "WORKSPACE" else GIT / task["python_file"]
        program, *parameters = task["parameters"]
        command = [spark_submit, "--master", "local[1]", DRIVER, file, self.on_cluster(program), *parameters]
        environment = {**os.environ, **variables, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
        self.state = {"life_cycle_state": "RUNNING", "state_message": "In run"}
        self.child = await asyncio.create_subprocess_exec(
            *map(str, command),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        out, err = (text.decode(errors="replace") for text in await self.child.communicate())
        self.output = {"logs": out}
        if self.state.get("result_state") == "CANCELED":
            return
        if self.child.returncode == 0:
            self.ended("SUCCESS", "")
        else:
            lines = [line for line in err.splitlines() if " INFO " not in line]
            self.output |= {"error": f"exit code {self.child.returncode}", "error_trace": "\n".join(lines)[-8000:]}
            self.ended("FAILED", "Workload failed, see run output for details")


def parts(body):
    if "tasks" not in body:
        return body["spark_python_task"], body.get("new_cluster", {}).get("spark_env_vars", {})
    task = body["tasks"][0]
    [spec] = [it["spec"] for it in body["environments"] if it["environment_key"] == task["environment_key"]]
    return task["spark_python_task"], spec["environment_vars"]


def refused(code, message, status=400):
    return web.json_response({"error_code": code, "message": message}, status=status)


def gone(run_id):
    return refused("INVALID_PARAMETER_VALUE", f"Run {run_id} does not exist.")
