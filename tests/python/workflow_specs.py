"""Usage: workflow_specs.py TO

Writes flytekit's messages of the workflows in `bodies.py` and `twins.py` into the folder TO: one
flyteidl.admin.WorkflowSpec per file, named like the workflow. The tasks of their maps are in TO/maps, as
flyteidl.admin.TaskSpec.
"""

import sys
from collections import OrderedDict
from pathlib import Path

import bodies
import twins
from flytekit.core.array_node_map_task import ArrayNodeMapTask
from flytekit.core.reference_entity import ReferenceEntity
from flytekit.core.workflow import WorkflowBase
from flytekit.tools.translator import get_serializable
from oracle import SETTINGS


def main():
    folder = Path(sys.argv[1])
    for member in [*vars(bodies).values(), *vars(twins).values()]:
        if isinstance(member, WorkflowBase) and not isinstance(member, ReferenceEntity):
            entities = OrderedDict()
            spec = get_serializable(entities, SETTINGS, member).to_flyte_idl()
            (folder / f"{member.name}.pb").write_bytes(spec.SerializeToString())
            for entity, spec in entities.items():
                if isinstance(entity, ArrayNodeMapTask):
                    maps = folder / "maps"
                    maps.mkdir(exist_ok=True)
                    spec = spec.to_flyte_idl()
                    (maps / f"{entity.name}.pb").write_bytes(spec.SerializeToString())


if __name__ == "__main__":
    main()
