"""The twins of the dynamic tasks in `tests/src/bin/graphs/dynamics.rs`."""

from functools import partial
from typing import List, Optional, Tuple

from flytekit import Resources, conditional, dynamic, map_task

from bodies import add, describe, divide, double, fourfold, summarize


@dynamic
def fan_out(n: int) -> List[int]:
    return [double(a=i) for i in range(n)]


@dynamic(retries=1)
def chained(n: int) -> int:
    total = double(a=n)
    for i in range(3):
        total = add(a=total, b=i).with_overrides(name=f"step {i}", retries=i, requests=Resources(mem="2Gi"))
    return total


@dynamic
def partly_known(n: int) -> Tuple[int, List[int]]:
    return double(a=n), [1, n]


@dynamic
def maybe_none(n: int) -> int:
    return double(a=n) if n > 0 else n


@dynamic
def chosen(n: int) -> str:
    twice = double(a=n)
    return (
        conditional("size")
        .if_((twice > 3) & (twice != 100))
        .then(describe(text="big", scale=1.5, loud=True))
        .else_()
        .then(describe(text=f"small {n}", scale=0.5, loud=False))
    )


@dynamic
def nested(n: int) -> List[List[int]]:
    return [fan_out(n=i) for i in range(1, n + 1)]


@dynamic
def parts(n: int) -> int:
    whole, rest = divide(a=n, b=3)
    summary = summarize(numbers=[whole, 1, rest], names={"k": whole, "c": 3}, limit=rest)
    return add(a=summary.count, b=fourfold(n=rest))


@dynamic
def mapped(n: int) -> Tuple[List[int], List[Optional[int]]]:
    doubled = map_task(double, concurrency=2)(a=list(range(n)))
    sums = map_task(partial(add, b=n), min_success_ratio=0.5)(a=doubled)
    return doubled, sums.with_overrides(retries=2)
