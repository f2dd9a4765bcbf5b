"""What executions, their nodes and their attempts have in common."""

from flyteidl.admin import common_pb2
from flyteidl.core import literals_pb2


class Stage:
    """`message` is what a client gets: an Execution, a NodeExecution or a TaskExecution."""

    def __init__(self, store, message, inputs, inputs_uri):
        self.store, self.message = store, message
        self.inputs, self.inputs_uri = inputs, inputs_uri
        self.outputs, self.outputs_uri = literals_pb2.LiteralMap(), ""
        message.closure.created_at.GetCurrentTime()
        store.put(inputs_uri, inputs.SerializeToString())

    def enter(self, phase):
        closure = self.message.closure
        closure.updated_at.GetCurrentTime()
        # What is queued has begun to take time, too: it does not stay so here.
        if not closure.HasField("started_at"):
            closure.started_at.CopyFrom(closure.updated_at)
        closure.duration.FromNanoseconds(closure.updated_at.ToNanoseconds() - closure.started_at.ToNanoseconds())
        # Last: who sees the end of it sees all of it.
        closure.phase = phase

    def succeed(self, phase, outputs, uri):
        self.outputs, self.outputs_uri = outputs, uri
        closure = self.message.closure
        if hasattr(closure, "output_uri"):
            closure.output_uri = uri
        else:
            closure.outputs.uri = uri
        self.enter(phase)

    def fail(self, phase, error):
        self.message.closure.error.CopyFrom(error)
        self.enter(phase)

    def data(self, response):
        """Fills in the inputs and outputs."""
        response.full_inputs.CopyFrom(self.inputs)
        response.full_outputs.CopyFrom(self.outputs)
        response.inputs.CopyFrom(blob(self.inputs_uri, self.inputs))
        response.outputs.CopyFrom(blob(self.outputs_uri, self.outputs))
        return response


def blob(uri, literals):
    return common_pb2.UrlBlob(url=uri, bytes=literals.ByteSize())
