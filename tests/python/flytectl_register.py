"""Usage: flytectl_register.py ARCHIVE VERSION

Registers the tasks of a package like flytectl 1.16 (`flytectl register files --archive`), at the server in the
environment. Two peculiarities: it uploads the content of the code's gzip file, under the file's name, and only
replaces args that consist of a placeholder.
"""

import base64
import gzip
import hashlib
import sys
import tarfile

import requests
from flyteidl.admin.task_pb2 import TaskCreateRequest, TaskSpec
from flytekit.clients.raw import RawSynchronousFlyteClient
from flytekit.configuration import PlatformConfig
from flyteidl.service.dataproxy_pb2 import CreateUploadLocationRequest

PROJECT, DOMAIN = "flytesnacks", "development"


def upload(client, name, archive):
    content = gzip.decompress(archive)
    digest = hashlib.md5(content).digest()
    request = CreateUploadLocationRequest(project=PROJECT, domain=DOMAIN, filename=name, content_md5=digest)
    location = client._dataproxy_stub.CreateUploadLocation(request)
    headers = {"Content-MD5": base64.b64encode(digest).decode()}
    requests.put(location.signed_url, data=content, headers=headers).raise_for_status()
    return location.native_url


def main(archive, version):
    client = RawSynchronousFlyteClient(PlatformConfig.auto())
    with tarfile.open(archive) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}
    [code] = [name for name in members if name.startswith("fast") and name.endswith(".tar.gz")]
    values = {"{{ .remote_package_path }}": upload(client, code, members.pop(code)), "{{ .dest_dir }}": "."}
    for message in members.values():
        spec = TaskSpec.FromString(message)
        identifier = spec.template.id
        identifier.project, identifier.domain, identifier.version = PROJECT, DOMAIN, version
        args = spec.template.container.args
        args[:] = [values.get(arg, arg) for arg in args]
        client.create_task(TaskCreateRequest(id=identifier, spec=spec))


main(*sys.argv[1:])
