"""Checks the resources of a task like Flyte's admin."""

import re
from fractions import Fraction
from math import ceil

from flyteidl.core import tasks_pb2

from flyte.refusal import invalid, one_line

Name = tasks_pb2.Resources.ResourceName
QUANTITY = re.compile(r"(?P<number>[+-]?(\d+\.?\d*|\.\d+))(?P<unit>[numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d+)")
UNITS = {unit: Fraction(1000) ** power for power, unit in enumerate(["n", "u", "m", "", "k", "M", "G", "T", "P", "E"], -3)}
UNITS |= {unit: Fraction(1024) ** power for power, unit in enumerate(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], 1)}
CHECKED = (Name.CPU, Name.GPU, Name.MEMORY, Name.EPHEMERAL_STORAGE)
CONSULT = "Please contact Flyte Admins to change these limits or consult the configuration"


def check_resources(template, platform):
    """`platform` has limits by name, as in `{"memory": "1Gi"}`."""
    platform = {Name.Value(name.upper()): limit for name, limit in platform.items()}
    target = template.WhichOneof("target")
    if target == "container":
        resources = template.container.resources
        requests, limits = (entries(template.id, each) for each in (resources.requests, resources.limits))
        check(template.id, requests, limits, platform)
    elif target == "k8s_pod":
        for container in dict(template.k8s_pod.pod_spec).get("containers", []):
            check(template.id, *of_pod(container), platform)


def entries(identifier, resources):
    found = {}
    for entry in resources:
        if entry.name not in CHECKED:
            continue
        name = Name.Name(entry.name)
        if entry.name in found:
            raise invalid(f"can't specify {name} limit for task [{one_line(identifier)}] multiple times")
        if QUANTITY.fullmatch(entry.value) is None:
            raise invalid(f"Parsing of {name} request failed for value {entry.value}")
        if entry.name == Name.GPU and value(entry.value).denominator != 1:
            raise invalid(f"gpu for [{one_line(identifier)}] must be a whole number, got: {entry.value} instead")
        found[entry.name] = entry.value
    return found


def of_pod(container):
    resources = container["resources"] if "resources" in container else {}
    for kind in ("requests", "limits"):
        quantities = resources[kind] if kind in resources else {}
        names = {name.upper().replace("-", "_"): quantities[name] for name in quantities}
        yield {Name.Value(name): quantity for name, quantity in names.items() if name in Name.keys()}


def check(identifier, requests, limits, platform):
    for resource, request in requests.items():
        name, limit = Name.Name(resource), limits.get(resource)
        if resource == Name.GPU and limit is not None and whole(limit) != whole(request):
            raise invalid(
                f"For extended resource 'gpu' the default value must equal the limit value for task "
                f"[{one_line(identifier)}]"
            )
        if resource != Name.GPU and limit is not None:
            if whole(limit) < whole(request):
                raise invalid(
                    f"Requested {name} default [{request}] is greater than the limit [{limit}]."
                    " Please fix your configuration"
                )
            within(name, "limit", limit, platform.get(resource))
        within(name, "default", request, platform.get(resource))


def within(name, kind, quantity, most):
    if most is not None and whole(quantity) > whole(most):
        raise invalid(
            f"Requested {name} {kind} [{quantity}] is greater than current limit set in the platform configuration "
            f"[{most}]. {CONSULT}"
        )


def whole(quantity):
    """A quantity in whole cores or bytes, rounded up, in which admin compares quantities."""
    return ceil(value(quantity))


def value(quantity):
    parsed = QUANTITY.fullmatch(quantity)
    number, unit = Fraction(parsed["number"]), parsed["unit"]
    return number * UNITS[unit] if unit in UNITS else number * Fraction(10) ** int(unit[1:])
