"""The web server: signed URLs of the data proxy, OAuth2, and the logs of executions."""

import http.server
import json
import select
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Reply:
    """An answer; without content it only has a status."""

    status: int
    content: bytes = b""
    headers: dict = field(default_factory=dict)


def json_reply(status, value, **headers):
    content = json.dumps(value).encode()
    return Reply(status, content, {"Content-Type": "application/json", "Cache-Control": "no-store", **headers})


class Web:
    """Routes have names, which faults and the record use."""

    def __init__(self, record, faults, tls):
        self.record, self.faults = record, faults
        self.routes = {}
        handler = type("Handler", (Handler,), {"web": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if tls:
            # The handshake happens in the connection's own thread, so that a client without one blocks nobody.
            self.server.socket = tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}"

    def route(self, name, http_method, path, answer, recorded=bytes):
        """`answer(request)` returns the reply to requests to this path or below; `recorded(body)` is the
        recorded part of the body."""
        self.routes[http_method, path] = (name, answer, recorded)

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        self.target = urlsplit(self.path)
        self.query = dict(parse_qsl(self.target.query))
        self.rest, found = self.find()
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        if found is None:
            return self.send(Reply(404, b"no such page\n"))
        name, answer, recorded = found
        metadata = [(":path", self.path), *self.headers.items()]
        written = self.web.record.begin("Web", name, metadata, recorded(self.body))
        reply = Reply(500)
        try:
            reply = self.reply(name, answer)
        finally:
            # The answer is recorded before the client can see it.
            self.web.record.end(written, str(reply.status))
        self.send(reply)

    def find(self):
        """The rest of the path, and the route for its beginning."""
        path, rest = self.target.path, []
        while path:
            if (self.command, path) in self.web.routes:
                return "/".join(reversed(rest)), self.web.routes[self.command, path]
            path, _, last = path.rpartition("/")
            rest.append(last)
        return "", None

    def reply(self, name, answer):
        call = self.path.encode() + self.body
        fault = self.web.faults.before(name, call, self.somebody_waits, "503")
        if fault is None:
            reply = answer(self)
            fault = self.web.faults.after(name, call, "503")
        if fault is not None:
            reply = Reply(int(fault.code), fault.message.encode() + b"\n")
        return reply

    def somebody_waits(self):
        readable, _, _ = select.select([self.connection], [], [], 0)
        return not readable

    def send(self, reply):
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    do_GET = do_PUT = do_POST = handle_any

    def log_message(self, *_):
        """Does nothing, because the record says more."""
