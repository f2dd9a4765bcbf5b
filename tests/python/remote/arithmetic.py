"""Tasks and a workflow that tests register and run with flytekit."""

import os
import time
from typing import Optional

from flytekit import task, workflow
from flytekit.exceptions.user import FlyteRecoverableException


@task
def add(left: int, right: int) -> int:
    return left + right


@task
def greet(name: Optional[str] = None) -> str:
    return f"Hello, {name or 'you'}!"


@task
def refuse(reason: str):
    raise ValueError(reason)


@task(retries=1)
def hesitate():
    raise FlyteRecoverableException("not yet")


@task
def sleep(seconds: float):
    print("process", os.getpid(), flush=True)
    time.sleep(seconds)


@workflow
def sum_of_three(first: int, second: int, third: int = 3) -> int:
    return add(left=add(left=first, right=second), right=third)
