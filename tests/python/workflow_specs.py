"""Usage: workflow_specs.py TO

Writes flytekit's messages of the workflows in `bodies.py` and `twins.py` into the folder TO: one
flyteidl.admin.WorkflowSpec per file, named like the workflow. The tasks of their maps are in TO/maps, as
flyteidl.admin.TaskSpec, and the launch plans in TO/plans, as flyteidl.admin.LaunchPlan.
"""

import sys
from collections import OrderedDict
from pathlib import Path

import bodies
import twins
from flytekit.core.array_node_map_task import ArrayNodeMapTask
from flytekit.core.launch_plan import LaunchPlan
from flytekit.core.reference_entity import ReferenceEntity
from flytekit.core.workflow import WorkflowBase
from flytekit.tools.translator import get_serializable
from oracle import SETTINGS


def main():
    folder = Path(sys.argv[1])
    for member in [*vars(bodies).values(), *vars(twins).values()]:
        if isinstance(member, ReferenceEntity):
            continue
        if isinstance(member, WorkflowBase):
            entities = OrderedDict()
            write(folder, member, entities)
            for entity in entities:
                if isinstance(entity, ArrayNodeMapTask):
                    write(folder / "maps", entity, entities)
        elif isinstance(member, LaunchPlan):
            write(folder / "plans", member, OrderedDict())


def write(folder, entity, entities):
    folder.mkdir(exist_ok=True)
    message = get_serializable(entities, SETTINGS, entity).to_flyte_idl()
    (folder / f"{entity.name}.pb").write_bytes(message.SerializeToString())


if __name__ == "__main__":
    main()
