"""Executions of workflows, or of a task, which is the one node of a workflow that Flyte makes for it."""

import re
import secrets
import threading

import grpc
from flyteidl.admin import execution_pb2, node_execution_pb2, task_execution_pb2
from flyteidl.core import execution_pb2 as core
from flyteidl.core import identifier_pb2, interface_pb2, literals_pb2, workflow_pb2

from flyte.attempt import Attempt, Failed
from flyte.catalogue import check_project, page, sort
from flyte.literals import check_inputs
from flyte.refusal import Refused, invalid, missing, not_found, require
from flyte.stage import Stage
from flyte.web import Reply

NAME = re.compile(r"[a-z][a-z\-0-9]*")
LONGEST_NAME = 63
LETTERS = "bcdfghjklmnpqrstvwxz2456789"
START, END = "start-node", "end-node"
Phase, NodePhase = core.WorkflowExecution, core.NodeExecution
ENDED = (Phase.SUCCEEDED, Phase.FAILED, Phase.TIMED_OUT, Phase.ABORTED)


class Executions:
    """All of them, by identifier, in the order in which they came."""

    def __init__(self, catalogues, store, containers, web):
        self.tasks, self.workflows, self.launch_plans = catalogues
        self.store, self.containers, self.web = store, containers, web
        self.all = {}
        self.lock = threading.Lock()
        web.route("logs", "GET", "/logs", self.log)

    def create(self, request):
        self.check(request)
        workflow, fixed, expected = self.entity(request.spec.launch_plan)
        inputs = check_inputs(request.inputs.literals, fixed, expected)
        name = request.name or "a" + "".join(secrets.choice(LETTERS) for _ in range(19))
        identifier = identifier_pb2.WorkflowExecutionIdentifier(
            project=request.project, domain=request.domain, name=name
        )
        execution = Execution(self, identifier, request.spec, workflow, literals_pb2.LiteralMap(literals=inputs))
        with self.lock:
            if self.all.setdefault(key(identifier), execution) is not execution:
                raise Refused(grpc.StatusCode.ALREADY_EXISTS, f"value with matching already exists ({name})")
        threading.Thread(target=execution.run, daemon=True).start()
        return execution_pb2.ExecutionCreateResponse(id=identifier)

    def check(self, request):
        require(request.project, "project")
        require(request.domain, "domain")
        if request.name:
            check_name(request.name)
        check_project(self.tasks.projects, request.project, request.domain)
        if not request.HasField("spec"):
            raise missing("spec")
        reference = request.spec.launch_plan
        for field in ("project", "domain", "name", "version"):
            require(getattr(reference, field), field)
        if reference.resource_type not in (identifier_pb2.LAUNCH_PLAN, identifier_pb2.TASK):
            kind = identifier_pb2.ResourceType.Name(reference.resource_type)
            raise invalid(f"Invalid reference entity resource type [{kind}], only [map[LAUNCH_PLAN: TASK:]] allowed")
        for name, literal in request.inputs.literals.items():
            if literal.WhichOneof("value") is None:
                raise invalid(f"missing valid literal in inputs {name}")

    def entity(self, reference):
        """What is to run: a workflow's template, the inputs that are fixed, and those that are expected."""
        if reference.resource_type == identifier_pb2.TASK:
            template = self.tasks.get(reference).closure.compiled_task.template
            variables = template.interface.inputs.variables
            expected = {name: interface_pb2.Parameter(var=each, required=True) for name, each in variables.items()}
            return workflow_of(template), {}, expected
        plan = self.launch_plans.get(reference)
        workflow = self.workflows.get(plan.spec.workflow_id).closure.compiled_workflow.primary.template
        return workflow, plan.spec.fixed_inputs.literals, plan.closure.expected_inputs.parameters

    def get(self, identifier):
        try:
            return self.all[key(identifier)]
        except KeyError:
            raise not_found("execution", identifier) from None

    def list(self, request):
        found = [each.message for each in list(self.all.values()) if key(each.message.id)[:2] == key(request.id)[:2]]
        executions, token = page(sort(found, request.sort_by), request)
        return execution_pb2.ExecutionList(executions=executions, token=token)

    def terminate(self, request):
        self.get(request.id).abort(request.cause)
        return execution_pb2.ExecutionTerminateResponse()

    def list_nodes(self, request):
        # No node of this server has nodes of its own.
        nodes = [] if request.unique_parent_id else self.get(request.workflow_execution_id).nodes.values()
        found, token = page([node.message for node in nodes], request)
        return node_execution_pb2.NodeExecutionList(node_executions=found, token=token)

    def node(self, identifier):
        nodes = self.get(identifier.execution_id).nodes
        if identifier.node_id not in nodes:
            raise not_found("node execution", identifier)
        return nodes[identifier.node_id]

    def list_attempts(self, request):
        attempts = self.node(request.node_execution_id).attempts
        found, token = page([attempt.message for attempt in attempts], request)
        return task_execution_pb2.TaskExecutionList(task_executions=found, token=token)

    def attempt(self, identifier):
        attempts = self.node(identifier.node_execution_id).attempts
        if identifier.retry_attempt >= len(attempts):
            raise not_found("task execution", identifier)
        return attempts[identifier.retry_attempt]

    def log(self, request):
        """What an attempt has said so far: /logs/PROJECT/DOMAIN/EXECUTION/NODE/ATTEMPT."""
        *execution, node, attempt = request.rest.split("/")
        try:
            log = self.all[tuple(execution)].nodes[node].attempts[int(attempt)].log
        except (KeyError, IndexError, ValueError):
            return Reply(404, b"no such attempt\n")
        return Reply(200, log.read_bytes() if log.exists() else b"", {"Content-Type": "text/plain"})


class Execution(Stage):
    def __init__(self, executions, identifier, spec, workflow, inputs):
        message = execution_pb2.Execution(id=identifier, spec=spec)
        message.closure.workflow_id.CopyFrom(workflow.id)
        store = executions.store
        self.place = f"{store.prefix}/metadata/{'-'.join(key(identifier))}"
        super().__init__(store, message, inputs, f"{self.place}/inputs")
        self.executions, self.workflow = executions, workflow
        self.nodes = {}
        self.cancelled = threading.Event()
        self.lock = threading.Lock()
        self.enter(Phase.QUEUED)

    def run(self):
        try:
            self.move(Phase.RUNNING)
            outputs = self.run_nodes()
        except Failed as failed:
            if self.cancelled.is_set():
                self.enter(Phase.ABORTED)
            else:
                self.fail(Phase.FAILED, failed.error)
        except Exception as error:
            # Nobody else would learn of it, and clients would wait for ever.
            self.fail(Phase.FAILED, Failed("TestServer", repr(error)).error)
        else:
            uri = f"{self.place}/end-node/data/0/outputs.pb"
            self.store.put(uri, outputs.SerializeToString())
            self.succeed(Phase.SUCCEEDED, outputs, uri)

    def move(self, phase):
        with self.lock:
            if not self.cancelled.is_set():
                self.enter(phase)

    def abort(self, cause):
        with self.lock:
            if self.message.closure.phase in ENDED:
                raise Refused(
                    grpc.StatusCode.FAILED_PRECONDITION, "Cannot abort an already terminated workflow execution"
                )
            self.message.closure.abort_metadata.cause = cause
            self.enter(Phase.ABORTING)
            self.cancelled.set()

    def run_nodes(self):
        """Runs the nodes one after the other; gives the workflow's outputs."""
        # The empty name is the start's in bindings.
        results = {"": self.inputs.literals, START: self.inputs.literals}
        self.add(workflow_pb2.Node(id=START), self.inputs).succeed(NodePhase.SUCCEEDED, self.inputs, "")
        waiting = [node for node in self.workflow.nodes if node.id not in (START, END)]
        while waiting:
            node = next((node for node in waiting if needs(node.inputs) <= results.keys()), None)
            if node is None:
                raise Failed("BadSpecification", f"nodes that wait for each other: {[node.id for node in waiting]}")
            waiting.remove(node)
            inputs = bind(node.inputs, results)
            results[node.id] = self.add(node, inputs).run().literals
        outputs = bind(self.workflow.outputs, results)
        self.add(workflow_pb2.Node(id=END), outputs).succeed(NodePhase.SUCCEEDED, outputs, "")
        return outputs

    def add(self, node, inputs):
        self.nodes[node.id] = Node(self, node, inputs)
        return self.nodes[node.id]


class Node(Stage):
    def __init__(self, execution, node, inputs):
        identifier = identifier_pb2.NodeExecutionIdentifier(node_id=node.id, execution_id=execution.message.id)
        message = node_execution_pb2.NodeExecution(id=identifier)
        message.metadata.spec_node_id = node.id
        self.place = f"{execution.place}/{node.id}/data"
        super().__init__(execution.store, message, inputs, f"{self.place}/inputs.pb")
        message.input_uri = self.inputs_uri
        self.execution, self.node = execution, node
        self.attempts = []
        self.enter(NodePhase.QUEUED)

    def run(self):
        """Attempts it as often as it may be, and gives its outputs."""
        try:
            outputs = self.attempt_all()
        except Failed as failed:
            cancelled = self.execution.cancelled.is_set()
            self.fail(NodePhase.ABORTED if cancelled else NodePhase.FAILED, failed.error)
            raise
        self.succeed(NodePhase.SUCCEEDED, outputs, self.attempts[-1].outputs_uri)
        return outputs

    def attempt_all(self):
        if self.node.WhichOneof("target") != "task_node":
            raise Failed("BadSpecification", f"node {self.node.id} is not one of a task: it does not run here")
        self.enter(NodePhase.RUNNING)
        task = self.execution.executions.tasks.get(self.node.task_node.reference_id)
        template = task.closure.compiled_task.template
        most = template.metadata.retries.retries + 1
        while True:
            attempt = Attempt(self, template, len(self.attempts))
            self.attempts.append(attempt)
            try:
                return attempt.run()
            except Failed as failed:
                if self.execution.cancelled.is_set() or not failed.recoverable:
                    raise
                if len(self.attempts) == most:
                    raise exhausted(failed.error, most) from None


def exhausted(error, most):
    kind = core.ExecutionError.ErrorKind.Name(error.kind)
    message = f"[{most}/{most}] currentAttempt done. Last Error: {kind}::{error.message}"
    return Failed(f"RetriesExhausted|{error.code}", message, kind=error.kind, uri=error.error_uri)


def key(identifier):
    return identifier.project, identifier.domain, identifier.name


def check_name(name):
    if len(name) > LONGEST_NAME:
        raise invalid(f"size of name exceeded length {LONGEST_NAME} : {name}")
    if not NAME.fullmatch(name.lower()):
        raise invalid(f"invalid name format: {name}, does not match regex '^{NAME.pattern}$'")


def workflow_of(template):
    """The workflow that Flyte makes of a task that is to run by itself."""
    # The end of a long name tells more.
    node_id = "".join(letter for letter in template.id.name[-LONGEST_NAME:] if letter.isalnum() or letter == "-")
    workflow = workflow_pb2.WorkflowTemplate(id=template.id, interface=template.interface)
    workflow.id.resource_type = identifier_pb2.WORKFLOW
    workflow.id.name = f".flytegen.{template.id.name}"
    node = workflow.nodes.add(id=node_id)
    node.task_node.reference_id.CopyFrom(template.id)
    node.inputs.extend(promises(template.interface.inputs, ""))
    workflow.outputs.extend(promises(template.interface.outputs, node_id))
    return workflow


def promises(variables, node_id):
    for name in variables.variables:
        promise = {"promise": {"node_id": node_id, "var": name}}
        yield literals_pb2.Binding(var=name, binding=promise)


def needs(bindings):
    """The nodes that bindings wait for."""
    return {promise.node_id for binding in bindings for promise in promises_of(binding.binding)}


def promises_of(data):
    kind = data.WhichOneof("value")
    if kind == "promise":
        yield data.promise
    inner = {"collection": data.collection.bindings, "map": data.map.bindings.values()}
    for each in inner.get(kind, ()):
        yield from promises_of(each)


def bind(bindings, results):
    return literals_pb2.LiteralMap(literals={each.var: literal_of(each.binding, results) for each in bindings})


def literal_of(data, results):
    kind = data.WhichOneof("value")
    if kind == "promise":
        if data.promise.attr_path or data.promise.var not in results[data.promise.node_id]:
            raise Failed("BadSpecification", f"not an output of node {data.promise.node_id}: {data.promise.var}")
        return results[data.promise.node_id][data.promise.var]
    if kind == "collection":
        literals = [literal_of(each, results) for each in data.collection.bindings]
        return literals_pb2.Literal(collection={"literals": literals})
    if kind == "map":
        literals = {name: literal_of(each, results) for name, each in data.map.bindings.items()}
        return literals_pb2.Literal(map={"literals": literals})
    return literals_pb2.Literal(scalar=data.scalar)
