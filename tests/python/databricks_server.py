"""A workspace of Databricks, its sign-in, and Kubernetes' API server: databricks_server.py FOLDER [--spark SPARK_SUBMIT]

Prints its ports, and writes `ca.pem` and a `kubeconfig` into the folder. It records all requests. Tests set
faults and states over the control port, which is plain HTTP: see `databricks/control.py`.

With --spark, the server looks for the file of a run below `databricks/git`, or below `cluster` in the folder
if it is a file of the workspace, and executes it. Programs of the cluster's image are below `cluster`, too.
"""

import argparse
import asyncio
import signal
from pathlib import Path

from aiohttp import web

from databricks.control import Control
from databricks.faults import Faults
from databricks.jobs import Jobs
from databricks.kubernetes import Kubernetes
from databricks.oauth import OAuth
from flyte.tls import Certificates


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--spark", type=Path)
    options = parser.parse_args()
    faults, oauth, kubernetes = Faults(), OAuth(), Kubernetes()
    jobs = Jobs(oauth, options)
    workspace = web.Application(middlewares=[faults.middleware])
    for part in (jobs, oauth, kubernetes):
        workspace.add_routes(part.routes())
    control = web.Application()
    control.add_routes(Control(faults, jobs, oauth, kubernetes).routes())
    port = await listen(workspace, Certificates(options.folder).context())
    kubernetes.write_config(options.folder, port)
    control_port = await listen(control, None)
    print(f"Databricks listens: control on {control_port}, workspace localhost:{port}", flush=True)
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    await end.wait()
    await jobs.end()


async def listen(application, context):
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    return site._server.sockets[0].getsockname()[1]


asyncio.run(main())
