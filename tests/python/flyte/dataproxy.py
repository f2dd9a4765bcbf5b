"""DataProxyService, and the store behind its signed URLs: a folder here, or a bucket."""

import base64
import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import grpc
from flyteidl.service import dataproxy_pb2, dataproxy_pb2_grpc
from google.protobuf import duration_pb2, timestamp_pb2

from flyte.refusal import Refused, invalid
from flyte.web import Reply

# The header with which the client must send the content's digest, as in S3.
DIGEST_HEADER = "x-amz-meta-flyteContentMD5"
LONGEST = 3600


@dataclass
class Signed:
    """The permission of a signed URL, until it expires."""

    native_url: str
    headers: dict
    expires: float


class Folder:
    """Objects are files, whose native URLs everybody on this machine can read."""

    def __init__(self, folder):
        self.prefix = f"file://{folder}"

    def put(self, url, content):
        path = Path(url.removeprefix("file://"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def get(self, url):
        path = Path(url.removeprefix("file://"))
        return path.read_bytes() if path.is_file() else None


class Bucket:
    """Objects are in a store with S3's protocol. The variables of containers name the same store."""

    def __init__(self, prefix):
        from botocore.session import get_session

        self.prefix = prefix.rstrip("/")
        endpoint, key, secret = (
            os.environ[f"FLYTE_AWS_{name}"] for name in ("ENDPOINT", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
        )
        self.client = get_session().create_client(
            "s3", "us-east-1", endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret
        )

    def put(self, url, content):
        self.client.put_object(**place(url), Body=content)

    def get(self, url):
        # The engine keeps its files of executions here.
        if url.startswith("file://"):
            return Folder("").get(url)
        try:
            return self.client.get_object(**place(url))["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None


def place(url):
    parts = urlsplit(url)
    return {"Bucket": parts.netloc, "Key": parts.path.lstrip("/")}


class DataProxy(dataproxy_pb2_grpc.DataProxyServiceServicer):
    def __init__(self, store, web, lifetime):
        self.store, self.web, self.lifetime = store, web, lifetime
        self.signed = {}
        web.route("upload", "PUT", "/upload", self.upload, recorded=lambda body: b"")
        web.route("download", "GET", "/download", self.download)

    def CreateUploadLocation(self, request, context):
        if not (request.project and request.domain):
            raise invalid("project and domain are required parameters")
        if not (request.filename_root or request.content_md5):
            raise invalid("content_md5 or filename_root is a required parameter")
        root = request.filename_root or base64.b32encode(request.content_md5).decode()
        name = request.filename or secrets.token_hex(10)
        native_url = f"{self.store.prefix}/{request.project}/{request.domain}/{root}/{name}"
        digest = base64.b64encode(request.content_md5).decode()
        if request.filename and request.filename_root:
            self.check_free(native_url, digest)
        headers = {DIGEST_HEADER: digest} if digest and request.add_content_md5_metadata else {}
        required = {"Content-MD5": digest, **headers} if digest else headers
        url, expires_at = self.sign("upload", native_url, required, request.expires_in)
        return dataproxy_pb2.CreateUploadLocationResponse(
            signed_url=url, native_url=native_url, expires_at=expires_at, headers=headers
        )

    def check_free(self, native_url, digest):
        """A name that the client has chosen may be used again for the same content only."""
        there = self.store.get(native_url)
        if there is not None and md5(there) != digest:
            raise Refused(
                grpc.StatusCode.ALREADY_EXISTS,
                f"file already exists at location [{native_url}], specify a matching hash if you wish to rewrite",
            )

    def CreateDownloadLocation(self, request, context):
        url, expires_at = self.sign("download", request.native_url, {}, request.expires_in)
        return dataproxy_pb2.CreateDownloadLocationResponse(signed_url=url, expires_at=expires_at)

    def sign(self, what, native_url, headers, expires_in):
        """A URL for one object, and when it expires."""
        longest = duration_pb2.Duration(seconds=LONGEST)
        if expires_in.ToNanoseconds() > longest.ToNanoseconds():
            raise invalid(f"expiresIn [{expires_in.ToJsonString()}] cannot exceed max allowed expiration [1h0m0s]")
        lifetime = expires_in.ToNanoseconds() / 1e9 or self.lifetime
        token = secrets.token_urlsafe(16)
        self.signed[token] = Signed(native_url, headers, time.time() + lifetime)
        expires_at = timestamp_pb2.Timestamp()
        expires_at.FromNanoseconds(int(self.signed[token].expires * 1e9))
        name = native_url.rpartition("/")[-1]
        return f"{self.web.url}/{what}/{name}?signature={token}", expires_at

    def upload(self, request):
        signed = self.signed.get(request.query.get("signature"))
        if "Content-Length" not in request.headers:
            return refused(411, "MissingContentLength")
        if signed is None:
            return refused(403, "AccessDenied: no such signature")
        if signed.expires < time.time():
            return refused(403, "AccessDenied: Request has expired")
        for name, value in signed.headers.items():
            if request.headers.get(name) != value:
                return refused(403, f"SignatureDoesNotMatch: {name} is not {value}")
        if "Content-MD5" in request.headers and md5(request.body) != request.headers["Content-MD5"]:
            return refused(400, "BadDigest: the Content-MD5 you specified did not match what we received")
        self.store.put(signed.native_url, request.body)
        return Reply(200)

    def download(self, request):
        signed = self.signed.get(request.query.get("signature"))
        if signed is None or signed.expires < time.time():
            return refused(403, "AccessDenied")
        content = self.store.get(signed.native_url)
        return refused(404, "NoSuchKey") if content is None else Reply(200, content)


def md5(content):
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def refused(status, message):
    return Reply(status, f"{message}\n".encode(), {"Content-Type": "text/plain"})
