"""Checks a Kubernetes manifest as strictly as an API server does: manifest.py FILE

The models are those of Kubernetes' own client: a field that they do not have, a missing one and a wrong type are mistakes.
Prints the kinds and names of the objects, and the arguments of containers.
"""

import json
import sys

import kubernetes.client
import yaml

GROUPS = {"v1": "V1", "apps/v1": "V1", "rbac.authorization.k8s.io/v1": "V1"}
PLAIN = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}


def check(value, kind, path):
    if kind.startswith("list["):
        expect(isinstance(value, list), path, "is not a list")
        for index, item in enumerate(value):
            check(item, kind[5:-1], f"{path}[{index}]")
    elif kind.startswith("dict("):
        expect(isinstance(value, dict), path, "is not a mapping")
        for name, item in value.items():
            check(item, kind[5:-1].split(",", 1)[1].strip(), f"{path}.{name}")
    elif kind in PLAIN:
        is_bool = isinstance(value, bool) and kind not in ("bool", "object")
        expect(isinstance(value, PLAIN[kind]) and not is_bool, path, f"is not of the type {kind}")
    else:
        check_object(value, getattr(kubernetes.client, kind), path)


def check_object(value, model, path):
    expect(isinstance(value, dict), path, "is not an object")
    attributes = {name: attribute for attribute, name in model.attribute_map.items()}
    for name, item in value.items():
        expect(name in attributes, path, f"has no field `{name}`")
        check(item, model.openapi_types[attributes[name]], f"{path}.{name}")
    # The constructor refuses missing fields and values out of range.
    plain = {attributes[name]: item for name, item in value.items()}
    try:
        model(**plain)
    except ValueError as error:
        raise SystemExit(f"{path}: {error}") from None


def expect(holds, path, reason):
    if not holds:
        raise SystemExit(f"{path} {reason}")


def containers(value):
    if isinstance(value, dict):
        yield from value.get("containers", [])
        for item in value.values():
            yield from containers(item)


def main():
    with open(sys.argv[1]) as file:
        objects = list(yaml.safe_load_all(file))
    for item in objects:
        check_object(item, getattr(kubernetes.client, GROUPS[item["apiVersion"]] + item["kind"]), item["kind"])
    names = [f"{item['kind']}/{item['metadata']['name']}" for item in objects]
    arguments = [it["args"] for item in objects for it in containers(item)]
    print(json.dumps({"objects": names, "arguments": arguments}))


main()
