"""Usage: connect_gate.py HOST:PORT TOKEN FOLDER

Plays Databricks Connect: a proxy before the Spark Connect server at HOST:PORT, which requires TOKEN. It serves
TLS with a certificate signed by FOLDER/ca.pem, accepts only calls that name their cluster and have a token, and
writes each call's method, cluster and user agent into a line of FOLDER/calls. Prints its port.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from flyte.tls import Certificates

CLUSTER = "0923-164208-meows279"
TOKEN = "token-of-the-workspace"
STREAMS_BACK = {"ExecutePlan", "ReattachExecute"}
STREAMS = {"AddArtifacts"}


def same(message):
    return message


class Gate(grpc.GenericRpcHandler):
    def __init__(self, server, token, calls):
        self.channel = grpc.insecure_channel(server)
        self.credentials = [("authorization", f"Bearer {token}")]
        self.calls = calls

    def service(self, details):
        told = dict(details.invocation_metadata)
        name = details.method.rpartition("/")[2]
        cluster = told.get("x-databricks-cluster-id")
        self.calls.write(f"{name} {cluster} {told.get('user-agent')}\n")
        self.calls.flush()
        if told.get("authorization") != f"Bearer {TOKEN}" or cluster != CLUSTER:
            return refusal(name)
        kinds = (name in STREAMS, name in STREAMS_BACK)
        forward = {
            (False, False): self.channel.unary_unary,
            (False, True): self.channel.unary_stream,
            (True, False): self.channel.stream_unary,
        }[kinds](details.method, request_serializer=same, response_deserializer=same)
        handler = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
        }[kinds]
        return handler(forwarding(forward, self.credentials, kinds[1]), same, same)


def forwarding(forward, credentials, is_stream):
    def once(request, context):
        try:
            return forward(request, metadata=credentials)
        except grpc.RpcError as error:
            context.set_trailing_metadata(error.trailing_metadata())
            context.abort(error.code(), error.details())

    def back(request, context):
        try:
            yield from forward(request, metadata=credentials)
        except grpc.RpcError as error:
            context.set_trailing_metadata(error.trailing_metadata())
            context.abort(error.code(), error.details())

    return back if is_stream else once


def refusal(name):
    def refuse(_, context):
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "the call has no valid token or names no known cluster")

    if name in STREAMS_BACK:
        return grpc.unary_stream_rpc_method_handler(refuse, same, same)
    return grpc.unary_unary_rpc_method_handler(refuse, same, same)


def main():
    server, token, folder = sys.argv[1:]
    certificates = Certificates(Path(folder))
    gate = grpc.server(ThreadPoolExecutor(16))
    with open(Path(folder) / "calls", "w") as calls:
        gate.add_generic_rpc_handlers([Gate(server, token, calls)])
        credentials = grpc.ssl_server_credentials([(certificates.key, certificates.chain)])
        port = gate.add_secure_port("127.0.0.1:0", credentials)
        gate.start()
        print(f"listens on {port}", flush=True)
        gate.wait_for_termination()


if __name__ == "__main__":
    main()
