"""Usage: packages.py OURS THEIRS

Compares the archives of `package` and of `pyflyte package` for the same tasks, as flyteidl reads them:
theirs, changed by the DIFFERENCES, must equal ours.
"""

import re
import sys
import tarfile

from flyteidl.admin.description_entity_pb2 import DESCRIPTION_FORMAT_MARKDOWN, DESCRIPTION_FORMAT_RST
from flyteidl.admin.task_pb2 import TaskSpec
from flytekit.models.task import TaskSpec as TaskSpecModel

# flytectl parses the names of members like this.
MEMBER = re.compile(r"^(?P<index>\d+)_(?P<name>.+)_(?P<kind>[1-3])\.pb$")


def flavor(spec):
    """The SDK; backends only read its type and version."""
    runtime = spec.template.metadata.runtime
    assert runtime.flavor == "python", runtime
    runtime.flavor = "rust"


def args(spec):
    """The executable replaces flytekit's, and the task's name replaces flytekit's resolver."""
    given = list(spec.template.container.args)
    assert given[0] == "pyflyte-execute", given
    flags = given[1 : given.index("--resolver")]
    rust = ["/usr/local/bin/flytekit-app", "execute", *flags, "--task", spec.template.id.name]
    spec.template.container.args[:] = rust


def documentation(spec):
    """Rust's is Markdown."""
    description = spec.description.long_description
    assert description.format == DESCRIPTION_FORMAT_RST, description
    description.format = DESCRIPTION_FORMAT_MARKDOWN


DIFFERENCES = (flavor, args, documentation)


def tasks(path):
    """The tasks of an archive, by name."""
    found = {}
    with tarfile.open(path, "r:gz") as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive}
    indices = set()
    for name, content in members.items():
        member = MEMBER.match(name)
        assert member and member["kind"] == "1", name
        indices.add(member["index"])
        spec = TaskSpec.FromString(content)
        identifier = spec.template.id
        assert identifier.name == member["name"], (name, identifier)
        assert not (identifier.project or identifier.domain or identifier.version), identifier
        assert TaskSpecModel.from_flyte_idl(spec).to_flyte_idl() == spec, name
        found[identifier.name] = spec
    digits = len(str(len(members) - 1))
    assert indices == {str(index).zfill(digits) for index in range(len(members))}, indices
    return found


def main():
    ours, theirs = map(tasks, sys.argv[1:])
    for spec in theirs.values():
        for difference in DIFFERENCES:
            difference(spec)
    assert ours.keys() == theirs.keys(), (ours.keys(), theirs.keys())
    for name, spec in ours.items():
        assert spec == theirs[name], f"{name} is\n{spec}\nand not\n{theirs[name]}"
    print(f"{len(ours)} tasks are equal")


if __name__ == "__main__":
    main()
