"""Puts the parts together."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from flyteidl.service import admin_pb2_grpc, auth_pb2_grpc, dataproxy_pb2_grpc

from flyte import options as flyte_options
from flyte.admin import Admin
from flyte.dataproxy import Bucket, DataProxy, Folder
from flyte.engine import Engine
from flyte.faults import Faults
from flyte.gate import Gate
from flyte.oauth import AuthMetadata, OAuth, Tokens
from flyte.record import Record
from flyte.tls import Certificates
from flyte.web import Web

# A client makes fewer calls at the same time, and some of them may hang.
THREADS = 200


def main():
    options = flyte_options.parse()
    certificates = Certificates(options.folder) if options.tls else None
    record, faults, tokens = Record(options.folder / "requests"), Faults(options), Tokens(options)
    web = Web(record, faults, certificates and certificates.context())
    OAuth(options, tokens, web)
    server = grpc.server(
        ThreadPoolExecutor(THREADS), interceptors=[Gate(record, faults, tokens)], options=[("grpc.so_reuseport", 0)]
    )
    store = make_store(options)
    engine = Engine(options, store, web)
    proxy = DataProxy(store, web, options.url_lifetime)
    admin = Admin(options, store, engine, web, proxy)
    admin_pb2_grpc.add_AdminServiceServicer_to_server(admin, server)
    auth_pb2_grpc.add_AuthMetadataServiceServicer_to_server(AuthMetadata(options, web), server)
    dataproxy_pb2_grpc.add_DataProxyServiceServicer_to_server(proxy, server)
    port = listen(server, certificates)
    server.start()
    web.start()
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    print(f"Flyte listens: gRPC on 127.0.0.1:{port}, HTTP on {web.url}", flush=True)
    end.wait()
    server.stop(grace=None)
    engine.end()


def make_store(options):
    if options.native:
        return Bucket(options.native)
    return Folder(options.folder / "data")


def listen(server, certificates):
    if certificates is None:
        return server.add_insecure_port("127.0.0.1:0")
    credentials = grpc.ssl_server_credentials([(certificates.key, certificates.chain)])
    return server.add_secure_port("127.0.0.1:0", credentials)
