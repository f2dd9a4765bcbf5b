"""Faults on demand, and a record of requests."""

import asyncio
import json

from aiohttp import web


class Faults:
    """A fault is {"path": part of it, "times": how often, …} with one of:

    "status" (with "headers" and "body"), "slow" (seconds, then the true answer), "cut" (before any work),
    "cut_after" (after all work), "body" (instead of the true answer's).
    """

    def __init__(self):
        self.planned, self.asked = [], []

    @web.middleware
    async def middleware(self, request, handler):
        body = await request.text()
        self.asked.append(
            {
                "method": request.method,
                "path": request.path_qs,
                "authorization": request.headers.get("Authorization"),
                "content_type": request.headers.get("Content-Type"),
                "body": parsed(body),
            }
        )
        fault = self.next(request.path_qs)
        if fault is None:
            return await handler(request)
        if "status" in fault:
            return web.Response(
                status=fault["status"], headers=fault.get("headers"), text=fault.get("body", '{"message": "planned"}')
            )
        if fault.get("cut"):
            return cut(request)
        if "slow" in fault:
            await asyncio.sleep(fault["slow"])
        answer = await handler(request)
        if fault.get("cut_after"):
            return cut(request)
        if "body" in fault:
            return web.Response(status=200, text=fault["body"])
        return answer

    def next(self, path):
        for fault in self.planned:
            if fault["path"] in path and fault["times"] > 0:
                fault["times"] -= 1
                return fault
        return None


def cut(request):
    request.transport.abort()
    return web.Response()


def parsed(body):
    try:
        return json.loads(body)
    except ValueError:
        return body
