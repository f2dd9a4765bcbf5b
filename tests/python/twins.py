"""The twins of the workflows in `tests/src/bin/graphs/twins.rs`: with the same names, in flytekit."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Dict, List, NamedTuple, Optional, Tuple

from flytekit import (
    ContainerTask,
    CronSchedule,
    Labels,
    LaunchPlan,
    PodTemplate,
    Resources,
    TaskMetadata,
    WorkflowFailurePolicy,
    approve,
    conditional,
    kwtypes,
    reference_launch_plan,
    reference_task,
    reference_workflow,
    sleep,
    task,
    wait_for_input,
    workflow,
)
from flytekit.extras.accelerators import T4
from flytekit.types.error.error import FlyteError
from flytekitplugins.dask import Dask, WorkerGroup
from flytekitplugins.spark import Spark
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1ResourceRequirements, V1Toleration

ENDLESS = timedelta(0)


@task(retries=1)
def load(n: int) -> List[float]:
    return []


@task(task_config=Spark(spark_conf={"spark.executor.instances": "1"}), timeout=timedelta(minutes=30))
def mean(numbers: List[float]) -> float:
    return 0.0


@task(task_config=Dask(workers=WorkerGroup(number_of_workers=2)), interruptible=True)
def spread(numbers: List[float], mean: float) -> float:
    return 0.0


boxed = ContainerTask(
    name="twins.boxed",
    image="alpine:3.22",
    command=["true"],
    inputs=kwtypes(mean=float, spread=float),
    outputs=kwtypes(o0=str),
    input_data_dir="/in",
    output_data_dir="/out",
    metadata=TaskMetadata(retries=2),
)


@task
def shimmed(text: str) -> str:
    return text


@task
def note(text: str):
    pass


@workflow
def engines(n: int) -> Tuple[str, str]:
    numbers = load(n=n)
    middle = mean(numbers=numbers)
    wide = spread(numbers=numbers, mean=middle)
    text = boxed(mean=middle, spread=wide)
    note(text=text)
    return text, shimmed(text=text)


@task
def double(a: int) -> int:
    return 2 * a


@task
def split(a: int) -> Tuple[int, int, int]:
    return a, a, a


Known = NamedTuple("Known", [("count", int), ("title", str)])


@task
def know(a: int) -> Known:
    return Known(a, "")


@workflow
def innermost(n: int) -> Known:
    known = know(a=n)
    count = double(a=known.count)
    return Known(count=count, title=known.title)


@workflow
def middle(n: int, text: str = "x") -> Tuple[int, str]:
    first = innermost(n=n)
    again = innermost(n=first.count)
    note(text=text)
    return again.count, again.title


@workflow
def outermost(n: int) -> Tuple[str, int]:
    count, title = middle(n=n, text="first")
    known = innermost(n=count)
    note(text=known.title)
    _, last = middle(n=known.count, text=title)
    return last, count


planned = LaunchPlan.get_or_create(
    middle, "twins.planned", default_inputs={"n": 7}, fixed_inputs={"text": "fixed"}
)


@workflow
def launching(n: int) -> Tuple[int, str]:
    first, _ = planned(n=n)
    count, title = planned()
    note(text=title)
    given, last = planned(n=count)
    note(text=last)
    double(a=given)
    return first, title


@reference_task(project="p", domain="d", name="other.tasks.rate", version="v1")
def rate(a: int, b: int) -> float: ...


@reference_launch_plan(project="p", domain="d", name="other.plan", version="v2")
def foreign(day: datetime, words: List[str]) -> Known: ...


@workflow
def foreigners(day: datetime, words: List[str]) -> Tuple[float, str]:
    known = foreign(day=day, words=words)
    ratio = (
        conditional("n1")
        .if_(known.count > 3)
        .then(rate(a=known.count, b=3))
        .else_()
        .then(rate(a=3, b=known.count))
    )
    return ratio, known.title


@reference_workflow(project="p", domain="d", name="other.flow", version="v3")
def distant(day: datetime, cut: float, words: List[str]) -> Known:
    return Known(0, "")


planned_far = LaunchPlan.get_or_create(
    distant,
    "twins.planned_far",
    default_inputs={"words": ["a"]},
    fixed_inputs={"cut": 0.5},
    schedule=CronSchedule(schedule="0 6 * * *", kickoff_time_input_arg="day"),
    labels=Labels({"team": "etl"}),
)


@workflow
def launching_far(day: datetime) -> int:
    return planned_far(day=day).count


@dataclass
class Place:
    city: str
    codes: List[int]
    names: Dict[str, str]


@dataclass
class Sale:
    amount: float
    place: Place
    others: List[Place]
    by_name: Dict[str, Place]


@task
def sell(n: int) -> Sale:
    return Sale(0.0, Place("", [], {}), [], {})


@task
def count(numbers: List[int]) -> int:
    return 0


@task
def join(texts: Dict[str, str]) -> str:
    return ""


@workflow
def attributes(sale: Sale) -> Tuple[str, float, List[int]]:
    other = sell(n=sale.place.codes[1])
    text = join(
        texts={
            "city": other.place.city,
            "code": sale.others[0].names["short"],
            "here": sale.by_name["home"].city,
        }
    )
    numbers = count(numbers=[other.place.codes[0], 5, sale.by_name["work"].codes[2]])
    names = join(texts=other.place.names)
    note(text=names)
    double(a=numbers)
    return text, other.amount, other.others[1].codes


@task
def nest(
    lists: List[List[int]], maps: Dict[str, List[int]], maybe: Optional[List[int]], several: List[Optional[int]]
) -> int:
    return 0


@workflow
def collections(n: int, list: List[int]) -> Tuple[List[int], Dict[str, int]]:
    a, b, c = split(a=n)
    first = nest(
        lists=[[a, 1], [], list],
        maps={"x": [b, n], "empty": []},
        maybe=[c, 2],
        several=[a, None, 3],
    )
    second = nest(lists=[list], maps={"y": list}, maybe=None, several=[])
    return [first, second, 9], {"k": c, "l": 4}


@task
def is_large(a: int) -> bool:
    return a > 100


@workflow
def nested(a: int, x: float, text: str, fast: bool, day: datetime, until: datetime) -> int:
    large = is_large(a=a)
    first = (
        conditional("n1")
        .if_(a >= 10)
        .then(
            conditional("n0")
            .if_(x < 0.5)
            .then(
                conditional("n0").if_(text != "no").then(double(a=a)).else_().then(count(numbers=[a]))
            )
            .elif_((x <= 1.5) & (fast.is_true()))
            .then(double(a=1))
            .else_()
            .fail("x is too large")
        )
        .elif_((day < until) | (large.is_true()))
        .then(double(a=2))
        .else_()
        .then(double(a=3))
    )
    return (
        conditional("n2")
        .if_((large.is_false()) & (first <= a))
        .then(double(a=first))
        .elif_(fast.is_true())
        .then(double(a=4))
        .else_()
        .fail("not fast")
    )


@workflow
def chosen_entities(n: int):
    (
        conditional("n0")
        .if_(n > 0)
        .then(innermost(n=n))
        .elif_(n == 0)
        .then(planned(n=n))
        .else_()
        .then(note(text="negative"))
    )


@workflow
def gates(n: int) -> Tuple[int, str]:
    twice = double(a=n)
    sure = wait_for_input("sure", timeout=ENDLESS, expected_type=bool)
    words = wait_for_input("words", timeout=ENDLESS, expected_type=List[str])
    share = wait_for_input("share", timeout=ENDLESS, expected_type=float)
    a, _, _ = split(a=twice)
    first = approve(a, "first", timeout=ENDLESS)
    known = know(a=n)
    title = approve(known.title, "title", timeout=ENDLESS)
    given = approve(twice, "given", timeout=ENDLESS)
    sleep(timedelta(seconds=90))
    last = (
        conditional("n10")
        .if_(sure.is_true())
        .then(double(a=first))
        .elif_(share > 0.5)
        .then(double(a=given))
        .else_()
        .fail("nobody is sure")
    )
    note(text=title)
    return last, words[1]


@workflow
def clean(n: int):
    twice = double(a=n)
    double(a=twice)


@workflow(on_failure=clean, interruptible=True)
def cleaned(n: int) -> int:
    return double(a=n)


@task
def report(n: int, text: str, more: Optional[int], list: Optional[List[str]]):
    pass


@workflow(on_failure=report, failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def reported(n: int, text: str = "so") -> Known:
    note(text=text)
    known = know(a=n)
    return Known(count=known.count, title=known.title)


@task
def hear(n: int, err: Optional[FlyteError]):
    pass


@workflow(on_failure=hear)
def heard(n: int) -> int:
    return double(a=n)


@workflow
def overridden(n: int) -> int:
    a = double(a=n).with_overrides(
        node_name="first-one", name="First", retries=4, timeout=timedelta(seconds=90), interruptible=True
    )
    b = double(a=a).with_overrides(
        requests=Resources(cpu="500m", mem="1Gi", gpu="1", ephemeral_storage="2Gi"),
        limits=Resources(cpu="2", mem="2Gi", gpu="1", ephemeral_storage="4Gi"),
        shared_memory="256Mi",
        accelerator=T4,
    )
    c = double(a=b).with_overrides(resources=Resources(cpu=("1", "2"), mem="1Gi"), shared_memory=True)
    d = double(a=c).with_overrides(cache=False, container_image="registry/app:2")
    e = double(a=d).with_overrides(cache=True, cache_version="3", interruptible=False)
    known = innermost(n=e).with_overrides(node_name="sub", name="Sub", retries=2)
    plan = planned(n=known.count)
    d >> plan.o0
    plan.with_overrides(name="Plan")
    return plan.o0


@workflow
def podded(n: int) -> int:
    a = double(a=n).with_overrides(pod_template=PodTemplate())
    b = double(a=a).with_overrides(
        name="Podded",
        retries=2,
        requests=Resources(cpu="1"),
        pod_template=PodTemplate(
            primary_container_name="main",
            labels={"tier": "batch"},
            annotations={"example.com/scrape": "false"},
            pod_spec=V1PodSpec(
                containers=[
                    V1Container(name="proxy", image="proxy:3", args=["--port", "8080"]),
                    V1Container(
                        name="main",
                        command=["ignored"],
                        args=["ignored"],
                        env=[V1EnvVar(name="PROXY", value="localhost:8080")],
                        resources=V1ResourceRequirements(requests={"cpu": "9"}),
                        working_dir="/work",
                    ),
                ],
                node_selector={"disk": "ssd"},
                termination_grace_period_seconds=30,
                tolerations=[V1Toleration(key="spot", operator="Exists")],
            ),
        ),
    )
    return double(a=b).with_overrides(
        pod_template=PodTemplate(
            primary_container_name="main", pod_spec=V1PodSpec(containers=[], node_selector={"disk": "ssd"})
        )
    )


@workflow
def chosen_settings(n: int) -> int:
    return (
        conditional("n0")
        .if_(n > 3)
        .then(double(a=n).with_overrides(name="Large", retries=4, requests=Resources(cpu="1")))
        .elif_(n > 1)
        .then(double(a=n).with_overrides(node_name="middle", cache=True, cache_version="3"))
        .else_()
        .then(double(a=1))
    )


@workflow
def ordered(n: int):
    a = double(a=n)
    b = double(a=1)
    c = double(a=2)
    a >> c
    b >> c
    last = note(text="last")
    c >> last
    known = innermost(n=b)
    a >> known.count
    choice = conditional("n5").if_(a > 3).then(note(text="large")).else_().then(note(text="small"))
    known.count >> choice
    c >> choice


class Color(Enum):
    RED = "Red"
    GREEN = "Green"


@task
def take(
    whole: int, real: float, truth: bool, text: str, length: timedelta, color: Color, maybe: Optional[float]
) -> Color:
    return color


HOUR = timedelta(hours=1)


@workflow
def extremes(
    whole: int = 9_223_372_036_854_775_807,
    real: float = -0.0,
    truth: bool = True,
    text: str = 'größer\n"',
    length: timedelta = HOUR,
    color: Color = Color.GREEN,
    maybe: Optional[float] = None,
    lists: List[List[str]] = [["a"], []],
) -> Tuple[Color, Optional[float], List[List[str]]]:
    first = take(
        whole=-(2**63), real=1e-300, truth=False, text="", length=HOUR, color=Color.RED, maybe=0.1
    )
    second = take(whole=whole, real=real, truth=truth, text=text, length=length, color=first, maybe=maybe)
    take(whole=0, real=1e300, truth=True, text="日本", length=length, color=color, maybe=None)
    return second, maybe, lists


@dataclass
class Settings:
    rate: float
    layerSizes: List[int]
    name: str
    color: Color
    names: Dict[str, str]
    place: Place
    maybe: Optional[int]


@task
def train(
    point: datetime,
    naive: datetime,
    day: date,
    length: timedelta,
    settings: Settings,
    other: Optional[Settings],
) -> int:
    return 0


@workflow
def settled(day: date = date(2024, 2, 29), place: Place = Place("x", [], {})) -> Tuple[int, Place]:
    settings = Settings(
        rate=0.1,
        layerSizes=[64, -300],
        name="größer",
        color=Color.GREEN,
        names={"a": "1", "b": "2"},
        place=Place("here", [-(2**63)], {}),
        maybe=None,
    )
    first = train(
        point=datetime(1969, 12, 31, 23, 59, 58, 500_000, tzinfo=timezone.utc),
        naive=datetime(2026, 1, 31, 6, 30, 15, 250_000, tzinfo=timezone.utc),
        day=date(1969, 12, 31),
        length=timedelta(milliseconds=-1500),
        settings=settings,
        other=None,
    )
    again = Settings(
        rate=1.0,
        layerSizes=[],
        name="",
        color=Color.RED,
        names={},
        place=Place("there", [300, 70_000, 2**63 - 1], {}),
        maybe=70_000,
    )
    second = train(
        point=datetime(1970, 1, 1, tzinfo=timezone.utc),
        naive=datetime(1, 1, 1, tzinfo=timezone.utc),
        day=day,
        length=timedelta(0),
        settings=again,
        other=settings,
    )
    return count(numbers=[first, second]), place


@workflow
def passing(n: int, known: List[str]) -> Tuple[int, int, List[str]]:
    a, _, c = split(a=double(a=n))
    x, _, _ = split(a=a)
    note(text=known[0])
    return x, c, known
