"""Each kind of node around tasks in Rust, which are those of `tests/src/bin/runs/`."""

from datetime import timedelta
from typing import List

from flytekit import (
    LaunchPlan,
    approve,
    conditional,
    dynamic,
    map_task,
    reference_launch_plan,
    sleep,
    task,
    wait_for_input,
    workflow,
)
from flytekit.core.reference import get_reference_entity
from flytekit.models.core.identifier import ResourceType

HOUR = timedelta(hours=1)


def in_rust(name, inputs, outputs):
    place = "flytesnacks", "development", f"runs.{name}", "v1"
    return get_reference_entity(ResourceType.TASK, *place, inputs, outputs)


add = in_rust("nodes.add", {"a": int, "b": int}, {"o0": int})
fails = in_rust("ends.fails", {"how": str}, {"o0": int})
waits = in_rust("ends.waits", {"started": str}, {"o0": bool})
after_file = in_rust("nodes.fails_after", {"file": str}, {"o0": int})


@workflow
def gates() -> int:
    sum_ = add(a=1, b=1)
    slept = sleep(timedelta(seconds=1))
    approved = approve(sum_, "fine", timeout=HOUR)
    number = wait_for_input("number", timeout=HOUR, expected_type=int)
    last = add(a=approved, b=number)
    slept >> last
    return last


@workflow
def branches(x: int) -> int:
    return (
        conditional("size")
        .if_(x > 10)
        .then(add(a=x, b=1))
        .elif_(x > 0)
        .then(add(a=x, b=2))
        .else_()
        .fail("too small")
    )


@workflow
def added(a: int, b: int) -> int:
    return add(a=a, b=b)


planned = LaunchPlan.get_or_create(
    added, "runs_flows.nodes.planned", default_inputs={"a": 1}, fixed_inputs={"b": 20}
)


@reference_launch_plan(project="flytesnacks", domain="development", name="runs.flows.parts", version="v1")
def parts_in_rust(x: int) -> int: ...


@workflow
def launches_rust(x: int) -> int:
    return add(a=parts_in_rust(x=x), b=x)


@workflow
def launches() -> int:
    return add(a=planned(), b=planned(a=300))


@workflow
def broken() -> int:
    return fails(how="user")


broken_plan = LaunchPlan.get_or_create(broken, "runs_flows.nodes.broken_plan")


@workflow
def launches_broken() -> int:
    return broken_plan()


@workflow
def siblings(started: str) -> bool:
    waited = waits(started=started)
    after_file(file=started)
    return waited


@task
def twice(x: int) -> int:
    return 2 * x


@dynamic
def counted(n: int) -> List[int]:
    # In a dynamic task, flytekit does not support tasks of other programs.
    return [twice(x=i + 1) for i in range(n)]


@workflow
def made_at_run_time() -> List[int]:
    return map_task(twice)(x=counted(n=add(a=1, b=1)))
