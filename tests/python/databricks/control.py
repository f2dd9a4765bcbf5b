"""The tests' control of the server, over plain HTTP."""

from aiohttp import web


class Control:
    def __init__(self, faults, jobs, oauth, kubernetes):
        self.faults, self.jobs, self.oauth, self.kubernetes = faults, jobs, oauth, kubernetes

    def routes(self):
        return [
            web.post("/fault", self.fault),
            web.post("/asked", self.asked),
            web.post("/run", self.run),
            web.post("/runs", self.runs),
            web.post("/delete", self.delete),
            web.post("/sign-in", self.sign_in),
        ]

    async def fault(self, request):
        """Plans a fault."""
        self.faults.planned.append({"times": 1, **await request.json()})
        return web.json_response({})

    async def asked(self, _):
        """All requests since the last call."""
        asked, self.faults.asked = self.faults.asked, []
        return web.json_response(asked)

    async def run(self, request):
        """Puts a run into a state, with an output."""
        given = await request.json()
        run = self.jobs.runs[int(given["run_id"])]
        run.state, run.output = given["state"], given.get("output", {})
        return web.json_response({})

    async def runs(self, _):
        """The states of all runs, by number."""
        runs = {run.run_id: run.state for run in self.jobs.runs.values()}
        return web.json_response(runs)

    async def delete(self, request):
        """Deletes a run, like another user."""
        run = self.jobs.runs[int((await request.json())["run_id"])]
        del self.jobs.runs[run.run_id], self.jobs.runs[run.task_id]
        return web.json_response({})

    async def sign_in(self, request):
        """Adds tokens, principals, secrets and accounts; takes tokens away."""
        given = await request.json()
        self.oauth.good |= dict.fromkeys(given.get("tokens", []), float("inf"))
        for token in list(self.oauth.good):
            if any(token.startswith(it) for it in given.get("revoke", [])):
                del self.oauth.good[token]
        self.oauth.principals |= given.get("principals", {})
        self.oauth.lifetime = given.get("lifetime", self.oauth.lifetime)
        self.kubernetes.secrets |= given.get("secrets", {})
        self.kubernetes.accounts |= given.get("accounts", {})
        return web.json_response({})
