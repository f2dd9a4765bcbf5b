"""Shared code of these scripts: the twins, and their templates in flytekit."""

import importlib
import os
from collections import OrderedDict

# This way, flytekit knows the whole name of a module in a package, in any working directory.
os.environ["FLYTE_PYTHON_PACKAGE_ROOT"] = "auto"

from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.core.base_task import PythonTask
from flytekit.tools.translator import get_serializable

MODULES = (
    "fixture.declared",
    "fixture.containers",
    "fixture.values",
    "fixture.data",
    "fixture.objects",
    "fixture.time",
    "fixture.pods",
    "fixture.failing",
    "fixture.frames",
    "fixture.files",
    "fixture.dask",
    "fixture.databricks",
)
SETTINGS = SerializationSettings(
    project="p",
    domain="d",
    version="v",
    image_config=ImageConfig(default_image=Image("default", "registry/default", "tag")),
)


def twins(*modules):
    """The tasks of the modules (of all, if none is named), by name."""
    members = (member for name in modules or MODULES for member in vars(importlib.import_module(name)).values())
    return {member.name: member for member in members if isinstance(member, PythonTask)}


def task_spec(task):
    """The task's flyteidl.admin.TaskSpec."""
    return get_serializable(OrderedDict(), SETTINGS, task).to_flyte_idl()
