"""Compares literals with types, as far as Flyte's admin does."""

from flyteidl.core import types_pb2

from flyte.refusal import invalid, one_line

NONE = types_pb2.LiteralType(simple=types_pb2.NONE)
PRIMITIVES = {
    "integer": types_pb2.INTEGER,
    "float_value": types_pb2.FLOAT,
    "string_value": types_pb2.STRING,
    "boolean": types_pb2.BOOLEAN,
    "datetime": types_pb2.DATETIME,
    "duration": types_pb2.DURATION,
}
# Admin only compares this part of a type; the rest describes it.
DESCRIPTIONS = ("structure", "metadata", "annotation")


def check_inputs(given, fixed, expected):
    """The inputs of an execution: given values, defaults, and fixed inputs."""
    inputs = dict(given)
    for name in given:
        if name not in expected:
            raise invalid(f"invalid input {name}")
    for name, parameter in expected.items():
        if name not in inputs:
            if parameter.required:
                raise invalid(f"expected_inputs {name} missing")
            inputs[name] = parameter.default
            continue
        got, wanted = type_of(inputs[name]), parameter.var.type
        if got is None:
            raise invalid(f"Failed to validate literal type for [{name}] with err: got unknown literal type: [<nil>]")
        if not castable(got, wanted):
            raise invalid(
                f"invalid {name} input wrong type. Expected {one_line(wanted)}, but got {one_line(got)}"
            )
    for name, literal in fixed.items():
        if name in inputs:
            raise invalid(f"fixed_inputs {name} cannot be overridden")
        inputs[name] = literal
    return inputs


def type_of(literal):
    """The type that a literal has by itself, None if it has none."""
    kind = literal.WhichOneof("value")
    if kind == "scalar":
        return type_of_scalar(literal.scalar)
    if kind == "collection":
        return types_pb2.LiteralType(collection_type=type_of_all(literal.collection.literals))
    if kind == "map":
        return types_pb2.LiteralType(map_value_type=type_of_all(literal.map.literals.values()))
    return literal.offloaded_metadata.inferred_type if kind else None


def type_of_scalar(scalar):
    kind = scalar.WhichOneof("value")
    if kind == "primitive":
        return types_pb2.LiteralType(simple=PRIMITIVES.get(scalar.primitive.WhichOneof("value"), types_pb2.NONE))
    if kind == "blob":
        return types_pb2.LiteralType(blob=scalar.blob.metadata.type)
    if kind == "binary":
        simple = types_pb2.STRUCT if scalar.binary.tag == "msgpack" else types_pb2.BINARY
        return types_pb2.LiteralType(simple=simple)
    if kind == "schema":
        return types_pb2.LiteralType(schema=scalar.schema.type)
    if kind == "structured_dataset":
        dataset = scalar.structured_dataset.metadata.structured_dataset_type
        return types_pb2.LiteralType(structured_dataset_type=dataset)
    if kind == "union":
        return types_pb2.LiteralType(union_type=types_pb2.UnionType(variants=[scalar.union.type]))
    simple = {"none_type": types_pb2.NONE, "error": types_pb2.ERROR, "generic": types_pb2.STRUCT}
    return types_pb2.LiteralType(simple=simple[kind]) if kind else None


def type_of_all(literals):
    distinct = []
    for each in map(type_of, literals):
        if each not in distinct:
            distinct.append(each)
    if not distinct:
        return NONE
    return distinct[0] if len(distinct) == 1 else types_pb2.LiteralType(union_type={"variants": distinct})


def castable(upstream, downstream):
    if upstream.WhichOneof("type") == "union_type" and len(upstream.union_type.variants) == 1:
        if casts(upstream.union_type.variants[0], downstream):
            return True
    return casts(upstream, downstream)


def casts(upstream, downstream):
    kind = downstream.WhichOneof("type")
    if kind in ("collection_type", "map_value_type"):
        inner = upstream.WhichOneof("type") == kind and getattr(upstream, kind)
        return bool(inner) and (inner == NONE or casts(inner, getattr(downstream, kind)))
    if kind == "blob":
        formats = {upstream.blob.format, downstream.blob.format}
        return upstream.WhichOneof("type") == "blob" and ("" in formats or len(formats) == 1)
    if kind == "union_type":
        return casts_to_union(upstream, downstream.union_type.variants)
    if kind in ("schema", "structured_dataset_type"):
        return casts_to_table(upstream, downstream)
    return casts_to_simple(upstream, downstream)


def casts_to_union(upstream, variants):
    if upstream.WhichOneof("type") == "union_type":
        return all(any(castable(each, variant) for variant in variants) for each in upstream.union_type.variants)
    return sum(castable(upstream, variant) for variant in variants) == 1


def casts_to_table(upstream, downstream):
    kind = upstream.WhichOneof("type")
    if downstream.WhichOneof("type") == "structured_dataset_type" and upstream == NONE:
        return True
    if kind not in ("schema", "structured_dataset_type"):
        return False
    formats = {getattr(getattr(each, each.WhichOneof("type")), "format", "").lower() for each in (upstream, downstream)}
    if len(formats - {""}) > 1:
        return False
    columns = [getattr(each, each.WhichOneof("type")).columns for each in (upstream, downstream)]
    names = [{column.name for column in each} for each in columns]
    return not all(names) or names[1] <= names[0]


def casts_to_simple(upstream, downstream):
    if {upstream.WhichOneof("type"), downstream.WhichOneof("type")} == {"enum_type", "simple"}:
        return types_pb2.STRING in (upstream.simple, downstream.simple)
    tag = upstream.structure.tag
    if tag and tag != downstream.structure.tag:
        return False
    return bare(upstream) == bare(downstream)


def bare(literal_type):
    copy = types_pb2.LiteralType()
    copy.CopyFrom(literal_type)
    for field in DESCRIPTIONS:
        copy.ClearField(field)
    return copy
