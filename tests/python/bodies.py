"""The twins of the workflows in `tests/src/bin/graphs/flows.rs`: with the same names, in flytekit.

Each is written like a user of flytekit would write it; the id of a node in Rust is its `node_name` here.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Dict, List, NamedTuple, Optional, Tuple

from flytekit import (
    Resources,
    WorkflowFailurePolicy,
    approve,
    conditional,
    map_task,
    reference_launch_plan,
    reference_task,
    sleep,
    task,
    wait_for_input,
    workflow,
)


@task(retries=2)
def double(a: int) -> int:
    return 2 * a


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def divide(a: int, b: int) -> Tuple[int, int]:
    return divmod(a, b)


@task
def describe(text: str, scale: float, loud: bool) -> str:
    return text


@task
def nothing():
    pass


Summary = NamedTuple("Summary", [("count", int), ("mean", float), ("words", List[str])])


@task
def summarize(numbers: List[int], names: Dict[str, int], limit: Optional[int]) -> Summary:
    return Summary(1, 1.0, [])


@workflow
def fourfold(n: int) -> int:
    twice = double(a=n)
    return double(a=twice)


@workflow
def literals(text: str = "so") -> Tuple[str, int]:
    first = describe(text="x", scale=-2.5, loud=True)
    describe(text=first, scale=1.0, loud=False)
    nothing()
    total = add(a=-3, b=40)
    last = describe(text=text, scale=3.0, loud=False)
    return last, add(a=total, b=41)


@workflow
def parts(numbers: List[int]) -> Tuple[float, int, str]:
    ratio, rest = divide(a=numbers[0], b=4)
    summary = summarize(numbers=[ratio, 7, rest], names={"a": ratio, "b": 5}, limit=rest)
    other = summarize(numbers=numbers, names={"c": summary.count}, limit=None)
    return summary.mean, fourfold(n=summary.count), other.words[0]


@workflow
def named(n: int) -> Summary:
    summary = summarize(numbers=[n, n, 3], names={"n": n}, limit=None)
    count = double(a=summary.count)
    return Summary(count=count, mean=summary.mean, words=summary.words)


@workflow
def passed_on(n: int) -> Summary:
    summary = named(n=n)
    return Summary(count=summary.count, mean=summary.mean, words=summary.words)


@task
def grade(n: int, name: str, passed: bool) -> Tuple[str, bool]:
    return name, passed


@workflow
def fourfolded(text: str, n: int) -> str:
    four = fourfold(n=n)
    add(a=four, b=1)
    return describe(text=text, scale=1.0, loud=False)


@workflow
def chosen(n: int, name: str, fast: bool, ratio: float) -> str:
    ratio_of_n, rest = divide(a=n, b=3)
    text, passed = (
        conditional("n1")
        .if_((n > 10) & ((rest != 40) & (fast.is_false())))
        .then(grade(n=n, name=name, passed=True))
        .elif_((name == "nobody") | ((ratio < 0.5) & (fast.is_true())))
        .then(grade(n=rest, name="somebody", passed=fast))
        .elif_(fast.is_false())
        .then(
            conditional("n2")
            .if_(ratio_of_n >= rest)
            .then(grade(n=0, name="inner", passed=False))
            .else_()
            .then(grade(n=1, name=name, passed=False))
        )
        .else_()
        .fail("nothing fits")
    )
    conditional("n2").if_(passed.is_true()).then(nothing()).else_().then(double(a=n))
    return (
        conditional("n3")
        .if_(n != 0)
        .then(fourfolded(text=text, n=n))
        .else_()
        .then(fourfolded(text=name, n=1))
    )


class Color(Enum):
    RED = "red"
    GREEN = "green"


@dataclass
class Near:
    X: float


@dataclass
class Point:
    x: float
    label: str
    neighbours: List[Near]


@task
def point(color: Color, maybe: Optional[Color], x: float, wait: timedelta) -> Point:
    return Point(x, "", [])


@workflow
def constants(color: Color = Color.RED, list: List[int] = [1, 2]) -> Tuple[str, float, List[int]]:
    short = timedelta(milliseconds=1500)
    first = point(color=Color.GREEN, maybe=Color.RED, x=1.7976931348623157e308, wait=short)
    second = point(color=color, maybe=None, x=first.neighbours[0].X, wait=timedelta(0))
    third = point(color=Color.RED, maybe=color, x=second.x, wait=short)
    describe(text=third.label, scale=first.neighbours[0].X, loud=False)
    return first.label, second.x, list


@workflow
def waits(n: int) -> Tuple[int, int]:
    twice = double(a=n)
    sure = approve(twice, "sure", timeout=timedelta(0))
    limit = wait_for_input("limit", timeout=timedelta(0), expected_type=int)
    sleep(timedelta(milliseconds=10))
    total = add(a=sure, b=limit)
    last = conditional("n5").if_(total > limit).then(double(a=sure)).else_().then(add(a=total, b=0))
    return last, limit


@task(retries=1, timeout=timedelta(minutes=5), interruptible=True)
def flaky(n: int) -> int:
    return n


@task
def clear_up(n: int, note: Optional[str]):
    pass


@workflow(
    interruptible=True,
    failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE,
    on_failure=clear_up,
)
def settled(n: int) -> int:
    first = flaky(n=n).with_overrides(
        name="a friendly name", retries=3, timeout=timedelta(hours=1), interruptible=False
    )
    total = add(a=first, b=1).with_overrides(
        requests=Resources(cpu="1", mem="2Gi"), limits=Resources(mem="4Gi"), container_image="i:1"
    )
    again = flaky(n=0).with_overrides(
        cache=True, cache_version="2", cache_serialize=True, retries=0, timeout=timedelta(0)
    )
    last = nothing()
    total >> last
    again >> last
    last.with_overrides(node_name="last")
    largest = conditional("larger").if_(total > again).then(double(a=total)).else_().then(double(a=again))
    sleep(timedelta(milliseconds=1)).with_overrides(timeout=timedelta(hours=2))
    return double(a=largest)


@reference_task(project="p", domain="d", name="other.tasks.scale", version="v1")
def scale(a: int, by: float) -> float: ...


@reference_task(project="", domain="", name="other.tasks.count", version="v2")
def count(words: List[str]) -> int: ...


@reference_launch_plan(project="p", domain="d", name="other.report", version="v1")
def report(day: str) -> Tuple[str, int]: ...


@workflow
def referring(n: int) -> Tuple[float, int]:
    text, rows = report(day="today")
    words = count(words=[text])
    return scale(a=rows, by=0.5), add(a=words, b=n)


@task
def numbers(n: int) -> List[int]:
    return list(range(1, n + 1))


@task(retries=1, timeout=timedelta(seconds=30), interruptible=True, cache=True, cache_version="3")
def rest(a: int, b: int, words: List[str]) -> int:
    return b % a + len(words)


@workflow
def mapped(n: int, words: List[str]) -> Tuple[List[int], List[Optional[int]], int]:
    values = numbers(n=n)
    doubled = map_task(double)(a=values)
    rests = map_task(partial(rest, b=n, words=words), concurrency=2, min_success_ratio=0.75)(a=[0, 3, n, 7])
    rests = rests.with_overrides(retries=4, requests=Resources(cpu="2"))
    sums = map_task(add)(a=values, b=doubled)
    map_task(partial(add, b=1), concurrency=0)(a=sums)
    return sums, rests, doubled[0]


@workflow
def mapped_or_not(list: List[int], twice: bool) -> List[int]:
    chosen = (
        conditional("n0")
        .if_(twice.is_true())
        .then(map_task(double)(a=list))
        .else_()
        .then(map_task(partial(add, b=10))(a=list))
    )
    return map_task(double)(a=chosen)
