"""Runs beside the job runner: Dask's own client, which frames control.

It connects to the cluster, gives each Dask worker the plugin of `worker.py`, hands calls to the
scheduler, and returns results. It is the last part of the script (see `frames.py`), and starts it.
"""

import asyncio
import collections
import concurrent.futures
import gc
import json
import logging
import os
import platform
import signal
import sys
import threading
import time
import urllib.request
import zlib

try:
    import dask
    import distributed
    from distributed import Client, KilledWorker, LocalCluster
except ImportError as error:
    IMPORT_ERROR = error
else:
    IMPORT_ERROR = None

LARGE_ARGUMENT = 1 << 16
DIRECT_BYTES = 1 << 20
DIRECT_SECONDS = 60
GATHERED_BYTES = 8 << 20
GATHERED_CALLS = 1000
DELIVERERS = 4  # one that waits for a dead worker does not stop the others
DELIVERY_SECONDS = 0.00025  # for each call under way
LATEST_DELIVERY = 0.05
CONNECT_SECONDS = 10
PROBE_SECONDS = 5
SILENCE_SECONDS = 30
PROGRESS_SECONDS = 2
ENDING_SECONDS = 5


class Refused(Exception):
    """The reason why a session does not open: the kind and the message of the frame `refused`."""


class Broken(Exception):
    """The reason why a session cannot go on."""


class JobRunner:
    """The pipes to the Rust program. One thread reads, one writes; the event loop never waits."""

    def __init__(self, stdin, stdout):
        self.stdin = stdin
        self.stdout = stdout
        self.writer = concurrent.futures.ThreadPoolExecutor(1)

    def start_reading(self, loop):
        self.loop = loop
        self.frames = collections.deque()
        self.arrived = asyncio.Event()
        self.told = False
        self.closed = asyncio.Event()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        frame = None
        while frame is None or frame[0].get("op") != "close":
            try:
                frame = read_frame(self.stdin)
            except Exception:
                frame = {"op": "close"}, b""
            self.frames.append(frame)
            if not self.told:  # the loop takes all frames that have arrived
                self.told = True
                self.loop.call_soon_threadsafe(self.arrived.set)
        self.loop.call_soon_threadsafe(self.closed.set)
        time.sleep(ENDING_SECONDS)
        os._exit(1)  # the loop hangs, or the cluster does

    async def next_frames(self):
        await self.arrived.wait()
        self.arrived.clear()
        self.told = False  # before they are taken, so that none is left behind
        frames = []
        while self.frames:
            frames.append(self.frames.popleft())
        return frames

    def send(self, header, body=b""):
        self.writer.submit(self.write_all, [(header, body)])

    def send_all(self, frames):
        return asyncio.wrap_future(self.writer.submit(self.write_all, frames))

    def write_all(self, frames):
        try:
            for header, body in frames:
                write_frame(self.stdout, header, [body])
            self.stdout.flush()
        except OSError:
            pass  # the job runner has ended, which the end of stdin shows, too

    def flush(self):
        self.writer.shutdown(wait=True)


class Call:
    """A call that the job runner has not released."""

    def __init__(self, id, passing):
        self.id = id
        self.passing = passing  # forgotten once its result is delivered
        self.wanted = int(passing)  # the number of requested deliveries of the result
        self.future = None
        self.follower = None
        self.again = None  # how to submit it once more, if a worker has the only copy of its arguments
        self.tries = 1


class Session:
    def __init__(self, job_runner, options):
        self.job_runner = job_runner
        self.options = options
        self.plugin = f"flytekit-{options['run']}"
        self.local = options["address"] is None
        self.cluster = None
        self.client = None
        self.module = None
        self.direct = False
        self.workers: dict[str, int] = {}  # threads by address
        self.prepared: set[str] = set()
        self.calls: dict[int, Call] = {}
        self.collected = []
        self.finished = asyncio.Queue()
        self.average_size = 1024
        self.collecting = asyncio.Lock()
        self.next_delivery = 0
        self.background = set()

    def send(self, op, body=b"", **fields):
        self.job_runner.send({"op": op, **fields}, body)

    def spawn(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return task

    # Opening.

    async def open(self):
        self.started = time.monotonic()
        self.stage, self.late = "Dask's client", "other"
        ticker = self.spawn(self.tell_progress())
        try:
            await asyncio.wait_for(self.open_steps(), self.options["deadline"])
        except asyncio.TimeoutError:
            waited = f"waited {self.options['deadline']:g} s for {self.stage} without success"
            raise Refused(self.late, waited) from None
        except OSError as error:
            raise Refused("no_scheduler", f"the connection broke at {self.stage}: {error}") from None
        finally:
            ticker.cancel()

    async def tell_progress(self):
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            elapsed = time.monotonic() - self.started
            self.send("progress", message=f"waiting for {self.stage}, {elapsed:.0f} s")

    async def open_steps(self):
        address = await self.start_cluster() if self.local else self.options["address"]
        self.stage, self.late = f"the scheduler {address}", "no_scheduler"
        await self.connect(address)
        self.page = self.spawn(self.dashboard())
        await self.wait_for_workers(address)
        reaching = self.spawn(self.reach_workers())
        self.stage, self.late = "the workers' versions", "other"
        await self.check_versions()
        self.stage, self.late = "the workers to try the program out", "program_unusable"
        await self.hand_out_program()
        self.direct = await reaching
        self.client.subscribe_topic("all", self.on_cluster_event)
        self.client.subscribe_topic(self.plugin, self.on_lost_process)

    async def start_cluster(self):
        self.stage = "a local cluster"
        if not (has_pages := wants_pages()):
            close_pages()
        cluster = LocalCluster(
            n_workers=1,
            threads_per_worker=self.options["threads"],
            processes=False,
            asynchronous=True,
            # Dask has web servers in any case. Without an address they would be on all interfaces.
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": has_pages},
            memory_limit=None,
            silence_logs=False,
        )
        for worker in cluster.worker_spec.values():
            worker["options"]["dashboard"] = has_pages
        self.cluster = await cluster
        return self.cluster.scheduler_address

    async def connect(self, address):
        while True:
            client = Client(
                self.cluster or address,
                asynchronous=True,
                set_as_default=False,
                name="flytekit",
                # This applies to each later connection, too, for example to a worker that has just died.
                timeout=CONNECT_SECONDS,
            )
            try:
                self.client = await client
                return
            except OSError:
                await client.close()
            except (ValueError, TypeError) as error:
                raise Refused("no_address", f"{address} is not a Dask address: {error}") from None

    async def wait_for_workers(self, address):
        wanted = self.options["workers"]
        while not self.workers:
            of = f" of {wanted}" if wanted else ""
            self.stage, self.late = f"workers at {address}: 0{of}", "no_workers"
            self.workers = await self.client.nthreads()
            if not self.workers:
                await asyncio.sleep(0.1)

    async def check_versions(self):
        """Compares versions: functions sent by value contain Python's byte code, which differs between versions."""
        versions = await self.client.get_versions(check=False)
        own = python_version(versions["client"])
        others = {"the scheduler": versions["scheduler"], **versions["workers"]}
        for place, facts in others.items():
            if (found := python_version(facts)) not in (own, None):
                message = f"{place} runs Python {found}, the job runner {own}: use the same image for both"
                raise Refused("python_differs", message)

    async def reach_workers(self):
        """Whether results can be fetched from the workers themselves, past the scheduler."""
        if self.local:
            return True
        address = next(iter(self.workers))
        try:
            async with distributed.rpc(address, **self.rpc_options()) as worker:
                await asyncio.wait_for(worker.identity(), PROBE_SECONDS)
            return True
        except (OSError, asyncio.TimeoutError):
            return False

    def rpc_options(self):
        return {"connection_args": self.client.security.get_connection_args("client")}

    async def describe(self):
        self.send(
            "opened",
            scheduler=self.client.scheduler.address,
            dashboard=await self.page,
            distributed=distributed.__version__,
            python=platform.python_version(),
        )
        self.send("workers", workers=self.workers)

    async def dashboard(self):
        """The address of Dask's web page. Without bokeh there is no page, although its port is open."""
        port = self.client.scheduler_info().get("services", {}).get("dashboard")
        if port is None:
            return None
        # Dask derives its link from the scheduler's address, which is not a network address here.
        link = f"http://127.0.0.1:{port}/status" if self.local else self.client.dashboard_link
        shown = asyncio.to_thread(is_shown, link)
        try:
            return link if await asyncio.wait_for(shown, PROBE_SECONDS) else None
        except asyncio.TimeoutError:  # an occasional byte is not a page
            return None

    # The program.

    async def hand_out_program(self):
        own, sha256 = self.options["own"], None
        if not self.local:
            try:
                sha256 = await asyncio.wrap_future(OPENING.sha256)
            except OSError as error:
                raise Refused("other", f"the job runner's program cannot be read: {error}") from None
            own = os.path.realpath(own)
        program = {
            "path": self.options["path"],
            "own": own,
            "distribution": self.options["distribution"],
            "sha256": sha256,
            "version": self.options["version"],
        }
        self.prepared = set(self.workers)
        module = module_name()
        _, _, faults = await asyncio.gather(
            self.register(FlytekitPlugin(self.plugin, module, program)),
            self.client.run_on_scheduler(offer, module),
            self.prepare(self.prepared),
        )
        for address, fault in faults.items():
            kind, reason = fault
            raise Refused(kind, f"the worker {address} cannot run the program: {reason}")
        # From here on, pickle writes only the names of the module's content.
        offer(module)
        self.module = sys.modules[module]

    async def register(self, plugin):
        while True:
            try:
                await self.client.register_plugin(plugin, name=self.plugin)
                return
            except OSError:  # a worker has gone meanwhile
                await asyncio.sleep(0.5)

    async def prepare(self, workers):
        """Tries the program on workers, sends it to those that lack it, and returns the faults."""
        faults = await self.run_on(workers)
        missing = [address for address, fault in faults.items() if fault[0] == "program_missing"]
        if missing:
            data, compressed = await asyncio.to_thread(packed, self.options["own"])
            faults = {address: fault for address, fault in faults.items() if address not in missing}
            faults.update(await self.run_on(missing, data=data, compressed=compressed))
        return faults

    async def run_on(self, workers, **arguments):
        answers = await self.client.run(
            prepare_program, self.plugin, workers=list(workers), on_error="return", **arguments
        )
        faults = {}
        for address, answer in answers.items():
            if isinstance(answer, OSError):
                continue  # the worker has gone meanwhile
            if isinstance(answer, Exception):
                faults[address] = "program_unusable", repr(answer)
            elif answer is not None:
                faults[address] = answer
        return faults

    # The cluster.

    def on_cluster_event(self, event):
        _, message = event
        # A retired worker says goodbye, and its results are copied before: nothing is lost.
        if message.get("action") == "remove-worker" and not message.get("expected"):
            self.send("lost_worker", worker=message["worker"])

    def on_lost_process(self, event):
        _, message = event
        self.send("lost_process", worker=message["worker"], how=message["how"])

    async def watch(self):
        address = self.client.scheduler.address
        heard = time.monotonic()
        while True:
            for _ in range(8):
                if self.client.status != "running":
                    raise Broken(f"the connection to the scheduler {address} was lost")
                await asyncio.sleep(0.25)
            try:
                workers = await asyncio.wait_for(self.client.nthreads(), SILENCE_SECONDS)
            except (OSError, asyncio.TimeoutError):
                if time.monotonic() - heard >= SILENCE_SECONDS:
                    message = f"the scheduler {address} has not answered for {SILENCE_SECONDS} s"
                    raise Broken(message) from None
                continue
            heard = time.monotonic()
            if not self.calls:
                SPARE.clear()
            for address in workers.keys() - self.prepared:
                self.prepared.add(address)
                self.spawn(self.prepare_late(address))
            # Even if nothing has changed: this shows the job runner that the session is alive.
            self.send("workers", workers=workers)

    async def prepare_late(self, address):
        """Prepares a late worker; if it cannot run the program, its calls report that."""
        try:
            await self.prepare([address])
        except OSError:
            self.prepared.discard(address)

    # Calls.

    async def serve(self):
        while True:
            for header, body in await self.job_runner.next_frames():
                op = header["op"]
                if op == "submit":
                    self.collect(header, body)
                    continue
                self.submit_collected()
                if op == "close":
                    return
                call = self.calls.get(header["id"])
                if op == "fetch":
                    self.fetch(call, header["id"])
                elif op == "cancel" and call:
                    await self.client.cancel([call.future], force=True)
                elif op == "release" and call:
                    self.forget(call)
            self.submit_collected()

    def collect(self, header, body):
        """Collects a call; calls that arrive together go to the scheduler in one message."""
        call = Call(header["id"], header["fetch"])
        arguments, offset = [], 0
        for argument in header["arguments"]:
            if "size" in argument:
                end = offset + argument["size"]
                arguments.append(self.inline_argument(memoryview(body)[offset:end]))
                offset = end
                continue
            other = self.calls.get(argument["future"])
            if other is None:
                message = f"an argument is the result of call {argument['future']}, which is released"
                self.send("failed", id=call.id, kind="other", message=message, worker=None)
                return
            if other.future is None:
                self.submit_collected()
            arguments.append(other.future)
        self.calls[call.id] = call
        if self.direct and call.passing and len(body) >= DIRECT_BYTES:
            call.follower = self.spawn(self.submit_directly(call, header, arguments))
        else:
            self.collected.append((call, header, arguments))

    def inline_argument(self, view):
        return self.module.LargeArgument(view) if len(view) >= LARGE_ARGUMENT else bytes(view)

    def submit_collected(self):
        if not self.collected:
            return
        collected, self.collected = self.collected, []
        self.submit(collected)
        for call, _, _ in collected:
            call.follower = self.spawn(self.follow(call))

    async def submit_directly(self, call, header, arguments):
        """Sends large arguments to a worker without the scheduler, which would have to receive and send all
        their bytes. The worker has the only copy. If it is lost, the call is submitted again, and then the
        scheduler keeps the arguments. This is for calls whose results no other call needs."""
        large = [part for part in arguments if isinstance(part, self.module.LargeArgument)]
        scattering = self.client.scatter(large, direct=True, hash=False)
        try:
            placed = iter(await asyncio.wait_for(scattering, DIRECT_SECONDS))
        except Exception:  # whatever the worker's fault is, the scheduler finds another one
            self.submit([(call, header, arguments)])
        else:
            call.again = header, arguments
            places = [next(placed) if part in large else part for part in arguments]
            self.submit([(call, header, places)])
        await self.follow(call)

    def submit(self, collected):
        run = self.options["run"][:8]
        futures = self.client.map(
            self.module.run_call,
            [self.plugin] * len(collected),
            [call_header(header) for _, header, _ in collected],
            [arguments for _, _, arguments in collected],
            # Dask groups its tasks by the first part of their keys.
            key=[
                (f"{header['function']}-{run}", call.id, call.tries)
                for call, header, _ in collected
            ],
            pure=False,
        )
        for (call, _, _), future in zip(collected, futures):
            call.future = future

    async def follow(self, call):
        status = "pending"
        while status in ("pending", "lost"):  # a result may be lost as soon as it exists
            exception = await call.future.exception()
            status = call.future.status
            if status == "cancelled" and call.again and self.client.status == "running":
                again, call.again = call.again, None
                call.tries += 1  # a cancelled key stays cancelled
                self.submit([(call, *again)])
                status = "pending"
        if status == "finished":
            if call.wanted:
                self.finished.put_nowait(call)
            else:
                self.send("done", id=call.id)
        elif status == "error" or self.client.status == "running":
            self.fail(call, exception)

    def fetch(self, call, id):
        if call is None:
            message = f"call {id} is unknown or released"
            self.send("failed", id=id, kind="other", message=message, worker=None)
            return
        call.wanted += 1
        if call.wanted == 1 and call.follower.done():
            call.follower = self.spawn(self.follow(call))

    def fail(self, call, exception):
        fields, record = describe_failure(exception)
        self.send("failed", record, id=call.id, **fields)
        call.wanted = 0

    def forget(self, call):
        self.calls.pop(call.id, None)
        call.follower.cancel()
        if call.future:  # otherwise its arguments are on the way to a worker
            call.future.release()

    async def deliver(self):
        """Fetches results: all that are ready, but not too many bytes at a time."""
        while True:
            async with self.collecting:
                calls = [await self.finished.get()]
                await self.let_more_finish()
                limit = min(GATHERED_CALLS, 1 + GATHERED_BYTES // self.average_size)
                while len(calls) < limit and not self.finished.empty():
                    calls.append(self.finished.get_nowait())
            await self.deliver_all([call for call in calls if self.calls.get(call.id) is call])

    async def let_more_finish(self):
        """Waits if other results were fetched just now: to fetch one small result costs the scheduler, the
        worker and this process nearly as much as to fetch many."""
        if self.average_size < LARGE_ARGUMENT:
            await asyncio.sleep(self.next_delivery - time.monotonic())
            # The more calls are under way, the less the job runner waits for one of them.
            pause = min(DELIVERY_SECONDS * len(self.calls), LATEST_DELIVERY)
            self.next_delivery = time.monotonic() + pause

    async def deliver_all(self, calls):
        futures = {call.id: call.future for call in calls}
        try:
            values = await self.client.gather(futures, errors="skip", direct=self.direct)
        except OSError:  # whether the scheduler is gone or only busy, watch() finds out
            values = {}
            await asyncio.sleep(1)
        frames = []
        for call in calls:
            value = values.get(call.id)
            if value is None:  # lost with its worker, or cancelled
                call.follower = self.spawn(self.follow(call))
                continue
            self.average_size = (7 * self.average_size + len(value)) // 8
            frames += [({"op": "result", "id": call.id}, value)] * call.wanted
            call.wanted = 0
            if call.passing:
                self.forget(call)
        await self.job_runner.send_all(frames)

    # The end.

    async def run(self):
        """Runs until the job runner closes the session or the cluster breaks."""
        duties = [self.spawn(self.serve()), self.spawn(self.watch())]
        duties += [self.spawn(self.deliver()) for _ in range(DELIVERERS)]
        done, _ = await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
        for duty in done:
            try:
                duty.result()
            except OSError as error:
                raise Broken(f"the connection to the scheduler was lost: {error}") from None

    async def close(self):
        for task in list(self.background):
            task.cancel()
        if self.client and self.client.status == "running":
            futures = [call.future for call in self.calls.values() if call.future]
            await self.client.cancel(futures, force=True)
            await self.client.unregister_worker_plugin(self.plugin)
        if self.client:
            await self.client.close()
        if self.cluster:
            await self.cluster.close()


def wants_pages():
    """Whether the user wants Dask's web pages, which everybody on the machine can look at."""
    wish = os.environ.get("FLYTEKIT_DASK_DASHBOARD", "").lower()
    return wish not in ("", "0", "false", "no", "off")


def close_pages():
    """Leaves Dask's web servers without pages."""
    dask.config.set({"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []})


def is_shown(link):
    """Whether a page answers. Requests to a cluster's pages use no proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(link, timeout=2):
            return True
    except (OSError, ValueError):
        return False


def call_header(header):
    return json.dumps({name: header[name] for name in ("function", "count", "batch")})


def describe_failure(exception):
    """The fields of the frame `failed`, and the record of the function's failure."""
    if exception is None:
        return {"kind": "cancelled", "message": "the call was cancelled", "worker": None}, b""
    if isinstance(exception, CallFailed):
        kind, message, worker, record = exception.args
        return {"kind": kind, "message": message, "worker": worker}, record
    if isinstance(exception, KilledWorker):
        message = (
            f"{exception.allowed_failures + 1} Dask workers died while they ran this call, the last "
            f"was {exception.last_worker.address}; the call may need more memory than a worker has"
        )
        fields = {"kind": "killed_worker", "message": message}
        return {**fields, "worker": exception.last_worker.address}, b""
    message = f"{type(exception).__name__}: {exception}"
    return {"kind": "other", "message": message, "worker": None}, b""


def module_name():
    """The name of the module of `offer`, which another version of this script does not share."""
    return f"flytekit_{zlib.crc32(sys.orig_argv[-1].encode()):08x}"


def packed(path):
    with open(path, "rb") as file:
        data = file.read()
    compressed = zlib.compress(data, 1)
    return (compressed, True) if len(compressed) < 0.8 * len(data) else (data, False)


def python_version(facts):
    """The Python version in Dask's facts about a process, such as `3.11`."""
    version = ((facts or {}).get("host") or {}).get("python")
    return ".".join(version.split(".")[:2]) if version else None


def configure():
    dask.config.set(
        {
            # Most arguments travel in the graph: they must outlive the worker that they go to first.
            "distributed.admin.large-graph-warning-threshold": "1 TiB",
            "distributed.worker.profile.enabled": False,
        }
    )
    for module in (distributed.comm.tcp, distributed.protocol.utils):
        # Without NumPy, Dask receives into memory from `bytearray`, which is slow.
        if hasattr(module, "host_array"):
            module.host_array = memory
    logging.disable()  # frames report everything


async def main(job_runner):
    options = OPENING.options
    if options["op"] != "open":
        return 0
    job_runner.start_reading(asyncio.get_running_loop())
    session = Session(job_runner, options)
    opened = False
    code = 0
    try:
        if IMPORT_ERROR:
            raise Refused("no_distributed", missing_distributed())
        if await until_closed(job_runner, session.open()):
            opened = True
            await session.describe()
            await session.run()
    except Broken as broken:
        session.send("broken", message=str(broken))
        return 1  # there is no scheduler to say goodbye to
    except Exception as error:
        report(session, opened, error)
        code = 1
    await close(session)
    return code


async def until_closed(job_runner, coroutine):
    """Whether the session ended before the job runner gave up."""
    task, closed = asyncio.create_task(coroutine), asyncio.create_task(job_runner.closed.wait())
    await asyncio.wait([task, closed], return_when=asyncio.FIRST_COMPLETED)
    closed.cancel()
    if not task.done():
        task.cancel()
        return False
    task.result()
    return True


def report(session, opened, error):
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, Refused):
        session.send("refused", kind=error.args[0], message=error.args[1])
    elif opened:
        session.send("broken", message=message)
    else:
        session.send("refused", kind="other", message=message)


async def close(session):
    try:
        await asyncio.wait_for(session.close(), ENDING_SECONDS - 1)
    except Exception:
        pass  # the process ends anyway, and the cluster releases the results of a lost client


def missing_distributed():
    return (
        f"{sys.executable} (Python {platform.python_version()}) cannot import Dask's client: "
        f"{IMPORT_ERROR}; install it with `{sys.executable} -m pip install distributed`"
    )


def start():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the job runner
    job_runner = JobRunner(OPENING.stdin, OPENING.stdout)
    if not IMPORT_ERROR:
        configure()
    show_unneeded()
    gc.freeze()
    gc.enable()
    code = asyncio.new_event_loop().run_until_complete(main(job_runner))
    watchdog = threading.Timer(ENDING_SECONDS, os._exit, [1])
    watchdog.daemon = True
    watchdog.start()
    job_runner.flush()
    os._exit(code)  # without waiting for the threads of Dask and of the reader


if __name__ == "__main__":
    start()
