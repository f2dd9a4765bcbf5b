"""AdminService: registration, registered entities, and their executions."""

from flyteidl.admin import (
    common_pb2,
    execution_pb2,
    launch_plan_pb2,
    node_execution_pb2,
    project_pb2,
    task_execution_pb2,
    task_pb2,
    version_pb2,
    workflow_pb2,
)
from flyteidl.core import execution_pb2 as core_execution_pb2
from flyteidl.core import types_pb2
from flyteidl.service import admin_pb2_grpc
from google.protobuf import duration_pb2

from flyte.catalogue import DOMAINS, Catalogue
from flyte.executions import Executions
from flyte.refusal import invalid, missing, not_found, require
from flyte.resources import check_resources

VERSION = "v1.16.8"
NAMED = ("project", "domain", "name")
PHASES = core_execution_pb2.WorkflowExecution
TERMINAL = {PHASES.SUCCEEDED, PHASES.FAILED, PHASES.ABORTED, PHASES.TIMED_OUT}


class Admin(admin_pb2_grpc.AdminServiceServicer):
    def __init__(self, options, store, engine, web, proxy):
        self.answer_limit, self.proxy = options.answer_limit, proxy
        self.limits = dict(each.split("=", 1) for each in options.limit)
        self.projects = options.project
        self.tasks, self.workflows, self.launch_plans = (
            Catalogue(kind, options.project) for kind in ("TASK", "WORKFLOW", "LAUNCH_PLAN")
        )
        catalogues = (self.tasks, self.workflows, self.launch_plans)
        self.executions = Executions(catalogues, store, engine, web)

    def CreateTask(self, request, context):
        self.tasks.check_identifier(present(request, "id"))
        template = present(present(request, "spec"), "template", "spec")
        template.id.CopyFrom(request.id)
        check_task(template, self.limits)
        task = task_pb2.Task(id=request.id, short_description=request.spec.description.short_description)
        task.closure.compiled_task.template.CopyFrom(template)
        task.closure.created_at.GetCurrentTime()
        self.tasks.add(request.id, task, template)
        return task_pb2.TaskCreateResponse()

    def GetTask(self, request, context):
        return self.tasks.get(request.id)

    def ListTasks(self, request, context):
        tasks, token = self.tasks.list(request, request.id)
        return task_pb2.TaskList(tasks=tasks, token=token)

    def ListTaskIds(self, request, context):
        return self.list_names(self.tasks, request)

    def CreateWorkflow(self, request, context):
        self.workflows.check_identifier(present(request, "id"))
        template = present(present(request, "spec"), "template", "spec")
        workflow = workflow_pb2.Workflow(id=request.id)
        compiled = workflow.closure.compiled_workflow
        compiled.primary.template.CopyFrom(template)
        compiled.primary.template.id.CopyFrom(request.id)
        for each in request.spec.sub_workflows:
            compiled.sub_workflows.add().template.CopyFrom(each)
        templates = [template, *request.spec.sub_workflows]
        for task in self.tasks_of(templates):
            compiled.tasks.add().template.CopyFrom(task.closure.compiled_task.template)
        for plan in identifiers_of(templates, "workflow_node", "launchplan_ref"):
            self.launch_plans.get(plan)
        for each in [compiled.primary, *compiled.sub_workflows]:
            complete_nodes(each.template)
        content = type(compiled)()
        content.CopyFrom(compiled)
        workflow.closure.created_at.GetCurrentTime()
        self.workflows.add(request.id, workflow, content)
        return workflow_pb2.WorkflowCreateResponse()

    def tasks_of(self, templates):
        """The tasks that workflows refer to, each once."""
        references = identifiers_of(templates, "task_node", "reference_id")
        return {each.id.SerializeToString(): each for each in map(self.tasks.get, references)}.values()

    def GetWorkflow(self, request, context):
        return self.workflows.get(request.id)

    def ListWorkflows(self, request, context):
        workflows, token = self.workflows.list(request, request.id)
        return workflow_pb2.WorkflowList(workflows=workflows, token=token)

    def ListWorkflowIds(self, request, context):
        return self.list_names(self.workflows, request)

    def CreateLaunchPlan(self, request, context):
        self.launch_plans.check_identifier(present(request, "id"))
        spec = present(request, "spec")
        workflow = self.workflows.get(spec.workflow_id)
        interface = workflow.closure.compiled_workflow.primary.template.interface
        check_launch_plan(spec, interface)
        for name, variable in interface.inputs.variables.items():
            if name not in spec.fixed_inputs.literals and name not in spec.default_inputs.parameters:
                parameter = spec.default_inputs.parameters[name]
                parameter.var.CopyFrom(variable)
                parameter.required = True
        check_schedule(spec)
        plan = launch_plan_pb2.LaunchPlan(id=request.id, spec=spec)
        plan.closure.expected_inputs.CopyFrom(spec.default_inputs)
        plan.closure.expected_outputs.CopyFrom(interface.outputs)
        plan.closure.created_at.GetCurrentTime()
        self.launch_plans.add(request.id, plan, spec)
        return launch_plan_pb2.LaunchPlanCreateResponse()

    def GetLaunchPlan(self, request, context):
        return self.launch_plans.get(request.id)

    def ListLaunchPlans(self, request, context):
        plans, token = self.launch_plans.list(request, request.id)
        return launch_plan_pb2.LaunchPlanList(launch_plans=plans, token=token)

    def ListLaunchPlanIds(self, request, context):
        return self.list_names(self.launch_plans, request)

    def UpdateLaunchPlan(self, request, context):
        """Activates or deactivates a version of a plan, of which at most one is active."""
        plan = self.launch_plans.get(request.id)
        if request.state == launch_plan_pb2.ACTIVE:
            for other in self.named(request.id):
                other.closure.state = launch_plan_pb2.INACTIVE
        plan.closure.state = request.state
        return launch_plan_pb2.LaunchPlanUpdateResponse()

    def GetActiveLaunchPlan(self, request, context):
        for plan in self.named(request.id):
            if plan.closure.state == launch_plan_pb2.ACTIVE:
                return plan
        raise not_found("LAUNCH_PLAN", request.id)

    def named(self, identifier):
        """The versions of a launch plan."""
        plans = (plan for plan, _ in list(self.launch_plans.entities.values()))
        return (plan for plan in plans if same_name(plan.id, identifier))

    def list_names(self, catalogue, request):
        names, token = catalogue.list_names(request)
        entities = [common_pb2.NamedEntityIdentifier(project=p, domain=d, name=name) for p, d, name in names]
        return common_pb2.NamedEntityIdentifierList(entities=entities, token=token)

    def ListProjects(self, request, context):
        return project_pb2.Projects(projects=map(project, self.projects))

    def GetProject(self, request, context):
        if request.id not in self.projects:
            raise not_found("project", request.id)
        return project(request.id)

    def GetDomains(self, request, context):
        return project_pb2.GetDomainsResponse(domains=domains())

    def GetVersion(self, request, context):
        version = version_pb2.Version(Build="test", Version=VERSION)
        return version_pb2.GetVersionResponse(control_plane_version=version)

    def CreateExecution(self, request, context):
        return self.executions.create(request)

    def GetExecution(self, request, context):
        return self.executions.get(request.id).message

    def ListExecutions(self, request, context):
        return self.executions.list(request)

    def GetExecutionData(self, request, context):
        data = self.executions.get(request.id).data(execution_pb2.WorkflowExecutionGetDataResponse())
        if self.answer_limit is not None and data.outputs.bytes > self.answer_limit:
            data.ClearField("full_outputs")
            data.outputs.url, _ = self.proxy.sign("download", data.outputs.url, {}, duration_pb2.Duration())
        return data

    def TerminateExecution(self, request, context):
        return self.executions.terminate(request)

    def ListNodeExecutions(self, request, context):
        return self.executions.list_nodes(request)

    def GetNodeExecution(self, request, context):
        return self.executions.node(request.id).message

    def GetNodeExecutionData(self, request, context):
        return self.executions.node(request.id).data(node_execution_pb2.NodeExecutionGetDataResponse())

    def ListTaskExecutions(self, request, context):
        return self.executions.list_attempts(request)

    def GetTaskExecution(self, request, context):
        return self.executions.attempt(request.id).message

    def GetTaskExecutionData(self, request, context):
        return self.executions.attempt(request.id).data(task_execution_pb2.TaskExecutionGetDataResponse())


def check_task(template, limits):
    require(template.type, "type")
    metadata = present(template, "metadata")
    if metadata.HasField("runtime"):
        require(metadata.runtime.version, "runtime version")
    interface = present(template, "interface", "typed interface")
    container = template.container
    if template.WhichOneof("target") == "container":
        require(container.image, "image")
    if template.WhichOneof("target") == "k8s_pod" and not template.k8s_pod.HasField("pod_spec"):
        raise invalid(
            "invalid TaskSpecification, pod tasks should specify their target as a K8sPod with a defined pod spec"
        )
    check_resources(template, limits)
    if template.WhichOneof("target") != "container":
        return
    if (interface.inputs.variables or interface.outputs.variables) and not (container.command or container.args):
        raise invalid(
            "task failed compilation with Collected Errors: 1\n"
            "\tError 0: Code: ValueRequired, Node Id: container, Description: Value required [command].\n"
        )


def nodes_of(nodes):
    """Nodes, and those in branches and maps."""
    for node in nodes:
        yield node
        choice = node.branch_node.if_else
        if node.WhichOneof("target") == "branch_node":
            yield from nodes_of([choice.case.then_node, *(other.then_node for other in choice.other)])
            if choice.HasField("else_node"):
                yield from nodes_of([choice.else_node])
        if node.WhichOneof("target") == "array_node":
            yield from nodes_of([node.array_node.node])


def identifiers_of(templates, target, reference):
    for template in templates:
        for node in nodes_of([*template.nodes, template.failure_node]):
            if node.WhichOneof("target") == target and getattr(node, target).HasField(reference):
                yield getattr(getattr(node, target), reference)


def complete_nodes(template):
    """Completes a workflow's nodes like the compiler."""
    for node in nodes_of(template.nodes):
        node.upstream_node_ids.sort()
    for added in ("start-node", "end-node"):
        template.nodes.add(id=added)


def check_launch_plan(spec, interface):
    inputs = interface.inputs.variables
    for kind, names in (
        ("default_input", spec.default_inputs.parameters),
        ("fixed_input", spec.fixed_inputs.literals),
    ):
        for name in names:
            if name not in inputs:
                raise invalid(f"unexpected {kind} {name}")
    for name, parameter in spec.default_inputs.parameters.items():
        if parameter.WhichOneof("behavior") is None:
            raise invalid(f"Launch plan default_inputs: variable has neither default, nor is required. {name}")
    for notification in spec.entity_metadata.notifications:
        kind = notification.WhichOneof("type")
        if kind is None or not getattr(notification, kind).recipients_email:
            raise invalid("missing recipients_email")
        if not set(notification.phases) <= TERMINAL:
            raise invalid(f"{kind} notification phase is not a terminal phase")
    if len(spec.labels.values) > 16:
        raise invalid(f"Label map exceeds threshold of 16 [{len(spec.labels.values)}]")


def check_schedule(spec):
    if not spec.entity_metadata.HasField("schedule"):
        return
    schedule = spec.entity_metadata.schedule
    kickoff, free = schedule.kickoff_time_input_arg, spec.default_inputs.parameters
    for name, parameter in free.items():
        if parameter.required and name != kickoff:
            raise invalid("Cannot create a launch plan with a schedule if there is an unbound required input")
    if kickoff and (kickoff not in free or free[kickoff].var.type.simple != types_pb2.DATETIME):
        raise invalid(f"KickoffTimeInputArg must reference a datetime input: {kickoff}")


def present(message, field, name=None):
    if not message.HasField(field):
        raise missing(name or field)
    return getattr(message, field)


def same_name(one, other):
    return all(getattr(one, part) == getattr(other, part) for part in NAMED)


def project(name):
    return project_pb2.Project(id=name, name=name, domains=domains())


def domains():
    return [project_pb2.Domain(id=name, name=name) for name in DOMAINS]
