"""Settings in flytekit.

settings.py platform          of the environment and its config file, by the names of `flytekit.toml`
settings.py images TEXT...    of `--image TEXT`: null for what it refuses
settings.py write             SerializationSettings in their compressed form
settings.py read TEXT         the JSON of a compressed form
settings.py embedded ARCHIVE  the settings in the tasks of an archive
"""

import json
import sys
import tarfile

from flyteidl.admin.task_pb2 import TaskSpec

from flytekit.configuration import (
    FastSerializationSettings,
    Image,
    ImageConfig,
    PlatformConfig,
    SerializationSettings,
    TaskConfig,
)

MODES = {
    "Pkce": ("pkce", "standard"),
    "ClientSecret": ("clientsecret", "client_credentials", "basic"),
    "ExternalCommand": ("externalcommand", "external_process"),
    "DeviceFlow": ("deviceflow",),
}


def mode(auth_mode):
    name = getattr(auth_mode, "value", auth_mode).lower()
    return next(mode for mode, names in MODES.items() if name in names)


def program(command):
    """The program of a command; arguments are not compared, because they are not shown."""
    return command and " …".join([command[0], ""][: len(command)])


def platform():
    it = PlatformConfig.auto()
    task = TaskConfig.auto()
    values = {
        "project": task.project,
        "domain": task.domain,
        "platform.endpoint": it.endpoint,
        "platform.insecure": str(it.insecure).lower(),
        "platform.insecure-skip-verify": str(it.insecure_skip_verify).lower(),
        "platform.ca-cert-file": it.ca_cert_file_path,
        "platform.console-endpoint": it.console_endpoint,
        "platform.http-proxy": it.http_proxy_url,
        "credentials.auth-mode": mode(it.auth_mode),
        "credentials.client-id": it.client_id,
        "credentials.scopes": " ".join(it.scopes) or None,
        "credentials.audience": it.audience,
        "credentials.command": program(it.command),
        "credentials.proxy-command": program(it.proxy_command),
    }
    images = ImageConfig.auto().images
    return values | {f"image.{it.name}": it.full.removesuffix(":None") for it in images}


def image(text):
    try:
        config = ImageConfig.validate_image(None, "image", (text,))
    except AssertionError:
        return None
    found = config.images[-1] if "=" in text else config.default_image
    return {"name": found.name, "fqn": found.fqn, "full": found.full, "version": found.version}


def written():
    images = ImageConfig.create_from(
        Image("default", "host:5000/app", "1"), [Image("gpu", "host/gpu", digest="sha256:" + "0" * 64)]
    )
    fast = FastSerializationSettings(True, "/root", "s3://bucket/fast.tar.gz")
    settings = SerializationSettings(
        image_config=images,
        project="p",
        domain="d",
        version="v",
        env={"A": "ä"},
        git_repo="github.com/team/app",
        fast_serialization_settings=fast,
        source_root="/src",
    )
    return settings.serialized_context


def read(text):
    return json.loads(SerializationSettings.from_transport(text).to_json())


def embedded(archive):
    with tarfile.open(archive) as tar:
        specs = [TaskSpec.FromString(tar.extractfile(member).read()) for member in tar if member.isfile()]
    environments = [{it.key: it.value for it in spec.template.container.env} for spec in specs]
    return [read(environment["_F_SS_C"]) for environment in environments]


answer = {
    "platform": platform,
    "images": lambda *texts: [image(text) for text in texts],
    "write": written,
    "read": read,
    "embedded": embedded,
}
print(json.dumps(answer[sys.argv[1]](*sys.argv[2:])))
