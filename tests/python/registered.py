"""The tasks of tests/register/src/main.rs, as flytekit has them."""

from typing import List, Optional

from flytekit import Resources, task


@task(retries=3, requests=Resources(cpu="500m", mem="64Mi"))
def add(a: int, b: int) -> int:
    """Adds two numbers.

    :param a: One of them.
    :param b: The other one.
    """
    return a + b


@task(cache=True, cache_version="1.0")
def greet(name: str, times: Optional[int] = None) -> List[str]:
    """Says hello."""
    return [f"Hello, {name}!"] * (times or 1)


@task
def fail(message: str) -> int:
    """Fails, for the user's reasons."""
    if message is not None:
        raise ValueError(message)
    return 0
