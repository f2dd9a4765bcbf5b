"""The twins of the tasks in `tests/register/src/main.rs`."""

from typing import List, Optional

from flytekit import Resources, task


@task(retries=3, requests=Resources(cpu="500m", mem="64Mi"))
def add(a: int, b: int) -> int:
    """
    Adds two numbers.

    :param a: One of them.
    :param b: The other one.
    """
    return a + b


@task(cache=True, cache_version="1.0")
def greet(name: str, times: Optional[int] = None) -> List[str]:
    """Says hello."""
    return [f"Hello, {name}!"] * (1 if times is None else times)


@task
def fail(message: str) -> int:
    """Fails, for the user's reasons."""
    if message is not None:  # flytekit wants to see a value returned
        raise ValueError(message)
    return 0
