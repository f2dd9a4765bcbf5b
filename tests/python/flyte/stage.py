"""The common parts of executions, nodes and attempts."""

from flyteidl.admin import common_pb2
from flyteidl.core import literals_pb2


class Stage:
    """`message` is the client's view: an Execution, a NodeExecution or a TaskExecution."""

    # The final phases: later events are ignored, as in Flyte's admin.
    final = ()

    def __init__(self, store, message, inputs_uri):
        self.store, self.message = store, message
        self.inputs_uri, self.outputs_uri = inputs_uri, ""
        message.closure.created_at.GetCurrentTime()

    def apply(self, event):
        """Applies an event of the engine."""
        closure = self.message.closure
        if closure.phase in self.final:
            return
        self.heard(event)
        if event.WhichOneof("output_result") == "error":
            closure.error.CopyFrom(event.error)
        elif event.WhichOneof("output_result") == "output_uri":
            self.succeeded(event.output_uri)
        self.enter(event.phase)

    def heard(self, event):
        """Applies the other parts of an event."""

    def succeeded(self, uri):
        self.outputs_uri = uri
        closure = self.message.closure
        if hasattr(closure, "output_uri"):
            closure.output_uri = uri
        else:
            closure.outputs.uri = uri

    def enter(self, phase):
        closure = self.message.closure
        closure.updated_at.GetCurrentTime()
        # A queued stage has a start time, too, because it does not stay queued here.
        if not closure.HasField("started_at"):
            closure.started_at.CopyFrom(closure.updated_at)
        closure.duration.FromNanoseconds(closure.updated_at.ToNanoseconds() - closure.started_at.ToNanoseconds())
        # The phase is set last, so that a client that sees the end sees everything.
        closure.phase = phase

    def data(self, response):
        """Fills in the inputs and outputs."""
        for uri, full, place in (
            (self.inputs_uri, response.full_inputs, response.inputs),
            (self.outputs_uri, response.full_outputs, response.outputs),
        ):
            content = (uri and self.store.get(uri)) or b""
            full.CopyFrom(literals_pb2.LiteralMap.FromString(content))
            place.CopyFrom(common_pb2.UrlBlob(url=uri, bytes=len(content)))
        return response
