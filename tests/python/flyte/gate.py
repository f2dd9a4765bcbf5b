"""The gate of every call: it records the call, may let it fail, and checks the token if the server requires one."""

import grpc

from flyte.refusal import Refused

# The calls by which a client learns how to get a token.
OPEN = {"AuthMetadataService", "Health"}


class Gate(grpc.ServerInterceptor):
    def __init__(self, record, faults, tokens):
        self.record, self.faults, self.tokens = record, faults, tokens

    def intercept_service(self, continuation, details):
        handler = continuation(details)
        if handler is None:
            return None
        service, method = details.method.split(".")[-1].split("/")

        def call(request, context):
            number = self.record.begin(service, method, context.invocation_metadata(), request)
            # The code for a client that has gone before the answer.
            code = "CANCELLED"
            try:
                answer = self.answer(handler, service, method, request, context)
                code = "OK"
                return answer
            except Refused as refused:
                code = refused.code.name
                context.abort(refused.code, refused.message)
            except Exception as error:
                code = "INTERNAL"
                context.abort(grpc.StatusCode.INTERNAL, repr(error))
            finally:
                self.record.end(number, code)

        return grpc.unary_unary_rpc_method_handler(call, None, handler.response_serializer)

    def answer(self, handler, service, method, request, context):
        if service not in OPEN:
            self.tokens.check(context.invocation_metadata())
        refuse(self.faults.before(method, request, context.is_active, "UNAVAILABLE"))
        try:
            answer = handler.unary_unary(handler.request_deserializer(request), context)
        except NotImplementedError:
            raise Refused(grpc.StatusCode.UNIMPLEMENTED, f"the test server has no {method}") from None
        refuse(self.faults.after(method, request, "UNAVAILABLE"))
        return answer


def refuse(fault):
    if fault is not None:
        raise Refused(grpc.StatusCode[fault.code], fault.message)
