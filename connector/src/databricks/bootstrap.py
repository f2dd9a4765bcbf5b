"""Starts a Rust task on a Databricks cluster, as the Python file of the run.

    bootstrap.py EXECUTABLE execute --inputs … --task NAME

Flyte's connector passes the args of the task's container to this file. It starts the executable with them, and
passes the address of the running driver's JVM, so that the task uses the cluster's Spark. It needs nothing but
Python and PySpark.

The executable is in the cluster's image or on a volume. Files on volumes, in the workspace or on DBFS may not be
executable, so they are copied to the driver's disk first.
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading

# Mounts that do not keep the execute permission of files.
MOUNTS = ("/Volumes/", "/Workspace/", "/dbfs/")

# The time that a task has to write its error when the run is cancelled.
PATIENCE = 15


class TaskFailed(Exception):
    """The error that the run shows."""


def main(arguments):
    if not arguments:
        raise TaskFailed("the run has no parameters: they begin with the path of the task's executable")
    program, *arguments = arguments
    # The connector passes this argument for flytekit's own file of this kind.
    arguments = [it for it in arguments if not it.startswith("--flyte-credential-provider=")]
    with tempfile.TemporaryDirectory(prefix="flytekit-") as folder:
        program = startable(program, folder)
        status = run([program, *arguments], {**os.environ, **spark(), "FLYTE_FAIL_ON_ERROR": "true"})
    if status < 0:
        name = signal.Signals(-status).name
        raise TaskFailed(f"the task's process was ended by {name}: its log is above")
    if status != 0:
        raise TaskFailed(f"the task failed (exit code {status}): its log is above, its error in Flyte")


def startable(program, folder):
    """The path of a program that can be started."""
    if not os.path.isfile(program):
        raise TaskFailed(
            f"there is no executable {program}: put it into the cluster's image, or let the task name its "
            "place on a volume (`executable = \"/Volumes/…\"`)"
        )
    if program.startswith(MOUNTS):
        copy = os.path.join(folder, os.path.basename(program))
        shutil.copyfile(program, copy)
        os.chmod(copy, stat.S_IRWXU)
        return copy
    if not os.access(program, os.X_OK):
        raise TaskFailed(f"{program} is not executable: run `chmod +x` on it where the image is built")
    return program


def spark():
    """The variables by which the executable finds the Spark of the driver."""
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    context = getattr(session, "_sc", None)
    gateway = getattr(context, "_gateway", None)
    if gateway is not None:
        parameters = gateway.gateway_parameters
        return {
            "PYSPARK_GATEWAY_PORT": str(parameters.port),
            "PYSPARK_GATEWAY_SECRET": parameters.auth_token or "",
            "FLYTEKIT_SPARK_CONTEXT": "running",
        }
    if os.environ.get("SPARK_REMOTE", "").startswith("sc://"):
        return {}
    raise TaskFailed(
        "this compute has no driver's JVM that a task in Rust can use; serverless and shared compute have "
        "none: run the task on a cluster in the dedicated access mode (`data_security_mode = SINGLE_USER`)"
    )


def run(command, environment):
    """Runs a program to its end, and forwards its output."""
    # The parameters contain no secrets. The environment contains one, and is not printed.
    print("starting", *command, flush=True)
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise TaskFailed(f"{command[0]} does not start: {error.strerror}") from None
    pipes = ((process.stdout, sys.stdout), (process.stderr, sys.stderr))
    threads = [threading.Thread(target=hand_on, args=pipe, daemon=True) for pipe in pipes]
    for thread in threads:
        thread.start()
    try:
        with told_to_end(process):
            status = process.wait()
    except BaseException:
        end(process)
        process.wait()
        raise
    for thread in threads:
        thread.join(timeout=5)
    return status


def hand_on(pipe, to):
    # Notebooks and runs show the output of `print`, but not that of the process's own descriptors.
    for line in pipe:
        to.write(line.decode(errors="replace"))
        to.flush()


class told_to_end:
    """Passes SIGTERM on to a process."""

    def __init__(self, process):
        self.process = process
        self.before = None

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGTERM, lambda *_: end(self.process))

    def __exit__(self, *_):
        if self.before is not None:
            signal.signal(signal.SIGTERM, self.before)


def end(process):
    """Asks a process to end, and kills it if it does not."""
    process.terminate()
    killer = threading.Timer(PATIENCE, process.kill)
    killer.daemon = True
    killer.start()


if __name__ == "__main__":
    main(sys.argv[1:])
