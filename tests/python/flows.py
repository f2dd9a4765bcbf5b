"""The twins of the entities in `tests/register/src/bin/flows.rs`."""

from datetime import datetime, timedelta
from typing import List, Optional

from flytekit import (
    CronSchedule,
    Email,
    FixedRate,
    LaunchPlan,
    PagerDuty,
    Slack,
    task,
    workflow,
)
from flytekit.models.concurrency import ConcurrencyLimitBehavior, ConcurrencyPolicy
from flytekit.models.common import Annotations, AuthRole, Labels, RawOutputDataConfig
from flytekit.models.core.execution import WorkflowExecutionPhase as Phase


@task
def double(a: int) -> int:
    """Twice a number."""
    return 2 * a


@task
def is_late(day: datetime, words: List[str], limit: Optional[int]) -> bool:
    """Whether a day is late."""
    return not words or limit is not None and day.timestamp() > limit


@workflow
def inner(x: int) -> int:
    """Twice a number."""
    return double(a=x)


a_nightly = LaunchPlan.get_or_create(
    inner, "flows.a_nightly", fixed_inputs={"x": 3}, schedule=CronSchedule(schedule="0 2 * * *"), auto_activate=True
)


@workflow
def a_outer(n: int = 5) -> int:
    """A workflow that depends on others, though it comes before them by name."""
    twice = inner(x=n)
    a_nightly()
    return double(a=twice)


@workflow
def daily(day: datetime, words: List[str], limit: Optional[int]) -> bool:
    """Asks about a day."""
    return is_late(day=day, words=words, limit=limit)


every_two_days = LaunchPlan.get_or_create(
    inner, "flows.every_two_days", default_inputs={"x": 7}, schedule=FixedRate(duration=timedelta(hours=48))
)
often = LaunchPlan.get_or_create(
    inner, "flows.often", fixed_inputs={"x": -1}, schedule=FixedRate(duration=timedelta(minutes=90))
)
kicked_off = LaunchPlan.get_or_create(
    daily,
    "flows.kicked_off",
    fixed_inputs={"words": ["a", "b"], "limit": 5},
    schedule=CronSchedule(schedule="@daily", kickoff_time_input_arg="day"),
)
with_defaults = LaunchPlan.get_or_create(daily, "flows.with_defaults", default_inputs={"words": ["x"], "limit": 2})
told = LaunchPlan.get_or_create(
    inner,
    "flows.told",
    notifications=[
        Email(phases=[Phase.SUCCEEDED, Phase.FAILED], recipients_email=["a@example.com", "b@example.com"]),
        Slack(phases=[Phase.TIMED_OUT], recipients_email=["c@example.com"]),
        PagerDuty(phases=[Phase.ABORTED], recipients_email=["d@example.com"]),
        Email(phases=[Phase.ABORTED], recipients_email=["e@example.com"]),
    ],
)
described = LaunchPlan.get_or_create(
    inner,
    "flows.described",
    labels=Labels({"team": "etl", "cost": "low"}),
    annotations=Annotations({"example.com/why": "a test"}),
    raw_output_data_config=RawOutputDataConfig("s3://bucket/raw"),
    max_parallelism=4,
    overwrite_cache=True,
)
limited = LaunchPlan.get_or_create(
    inner,
    "flows.limited",
    auth_role=AuthRole(assumable_iam_role="arn:role", kubernetes_service_account="etl"),
    concurrency=ConcurrencyPolicy(max_concurrency=2, behavior=ConcurrencyLimitBehavior.SKIP),
)
