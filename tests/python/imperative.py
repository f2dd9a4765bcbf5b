"""Usage: imperative.py TO

Writes the message that flytekit registers for an imperative workflow into the file TO.
"""

import sys
from collections import OrderedDict
from pathlib import Path
from typing import List

from bodies import add, describe, divide, double, fourfold
from flytekit import Workflow
from flytekit.tools.translator import get_serializable
from oracle import SETTINGS


def example():
    workflow = Workflow(name="imperatives.example")
    workflow.add_workflow_input("n", int)
    workflow.add_workflow_input("words", str)
    twice = workflow.add_entity(double, a=workflow.inputs["n"])
    parts = workflow.add_entity(divide, a=twice.outputs["o0"], b=5)
    total = workflow.add_entity(add, a=parts.outputs["o0"], b=parts.outputs["o1"])
    text = workflow.add_entity(describe, text=workflow.inputs["words"], scale=0.5, loud=True)
    inner = workflow.add_entity(fourfold, n=total.outputs["o0"])
    workflow.add_workflow_output("text", text.outputs["o0"])
    workflow.add_workflow_output("all", [total.outputs["o0"], inner.outputs["o0"]], python_type=List[int])
    return workflow


def main():
    spec = get_serializable(OrderedDict(), SETTINGS, example()).to_flyte_idl()
    Path(sys.argv[1]).write_bytes(spec.SerializeToString())


if __name__ == "__main__":
    main()
