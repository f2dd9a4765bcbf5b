"""Authentication: personal tokens, and tokens of service principals."""

import secrets
import time

from aiohttp import web

PASSWORD = "client_credentials"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


class OAuth:
    def __init__(self):
        # Valid tokens, and their expiry.
        self.good = {"dapi-default": float("inf")}
        # The password or the trusted identity, by principal.
        self.principals = {}
        self.lifetime = 3600

    def routes(self):
        return [web.post("/oidc/v1/token", self.token)]

    async def token(self, request):
        form = await request.post()
        known = self.principals.get(form.get("client_id"))
        given = form.get("client_secret") if form.get("grant_type") == PASSWORD else form.get("subject_token")
        if form.get("grant_type") not in (PASSWORD, EXCHANGE) or form.get("scope") != "all-apis":
            return web.json_response({"error": "invalid_request"}, status=400)
        if known is None or given != known:
            # Some servers repeat the request in their answer.
            return web.json_response({"error": "invalid_client", "error_description": f"not {given}"}, status=401)
        token = "oauth-" + secrets.token_hex(8)
        self.good[token] = time.time() + self.lifetime
        return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime})

    def refusal(self, request):
        """The answer to a caller without permission."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.good.get(token, 0) > time.time():
            return None
        return web.json_response({"error_code": "UNAUTHENTICATED", "message": f"token {token} is invalid"}, status=401)
