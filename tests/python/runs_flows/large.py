"""A text of 12 MB, which a task in Rust and one in Python measure."""

from typing import Tuple

from flytekit import task, workflow
from flytekit.core.reference import get_reference_entity
from flytekit.models.core.identifier import ResourceType

PLACE = ("flytesnacks", "development")
large = get_reference_entity(ResourceType.TASK, *PLACE, "runs.ends.large", "v1", {"megabytes": int}, {"o0": str})
length = get_reference_entity(ResourceType.TASK, *PLACE, "runs.ends.length", "v1", {"text": str}, {"o0": int})


@task
def length_in_python(text: str) -> int:
    return len(text)


@workflow
def measured() -> Tuple[int, int]:
    text = large(megabytes=12)
    return length(text=text), length_in_python(text=text)
