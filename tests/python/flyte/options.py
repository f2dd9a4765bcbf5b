"""The server's options."""

import argparse
import socket
from pathlib import Path

from flyte.oauth import PUBLIC_CLIENT


def parse(arguments=None):
    parser = argparse.ArgumentParser(prog="flyte_server.py", description="A small Flyte.")
    parser.add_argument("folder", type=Path, help="an existing folder for the files that the server writes")
    parser.add_argument("--project", action="append", help="the name of a project; default: flytesnacks")
    parser.add_argument("--tls", action="store_true", help="use TLS for gRPC and HTTP; FOLDER/ca.pem signs the certificate")
    limit = "the platform's limit for a resource; default: Flyte's own limits"
    parser.add_argument("--limit", action="append", metavar="RESOURCE=QUANTITY", help=limit)
    tokens(parser.add_argument_group("tokens"))
    store(parser.add_argument_group("store"))
    containers(parser.add_argument_group("containers"))
    faults(parser.add_argument_group("faults"))
    options = parser.parse_args(arguments)
    # `append` would add to a list that is its default.
    options.project = options.project or ["flytesnacks"]
    options.limit = options.limit or ["cpu=2", "memory=1Gi", "gpu=1"]
    options.scope = options.scope or ["all"]
    options.redirect_uri = options.redirect_uri or f"http://localhost:{free_port()}/callback"
    return options


def tokens(group):
    group.add_argument("--require-auth", action="store_true", help="refuse calls without a token")
    key = "the header with the token; empty: `authorization`, but clients are not told"
    group.add_argument("--metadata-key", default="authorization", help=key)
    group.add_argument("--client", default="flytepropeller:secret", help="ID:SECRET of client_credentials")
    group.add_argument("--scope", action="append", help="a known scope; default: all")
    group.add_argument("--audience", default="", help="the audience that clients must ask for")
    group.add_argument("--token-lifetime", type=float, default=3600, help="seconds until a token is refused")
    group.add_argument("--claimed-lifetime", type=float, help="seconds that clients are told instead")
    group.add_argument("--accept-token", action="append", default=[], help="a token that is valid from the start")
    group.add_argument("--redirect-uri", help=f"the redirect URI of the client {PUBLIC_CLIENT}; default: a free port of localhost")
    group.add_argument("--device-lifetime", type=int, default=60, help="seconds until a device code expires")
    group.add_argument("--token-endpoint", help="an endpoint that clients are told instead of the server's own")
    group.add_argument("--authorization-endpoint", help="the same for the page to sign in")
    group.add_argument("--deny", action="store_true", help="the user refuses, in the browser and for a device")


def store(group):
    native = "s3://BUCKET/PREFIX for all data, in the store that FLYTE_AWS_… name; default: files in FOLDER"
    group.add_argument("--native", help=native)
    group.add_argument("--url-lifetime", type=float, default=600, help="seconds until a signed URL expires")


def containers(group):
    program = "PATH in an image is FILE here"
    group.add_argument("--program", action="append", default=[], metavar="PATH=FILE", help=program)
    group.add_argument("--python-path", help="the folder with the modules of Python tasks")
    group.add_argument("--backend", help="the program of Flyte's own code that runs executions")


def faults(group):
    rule = "METHOD=CODE[xTIMES][:MESSAGE], with a CODE of gRPC or HTTP; always, or only TIMES times"
    group.add_argument("--fail", action="append", default=[], metavar="METHOD=CODE", help=rule)
    group.add_argument("--hang", action="append", default=[], metavar="METHOD", help="never answer calls of this method")
    group.add_argument("--answer-limit", type=int, help="the size in bytes above which outputs are given by a URL")
    group.add_argument("--delay", type=float, default=0, metavar="MS", help="the delay of each answer")
    group.add_argument("--fail-each-once", action="store_true", help="each call is UNAVAILABLE the first time")
    group.add_argument("--lose-each-once", action="store_true", help="the same, but the call is executed")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
