"""The registered entities: by kind, then by identifier, in the order of their registration."""

import json
import re
import threading

import grpc
from flyteidl.core import identifier_pb2
from google.protobuf import json_format

from flyte.refusal import Refused, invalid, not_found, one_line, require

DOMAINS = ("development", "staging", "production")
FILTER = re.compile(r"(?P<how>eq|value_in)\((?P<key>\w+),(?P<value>[^)]*)\)")


class Catalogue:
    """Tasks, workflows or launch plans."""

    def __init__(self, kind, projects):
        self.kind = kind
        self.type = identifier_pb2.ResourceType.Value(kind)
        self.projects = projects
        self.entities = {}
        self.lock = threading.Lock()

    def check_identifier(self, identifier):
        self.check_type(identifier)
        for field in ("project", "domain", "name", "version"):
            require(getattr(identifier, field), field)
        check_project(self.projects, identifier.project, identifier.domain)

    def check_type(self, identifier):
        if identifier.resource_type != self.type:
            kind = identifier_pb2.ResourceType.Name(identifier.resource_type).lower()
            raise invalid(
                f"unexpected resource type {kind} for identifier [{one_line(identifier)}], "
                f"expected {self.kind.lower()} instead"
            )

    def add(self, identifier, entity, content):
        """Adds an entity, or returns whether the existing one has the same content."""
        name = self.kind.lower().replace("_", " ")
        with self.lock:
            _, there = self.entities.setdefault(key(identifier), (entity, content))
            if there is content:
                return
        if there == content:
            raise Refused(grpc.StatusCode.ALREADY_EXISTS, f"{name} with identical structure already exists")
        raise invalid(
            f"{identifier.name} {name} with different structure already exists. "
            f"(Please register a new version of the {name}):\n" + difference(there, content)
        )

    def get(self, identifier):
        try:
            return self.entities[key(identifier)][0]
        except KeyError:
            raise not_found(self.kind, identifier) from None

    def list(self, request, scope):
        """A page of the entities in the scope (a project, a domain and maybe a name), and the token of the next page."""
        return page(sort(self.find(request.filters, scope), request.sort_by), request)

    def list_names(self, request):
        """A page of names, each as (project, domain, name)."""
        names = {key(entity.id)[:3] for entity in self.find(request.filters, request)}
        return page(sorted(names), request)

    def find(self, filters, scope):
        require(scope.project, "project")
        require(scope.domain, "domain")
        found = [entity for entity, _ in list(self.entities.values()) if in_scope(entity.id, scope)]
        for test in tests(filters):
            found = [entity for entity in found if test(entity.id)]
        return found


def key(identifier):
    return tuple(getattr(identifier, field) for field in ("project", "domain", "name", "version"))


def check_project(projects, project, domain):
    if project not in projects:
        raise invalid(
            f"failed to validate that project [{project}] and domain [{domain}] are registered, "
            f"err: [missing singleton entity of type project]"
        )
    if domain not in DOMAINS:
        raise invalid(f"domain [{domain}] is unrecognized by system")


def in_scope(identifier, scope):
    wanted = [scope.project, scope.domain, *filter(None, [getattr(scope, "name", "")])]
    return list(key(identifier))[: len(wanted)] == wanted


def tests(filters):
    """The tests of `eq(version,v1)+value_in(name,a;b)`."""
    for text in filter(None, filters.split("+")):
        parsed = FILTER.fullmatch(text)
        if parsed is None:
            raise invalid(f"Unrecognized filter format: {text}")
        field, values = parsed["key"].removeprefix("task."), parsed["value"].split(";")
        yield lambda identifier, field=field, values=values: getattr(identifier, field, None) in values


def sort(found, by):
    """Entities in the requested order; entities that were created at the same time stay in the order of their creation."""
    if not by.key:
        return found
    if by.key not in ("created_at", "project", "domain", "name", "version"):
        raise invalid(f"invalid sort key '{by.key}'")

    def value(entity):
        if by.key == "created_at":
            return entity.closure.created_at.ToNanoseconds()
        return getattr(entity.id, by.key)

    return sorted(found, key=value, reverse=by.direction == by.DESCENDING)


def page(found, request):
    if not request.limit:
        raise invalid("invalid value for limit")
    if request.token and not request.token.isdigit():
        raise invalid(f"invalid pagination token {request.token}")
    start = int(request.token or 0)
    part = found[start : start + request.limit]
    # A full page may be the last one: the client asks once more, as with Flyte.
    return part, str(start + len(part)) if len(part) == request.limit else ""


def difference(old, new):
    lines = (leaves(json_format.MessageToDict(message, preserving_proto_field_name=True)) for message in (old, new))
    old, new = map(dict, lines)
    return "\n".join(
        f"{path}:\n\t- {old.get(path)} \n\t+ {new.get(path)}"
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    )


def leaves(value, path=""):
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from leaves(part, f"{path}/{name}")
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}/{index}")
    else:
        yield path, json.dumps(value)
