"""Executions of launch plans and of single tasks: the engine's events, as admin stores them."""

import re
import secrets
import threading
from dataclasses import dataclass

import grpc
from flyteidl.admin import execution_pb2, node_execution_pb2, task_execution_pb2
from flyteidl.core import execution_pb2 as core
from flyteidl.core import identifier_pb2, interface_pb2, literals_pb2
from flyteidl.event import event_pb2

from flyte.catalogue import check_project, page, sort
from flyte.literals import check_inputs
from flyte.refusal import Refused, invalid, missing, not_found, require
from flyte.stage import Stage
from flyte.web import Reply

NAME = re.compile(r"[a-z][a-z\-0-9]*")
LONGEST_NAME = 63
LETTERS = "bcdfghjklmnpqrstvwxz2456789"
Phase, NodePhase, TaskPhase = core.WorkflowExecution, core.NodeExecution, core.TaskExecution
ENDED = (Phase.SUCCEEDED, Phase.FAILED, Phase.TIMED_OUT, Phase.ABORTED)
ENDING = (*ENDED, Phase.ABORTING)


@dataclass
class Plan:
    """A registered launch plan, and its workflow."""

    plan: object
    workflow: object

    @property
    def id(self):
        return self.plan.id


class Executions:
    """All executions, by identifier, in the order of their creation."""

    def __init__(self, catalogues, store, engine, web):
        self.tasks, self.workflows, self.launch_plans = catalogues
        self.store, self.engine = store, engine
        self.all = {}
        self.lock = threading.Lock()
        web.route("logs", "GET", "/logs", self.log)

    def create(self, request):
        self.check(request)
        entity, fixed, expected = self.entity(request.spec.launch_plan)
        inputs = check_inputs(request.inputs.literals, fixed, expected)
        name = request.name or "a" + "".join(secrets.choice(LETTERS) for _ in range(19))
        identifier = identifier_pb2.WorkflowExecutionIdentifier(
            project=request.project, domain=request.domain, name=name
        )
        inputs = literals_pb2.LiteralMap(literals=inputs)
        execution = Execution(self, identifier, request.spec, entity, request.inputs)
        with self.lock:
            if self.all.setdefault(key(identifier), execution) is not execution:
                raise Refused(grpc.StatusCode.ALREADY_EXISTS, f"value with matching already exists ({name})")
        self.store.put(execution.inputs_uri, inputs.SerializeToString())
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
        """The entity to run, its fixed inputs, and its expected inputs."""
        if reference.resource_type == identifier_pb2.TASK:
            task = self.tasks.get(reference)
            variables = task.closure.compiled_task.template.interface.inputs.variables
            expected = {name: interface_pb2.Parameter(var=each, required=True) for name, each in variables.items()}
            return task, {}, expected
        plan = self.launch_plans.get(reference)
        workflow = self.workflows.get(plan.spec.workflow_id)
        return Plan(plan, workflow), plan.spec.fixed_inputs.literals, plan.closure.expected_inputs.parameters

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
        nodes = list(self.get(request.workflow_execution_id).nodes.values())
        found, token = page([node.message for node in nodes if node.parent == request.unique_parent_id], request)
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
        """The log of a container so far: /logs/PROJECT/DOMAIN/EXECUTION/POD/CONTAINER."""
        *execution, pod, container = request.rest.split("/")
        if tuple(execution) not in self.all or ".." in (pod, container):
            return Reply(404, b"no such container\n")
        log = self.engine.log(execution, pod, container)
        return Reply(200, log.read_bytes() if log.exists() else b"", {"Content-Type": "text/plain"})


class Execution(Stage):
    final = ENDED

    def __init__(self, executions, identifier, spec, entity, given):
        message = execution_pb2.Execution(id=identifier, spec=spec)
        message.closure.workflow_id.CopyFrom(workflow_of(entity))
        store = executions.store
        super().__init__(store, message, f"{store.prefix}/metadata/{'-'.join(key(identifier))}/inputs")
        self.executions, self.entity, self.given = executions, entity, given
        self.nodes = {}
        self.process = None
        self.lock = threading.Lock()
        self.enter(Phase.QUEUED)

    def run(self):
        try:
            with self.lock:
                if self.message.closure.phase in ENDING:
                    return self.enter(Phase.ABORTED)
                self.process, folder = self.executions.engine.start(self)
            for event in self.executions.engine.follow(self.process, folder):
                self.take(event)
        except Exception as error:
            # Otherwise, the failure would not be reported, and clients would wait for ever.
            self.message.closure.error.CopyFrom(core.ExecutionError(code="TestServer", message=str(error)))
            self.enter(Phase.FAILED)
            if self.process:
                self.process.terminate()

    def take(self, event):
        """Passes an event to its execution, node or task."""
        if isinstance(event, event_pb2.WorkflowExecutionEvent):
            with self.lock:
                self.apply(event)
        elif isinstance(event, event_pb2.NodeExecutionEvent):
            node = self.nodes.get(event.id.node_id) or Node(self, event)
            node.apply(event)
            self.nodes[event.id.node_id] = node
        else:
            self.nodes[event.parent_node_execution_id.node_id].take(event)

    def abort(self, cause):
        with self.lock:
            if self.message.closure.phase in ENDED:
                raise Refused(
                    grpc.StatusCode.FAILED_PRECONDITION, "Cannot abort an already terminated workflow execution"
                )
            if not self.message.closure.HasField("abort_metadata"):
                self.message.closure.abort_metadata.cause = cause
                self.enter(Phase.ABORTING)
                if self.process:
                    self.process.terminate()

    def apply(self, event):
        # An aborted execution has run until then, even if its engine still reports events.
        if self.message.closure.phase != Phase.ABORTING or event.phase in ENDED:
            if event.phase == Phase.ABORTED:
                event.ClearField("error")
            super().apply(event)


class Node(Stage):
    final = (NodePhase.SUCCEEDED, NodePhase.FAILED, NodePhase.ABORTED, NodePhase.SKIPPED, NodePhase.TIMED_OUT)

    def __init__(self, execution, event):
        message = node_execution_pb2.NodeExecution(id=event.id, input_uri=event.input_uri)
        message.metadata.spec_node_id = event.spec_node_id
        message.metadata.retry_group = event.retry_group
        super().__init__(execution.store, message, event.input_uri)
        self.parent = event.parent_node_metadata.node_id
        self.attempts = []

    def heard(self, event):
        metadata = self.message.metadata
        metadata.is_parent_node, metadata.is_dynamic = event.is_parent, event.is_dynamic
        metadata.is_array = event.is_array
        self.message.closure.deck_uri = event.deck_uri
        if event.WhichOneof("target_metadata") == "task_node_metadata":
            # The fields that both messages of this name have.
            told, kept = event.task_node_metadata, self.message.closure.task_node_metadata
            kept.cache_status, kept.checkpoint_uri = told.cache_status, told.checkpoint_uri
            kept.catalog_key.CopyFrom(told.catalog_key)

    def take(self, event):
        if event.retry_attempt == len(self.attempts):
            self.attempts.append(Attempt(self, event))
        self.attempts[event.retry_attempt].apply(event)


class Attempt(Stage):
    final = (TaskPhase.SUCCEEDED, TaskPhase.FAILED, TaskPhase.ABORTED)

    def __init__(self, node, event):
        identifier = identifier_pb2.TaskExecutionIdentifier(
            task_id=event.task_id,
            node_execution_id=event.parent_node_execution_id,
            retry_attempt=event.retry_attempt,
        )
        message = task_execution_pb2.TaskExecution(id=identifier, input_uri=event.input_uri)
        message.closure.task_type = event.task_type
        super().__init__(node.store, message, event.input_uri or node.inputs_uri)

    def heard(self, event):
        closure = self.message.closure
        closure.reason = event.reason or closure.reason
        if event.logs:
            del closure.logs[:]
            closure.logs.extend(event.logs)
        if event.metadata.external_resources:
            self.merge(event.metadata.external_resources)

    def merge(self, told):
        """Updates the attempts of a map's elements, or of other resources, and adds new ones."""
        kept = self.message.closure.metadata.external_resources
        known = {(each.index, each.retry_attempt): each for each in kept}
        for each in told:
            before = known.get((each.index, each.retry_attempt))
            if before and not each.logs:
                each.logs.extend(before.logs)
            known[each.index, each.retry_attempt] = each
        resources = [known[place] for place in sorted(known)]
        metadata = event_pb2.TaskExecutionMetadata(external_resources=resources)
        self.message.closure.metadata.CopyFrom(metadata)


def key(identifier):
    return identifier.project, identifier.domain, identifier.name


def check_name(name):
    if len(name) > LONGEST_NAME:
        raise invalid(f"size of name exceeded length {LONGEST_NAME} : {name}")
    if not NAME.fullmatch(name.lower()):
        raise invalid(f"invalid name format: {name}, does not match regex '^{NAME.pattern}$'")


def workflow_of(entity):
    """The id of a launch plan's workflow, or of the workflow that Flyte creates for a single task."""
    if isinstance(entity, Plan):
        return entity.workflow.id
    identifier = identifier_pb2.Identifier()
    identifier.CopyFrom(entity.id)
    identifier.resource_type = identifier_pb2.WORKFLOW
    identifier.name = f".flytegen.{entity.id.name}"
    return identifier
