"""Usage: compiler_cases.py FILE …

Prints the cases of fixtures/compiler in the format of the backend's program: one JSON object per line, with
messages in base64. The format is described beside the cases.
"""

import base64
import json
import sys

from flyteidl.admin import launch_plan_pb2, task_pb2, workflow_pb2
from flyteidl.core import identifier_pb2, tasks_pb2
from google.protobuf import text_format

KINDS = {
    "task_template": identifier_pb2.TASK,
    "task_node": identifier_pb2.TASK,
    "workflow_template": identifier_pb2.WORKFLOW,
    "sub_workflow_ref": identifier_pb2.WORKFLOW,
    "launch_plan": identifier_pb2.LAUNCH_PLAN,
    "launchplan_ref": identifier_pb2.LAUNCH_PLAN,
}
CONTAINER = tasks_pb2.Container(image="i", args=["a"])
LISTS = {"task": "tasks", "bare task": "tasks", "plan": "launch_plans", "error": "errors"}


def cases(path):
    case = None
    for line in open(path):
        word, _, rest = line.rstrip("\n").partition(": ")
        if word == "case":
            if case:
                yield case
            case = {"case": rest, "workflow": workflow_pb2.WorkflowSpec()} | {name: [] for name in LISTS.values()}
        elif word == "rust" and "rust" not in case:
            case["rust"] = rest
        elif word in LISTS:
            case[LISTS[word]].append(read(word, rest))
        elif word in ("workflow", "sub-workflow"):
            add_workflow(case["workflow"], word, rest)
        elif line.strip() and not line.startswith("#"):
            raise SystemExit(f"{path}: {line}: not a line of a case")
    yield case


def read(word, rest):
    if word == "error":
        return rest.split()
    if word == "plan":
        return filled(text_format.Parse(rest, launch_plan_pb2.LaunchPlan()), "launch_plan")
    task = text_format.Parse(rest, task_pb2.TaskSpec())
    if word == "task":
        task.template.type = "python-task"
        task.template.metadata.SetInParent()
        task.template.container.CopyFrom(CONTAINER)
    return filled(task, "task_template")


def add_workflow(spec, word, rest):
    template = spec.template if word == "workflow" else spec.sub_workflows.add()
    text_format.Parse(rest, template)
    filled(template, "workflow_template")


def filled(message, kind):
    """The message, with the common parts of all identifiers filled in."""
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for each in value if field.is_repeated else [value]:
            inner = field.name if field.name in KINDS else kind
            if isinstance(each, identifier_pb2.Identifier):
                each.resource_type = each.resource_type or KINDS[inner]
                each.project, each.domain, each.version = each.project or "P", each.domain or "D", each.version or "V"
            else:
                filled(each, inner)
    return message


def encoded(value):
    if isinstance(value, list):
        return [encoded(each) for each in value]
    return value if isinstance(value, str) else base64.b64encode(value.SerializeToString(deterministic=True)).decode()


def main():
    for path in sys.argv[1:]:
        for case in cases(path):
            print(json.dumps({name: encoded(value) for name, value in case.items()}))


if __name__ == "__main__":
    main()
