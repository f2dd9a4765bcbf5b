"""A task in Rust that sleeps for longer than the timeout of its node."""

from datetime import timedelta

from flytekit import workflow
from flytekit.core.reference import get_reference_entity
from flytekit.models.core.identifier import ResourceType

too_slow = get_reference_entity(
    ResourceType.TASK, "flytesnacks", "development", "runs.ends.too_slow", "v1", {}, {"o0": bool}
)


@workflow
def impatient() -> bool:
    return too_slow().with_overrides(timeout=timedelta(seconds=5))
