"""Usage: flow_packages.py OURS THEIRS

Compares the archives of `package` and of `pyflyte package` for the same workflows and launch plans, as flyteidl
reads them: theirs, changed by the DIFFERENCES, must equal ours. Tasks are compared by `packages.py`.
"""

import sys
import tarfile

from flyteidl.admin.launch_plan_pb2 import LaunchPlan
from flyteidl.admin.task_pb2 import TaskSpec
from flyteidl.admin.workflow_pb2 import WorkflowSpec
from packages import MEMBER, documentation

MESSAGES = {"1": TaskSpec, "2": WorkflowSpec, "3": LaunchPlan}


def upstream(spec):
    """Sorts the ids of upstream nodes, whose order in flytekit changes from run to run. The backend sorts them, too."""
    for template in [spec.template, *spec.sub_workflows]:
        for node in template.nodes:
            node.upstream_node_ids.sort()


def members(path):
    """The members of an archive, by kind and name, and their order."""
    found, order = {}, {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            name = MEMBER.match(member.name)
            key = (name["kind"], name["name"])
            found[key] = MESSAGES[name["kind"]].FromString(archive.extractfile(member).read())
            order[key] = int(name["index"])
    assert sorted(order.values()) == list(range(len(order))), order
    return found, order


def identifiers(message):
    """All identifiers in a message."""
    if message.DESCRIPTOR.full_name == "flyteidl.core.Identifier":
        yield message
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            is_map = field.message_type.GetOptions().map_entry
            many = field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED
            for each in () if is_map else value if many else [value]:
                yield from identifiers(each)


def check_order(found, order):
    """An entity comes after the entities that it refers to, and a workflow's plan directly after it."""
    for (kind, name), place in order.items():
        for identifier in identifiers(found[kind, name]):
            needed = (str(identifier.resource_type), identifier.name)
            is_part = kind == "2" and needed[0] == "2"
            assert needed == (kind, name) or is_part or order[needed] < place, (name, needed)
        if kind == "2":
            assert order["3", name] == place + 1, name


def main():
    (ours, our_order), (theirs, their_order) = map(members, sys.argv[1:])
    check_order(ours, our_order)
    check_order(theirs, their_order)
    assert ours.keys() == theirs.keys(), (ours.keys(), theirs.keys())
    counts = {"2": 0, "3": 0}
    for (kind, name), spec in ours.items():
        expected = theirs[kind, name]
        if kind == "1":
            continue
        if kind == "2":
            documentation(expected)
            upstream(expected)
            upstream(spec)
        assert spec == expected, f"{name} is\n{spec}\nand not\n{expected}"
        counts[kind] += 1
    print(f"{counts['2']} workflows and {counts['3']} launch plans are equal")


if __name__ == "__main__":
    main()
