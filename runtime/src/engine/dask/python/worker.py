"""Runs on the Dask workers: a plugin that runs the Rust program, and a function for each call.

The workers do not have this script: cloudpickle sends its functions and classes there by value, with
the frames that they use, because they live in `__main__` (see `frames.py`). The plugin runs the same
Rust program as the job runner's, as a child for each thread, and passes it one call at a time.
"""

import asyncio
import collections
import contextlib
import errno
import glob
import hashlib
import json
import os
import pickle
import signal
import subprocess
import tempfile
import threading
import time
import types
import zlib

try:
    from distributed import Reschedule
    from distributed.diagnostics.plugin import WorkerPlugin
    from tornado.ioloop import PeriodicCallback
except ImportError:  # the job runner is told, and none of this runs
    WorkerPlugin = object

HELLO_SECONDS = 30
FETCHING_SECONDS = 60
SHIPPING_SECONDS = 60
IDLE_SECONDS = 300
TRIES = 4


class CallFailed(Exception):
    """The reason why a call failed. The text stays short: Dask truncates exceptions with a long text."""

    def __init__(self, kind, message, worker, record=b""):
        super().__init__(kind, message[:2000], worker, record)

    def __str__(self):
        return self.args[1]

    def __repr__(self):
        return f"{self.args[0]}: {self.args[1]}"


class ProgramFault(Exception):
    """The fault of a worker that cannot run the program: a kind of the frame `refused`, and the reason."""


class LargeArgument:
    """An argument that pickle passes on beside its stream, instead of copying it."""

    __slots__ = ("data",)

    def __init__(self, data):
        self.data = data

    def __reduce_ex__(self, protocol):
        return LargeArgument, (pickle.PickleBuffer(self.data),)

    def __repr__(self):
        return f"{len(self.data)} bytes"


class WorkerProcess:
    """The Rust program as a child of a Dask worker."""

    def __init__(self, path, version, address):
        self.last_lines = collections.deque(maxlen=10)
        self.idle_since = time.monotonic()
        self.process = subprocess.Popen(
            [path, "worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pipesize=PIPE_SIZE,
            # A group of its own, so that its children end with it.
            start_new_session=True,
            env={**os.environ, "FLYTEKIT_DASK_WORKER": address},
        )
        self.stderr_copier = threading.Thread(target=self.copy_stderr, daemon=True)
        self.stderr_copier.start()
        self.expect_hello(version)

    def copy_stderr(self):
        with self.process.stderr as stderr:
            while line := stderr.readline(65536):
                self.last_lines.append(line.decode(errors="replace").rstrip())
                with contextlib.suppress(OSError):  # a pipe that is never emptied stops its writer
                    os.write(2, line)

    def expect_hello(self, version):
        deadline = threading.Timer(HELLO_SECONDS, self.kill)
        deadline.daemon = True
        started = time.monotonic()
        deadline.start()
        try:
            hello, _ = read_frame(self.process.stdout)
        except (EOFError, OSError, ValueError):
            if time.monotonic() - started >= HELLO_SECONDS:
                reason = f"it has not said hello within {HELLO_SECONDS} s"
            else:
                reason = f"it {self.how_it_ended()} before it said hello"
            raise ProgramFault("program_unusable", reason + self.stderr_quoted())
        finally:
            deadline.cancel()
        if hello != {"op": "hello", "version": version}:
            self.end()
            reason = f"it says {json.dumps(hello)[:200]}, but the job runner has version {version}"
            raise ProgramFault("program_unusable", reason)

    def call(self, header, arguments):
        write_frame(self.process.stdin, header, arguments)
        self.process.stdin.flush()
        return read_frame(self.process.stdout)

    def is_alive(self):
        return self.process.poll() is None

    def kill(self):
        """Kills the process, so that the thread that waits for its answer reads the end of the pipe."""
        if self.process.returncode is None:  # otherwise its id may belong to another process
            self.kill_group()

    def kill_group(self):
        # macOS reports a dead group by PermissionError.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self):
        """Ends the process and its children; no other thread may be using it."""
        if self.process.stdout.closed:
            return
        self.kill_group()
        self.process.wait()
        self.process.stdout.close()
        with contextlib.suppress(OSError):  # for the rest of the output
            self.process.stdin.close()

    def how_it_ended(self):
        """The signal or the exit code of the process, after its output has ended."""
        try:
            code = self.process.wait(2)
        except subprocess.TimeoutExpired:
            code = None
        self.end()
        self.stderr_copier.join(2)
        if code is None:
            return "was killed for an improper answer"
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    def stderr_quoted(self):
        lines = "".join(f"\n  {line[:300]}" for line in self.last_lines)
        return f"; the last lines of its stderr:{lines}" if lines else ""


class FlytekitPlugin(WorkerPlugin):
    """The state of a Dask worker for one run: the program, and the processes that run it."""

    def __init__(self, name, module, program):
        self.name = name
        self.module = module
        self.program = program

    def setup(self, worker):
        offer(self.module)
        self.worker = worker
        self.address = worker.address
        self.lock = threading.Lock()
        self.finding = threading.Lock()
        self.received = threading.Event()
        self.path = None
        self.tried_to_fetch = False
        self.idle = []
        self.calls = {}
        self.cancelled = set()
        self.closed = False
        self.clock = PeriodicCallback(self.end_idle, 30_000)
        self.clock.start()
        self.trial = asyncio.get_running_loop().run_in_executor(None, self.prepare)

    def teardown(self, worker):
        self.clock.stop()
        with self.lock:
            self.closed = True
            idle, self.idle = self.idle, []
            for process in self.calls.values():
                process.kill()
        for process in idle:
            process.end()

    def transition(self, key, start, finish, **kwargs):
        """Called in the worker's event loop. An abandoned running task goes to `released`;
        Dask itself lets its thread go on until the function returns."""
        if start in ("executing", "long-running") and finish == "released":
            with self.lock:
                self.cancelled.add(key)
                if process := self.calls.get(key):
                    process.kill()
        elif start == "cancelled":
            with self.lock:
                self.cancelled.discard(key)

    def end_idle(self):
        limit = time.monotonic() - IDLE_SECONDS
        with self.lock:
            old = [process for process in self.idle if process.idle_since < limit]
            self.idle = [process for process in self.idle if process.idle_since >= limit]
            if not self.idle and not self.calls:
                SPARE.clear()
        for process in old:
            process.end()

    # The program.

    def find(self):
        """The path of the program, which has the same bytes as the job runner's."""
        with self.finding:
            if self.path is None:
                self.path = self.search()
            return self.path

    def search(self):
        expected = self.program["sha256"]
        if expected is None:  # the worker runs in the job runner's own Python process
            return self.program["own"]
        path = self.program["path"]
        try:
            found = sha256_of(path) if os.path.exists(path) else None
        except OSError as error:
            raise ProgramFault("program_unusable", f"it cannot be read: {error}")
        differs = found not in (None, expected)
        if differs and not self.program["distribution"]:
            raise ProgramFault(
                "program_differs",
                f"{path} is another program there: its SHA-256 begins with {found[:12]}, but the "
                f"job runner's begins with {expected[:12]}; give the job runner, the scheduler and "
                "the workers the same image",
            )
        if differs:
            self.fetch()
        for candidate in (path, self.shipped(), *self.fetched(), self.program["own"]):
            try:
                if sha256_of(candidate) == expected:
                    return candidate
            except OSError:
                continue
        raise ProgramFault("program_missing", f"there is no {path}")

    def fetch(self):
        """Fetches the program like the job runner: the image has an older one, or one that only
        fetches. If that fails, the job runner sends it."""
        if self.tried_to_fetch:
            return
        self.tried_to_fetch = True
        path, uri = self.program["path"], self.program["distribution"]
        command = [path, "fast-execute", "--additional-distribution", uri]
        # A fetched program must print its usage.
        command += ["--dest-dir", self.fetching_folder(), "--", path, "help"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        try:
            subprocess.run(command, **quiet, timeout=FETCHING_SECONDS, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            # The error's text has the URI, which may be signed.
            line = f"{path} does not fetch the program ({type(error).__name__}): it will be sent\n"
            with contextlib.suppress(OSError):
                os.write(2, line.encode(errors="replace"))

    def fetching_folder(self):
        name = f"flytekit-{self.program['sha256'][:16]}-fetched"
        return os.path.join(self.worker.local_directory, name)

    def fetched(self):
        pattern = os.path.join(glob.escape(self.fetching_folder()), "**", "flytekit-app")
        return glob.glob(pattern, recursive=True)

    def shipped(self):
        return os.path.join(self.worker.local_directory, f"flytekit-{self.program['sha256'][:16]}")

    def receive(self, data, compressed):
        """Receives the program's bytes, if there is no file of it."""
        data = zlib.decompress(data) if compressed else data
        found = hashlib.sha256(data).hexdigest()
        if found != self.program["sha256"]:
            raise ProgramFault("program_unusable", f"it arrived damaged, with SHA-256 {found[:12]}")
        # Another worker process of this run may execute the file: it is replaced, never written to.
        descriptor, part = tempfile.mkstemp(prefix="flytekit-", dir=self.worker.local_directory)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
            os.chmod(part, 0o700)
            os.replace(part, self.shipped())
        except OSError:
            os.unlink(part)
            raise

    def prepare(self, data=None, compressed=False):
        """Tries the program. Returns None, or the kind of the fault and its description."""
        try:
            if data is not None:
                self.receive(data, compressed)
            self.keep(self.start())
        except ProgramFault as fault:
            return fault.args
        except OSError as error:
            return "program_unusable", str(error)
        self.received.set()
        return None

    def find_or_wait(self, key):
        """The job runner sends the program to a worker that joins late: the first calls wait."""
        deadline = time.monotonic() + SHIPPING_SECONDS
        while True:
            try:
                return self.find()
            except ProgramFault as fault:
                if fault.args[0] != "program_missing" or time.monotonic() > deadline:
                    raise
            self.received.wait(1)
            self.stop_if_cancelled(key)

    # The processes.

    def start(self):
        path = self.find()
        for pause in (0.1, 0.3, 1, None):
            try:
                return WorkerProcess(path, self.program["version"], self.address)
            except OSError as error:
                # A process that another thread is just starting holds the file open to write it.
                if error.errno != errno.ETXTBSY or pause is None:
                    raise ProgramFault("program_unusable", f"{path} does not start: {error}")
            time.sleep(pause)

    def take(self, key):
        self.find_or_wait(key)
        with self.lock:
            process = self.idle.pop() if self.idle else None
        if process and not process.is_alive():
            process.end()
            process = None
        process = process or self.start()
        with self.lock:
            self.calls[key] = process
        try:
            # A cancellation after this sees the process.
            self.stop_if_cancelled(key)
        except Reschedule:
            self.drop(key, process)
            raise
        return process

    def keep(self, process):
        process.idle_since = time.monotonic()
        with self.lock:
            if not self.closed:
                self.idle.append(process)
                return
        process.end()

    def give_back(self, key, process):
        with self.lock:
            self.calls.pop(key, None)
            killed = key in self.cancelled
        if killed:
            process.end()
        else:
            self.keep(process)

    def drop(self, key, process):
        with self.lock:
            self.calls.pop(key, None)
        process.end()

    def stop_if_cancelled(self, key):
        with self.lock:
            if self.closed or key in self.cancelled:
                # Dask ignores the outcome of a cancelled task. If it wants the task again by then, it runs
                # the task anew.
                raise Reschedule()

    # The calls.

    def call(self, key, header, arguments):
        # The class of large arguments may be that of an earlier run; bytes have no attribute `data`.
        parts = [getattr(part, "data", part) for part in arguments]
        header = {"op": "call", **json.loads(header), "arguments": [len(part) for part in parts]}
        for tries in range(1, TRIES + 1):
            try:
                process = self.take(key)
            except ProgramFault as fault:
                message = f"the worker {self.address} cannot run the program: {fault.args[1]}"
                raise CallFailed("program", message, self.address) from None
            try:
                reply, body = process.call(header, parts)
            except (EOFError, OSError, ValueError):
                how = process.how_it_ended()
                self.drop(key, process)
                self.stop_if_cancelled(key)
                if tries < TRIES:
                    self.tell_lost_process(how)
                    time.sleep(tries * 0.2)
            except BaseException:  # the answer does not fit into the memory
                self.drop(key, process)
                raise
            else:
                self.give_back(key, process)
                return self.value_of(reply, body)
        message = f"the worker process {how}, {TRIES} times in a row, on the worker {self.address}"
        raise CallFailed("crashed", message + process.stderr_quoted(), self.address)

    def tell_lost_process(self, how):
        self.worker.log_event(self.name, {"worker": self.address, "how": how})

    def value_of(self, reply, body):
        if reply["op"] == "ok":
            return body
        raise CallFailed("function", reply["summary"], self.address, bytes(body))


async def prepare_program(name, dask_worker, data=None, compressed=False):
    """Runs on a Dask worker, by `Client.run`: returns how the trial of the program ended, or makes another
    trial with these bytes of the program."""
    deadline = time.monotonic() + 10
    while name not in dask_worker.plugins:  # the plugin is on its way
        if time.monotonic() > deadline:
            return "other", "the worker has not taken the plugin of this run"
        await asyncio.sleep(0.005)
    plugin = dask_worker.plugins[name]
    if data is None:
        return await asyncio.shield(plugin.trial)
    return await asyncio.to_thread(plugin.prepare, data, compressed)


def run_call(plugin, header, arguments):
    """The function of every Dask task."""
    from distributed import Reschedule, get_worker

    worker = get_worker()
    if plugin not in worker.plugins:  # it is closing
        raise Reschedule()
    return worker.plugins[plugin].call(worker.get_current_task(), header, arguments)


def offer(name):
    """Gives this process a module with the function and the class that are pickled with each call. Pickle
    writes only their names, because a module has them. The scheduler and the worker would otherwise unpickle
    code and a class for each call, and the scheduler would pickle them again. A later run finds the module
    there."""
    if name in sys.modules:
        return
    module = types.ModuleType(name)
    for each in (run_call, LargeArgument):
        each.__module__ = name
        setattr(module, each.__name__, each)
    sys.modules[name] = module
