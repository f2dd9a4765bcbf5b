"""Faults on demand: at a gRPC method, or at a part of the web server (`upload`, `download`,
`token`, `authorize`, `device`, `logs`)."""

import re
import threading
import time
from dataclasses import dataclass

RULE = re.compile(r"(?P<method>\w+)=(?P<code>[A-Z_]+|\d+)(x(?P<times>\d+))?(:(?P<message>.*))?", re.DOTALL)


@dataclass
class Fault:
    """A failure instead of an answer; `code` is gRPC's name or HTTP's number."""

    code: str
    message: str
    times: float = float("inf")


class Faults:
    def __init__(self, options):
        self.rules = dict(map(parse, options.fail))
        self.hanging = set(options.hang)
        self.delay = options.delay / 1000
        self.each_once, self.lose_each_once = options.fail_each_once, options.lose_each_once
        self.seen, self.lost = set(), set()
        self.lock = threading.Lock()

    def before(self, method, request, alive, unavailable):
        """Waits as long as requested for this call, and returns its fault, if there is one.

        `alive` tells whether the client still waits for the answer, `unavailable` is the code of a server
        that is temporarily down.
        """
        time.sleep(self.delay)
        while method in self.hanging and alive():
            time.sleep(0.05)
        with self.lock:
            rule = self.rules.get(method)
            if rule and rule.times > 0:
                rule.times -= 1
                return rule
            if self.each_once and first(self.seen, method, request):
                return Fault(unavailable, "not the first time")
        return None

    def after(self, method, request, unavailable):
        """The fault after the call was executed."""
        with self.lock:
            if self.lose_each_once and first(self.lost, method, request):
                return Fault(unavailable, "the answer got lost")
        return None


def first(seen, method, request):
    new = (method, request) not in seen
    seen.add((method, request))
    return new


def parse(text):
    rule = RULE.fullmatch(text)
    if rule is None:
        raise SystemExit(f"--fail {text}: not METHOD=CODE[xTIMES][:MESSAGE]")
    times = float(rule["times"] or "inf")
    return rule["method"], Fault(rule["code"], rule["message"] or "a fault on demand", times)
