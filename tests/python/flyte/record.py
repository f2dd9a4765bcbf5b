"""The record of requests, in a file with one line of JSON for each request and one for its answer.

A request: {service, method, metadata: [[name, value], …], request: hex}. An answer: {answer: the
number of the request's line among the requests, code}. Credentials are not recorded.
"""

import json
import re
import threading

CREDENTIALS = re.compile(r"(^bearer |^basic |\bsignature=)[^&]+", re.IGNORECASE)


class Record:
    def __init__(self, path):
        self.file = open(path, "w", buffering=1)
        self.lock = threading.Lock()
        self.count = 0

    def begin(self, service, method, metadata, request):
        """Records a request, and returns its number."""
        line = {
            "service": service,
            "method": method,
            "metadata": [[name, hidden(value)] for name, value in metadata],
            "request": request.hex(),
        }
        with self.lock:
            self.write(line)
            self.count += 1
            return self.count - 1

    def end(self, number, code):
        with self.lock:
            self.write({"answer": number, "code": code})

    def write(self, line):
        self.file.write(json.dumps(line) + "\n")


def hidden(value):
    if isinstance(value, bytes):
        value = value.hex()
    return CREDENTIALS.sub(r"\1…", value)
