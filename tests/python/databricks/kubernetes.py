"""Secrets and service accounts, like on Kubernetes' API server."""

import base64
import json

from aiohttp import web

TOKEN = "kubernetes-token"


class Kubernetes:
    def __init__(self):
        # By "namespace/name".
        self.secrets, self.accounts = {}, {}

    def routes(self):
        namespace = "/api/v1/namespaces/{namespace}"
        return [
            web.get(namespace + "/secrets/{name}", self.secret),
            web.get(namespace + "/serviceaccounts", self.list),
            web.post(namespace + "/serviceaccounts/{name}/token", self.identity),
        ]

    async def secret(self, request):
        if refused := refusal(request):
            return refused
        values = self.secrets.get(key(request))
        if values is None:
            return status(404, "NotFound")
        data = {name: base64.b64encode(value.encode()).decode() for name, value in values.items()}
        return web.json_response({"apiVersion": "v1", "kind": "Secret", "metadata": metadata(request), "data": data})

    async def list(self, request):
        if refused := refusal(request):
            return refused
        namespace = request.match_info["namespace"]
        assert request.query.get("labelSelector") == "flyte.org/databricks-enabled=true", request.query
        items = [
            {"metadata": {"name": name.split("/")[1], "namespace": namespace, "annotations": annotations}}
            for name, annotations in self.accounts.items()
            if name.startswith(namespace + "/")
        ]
        return web.json_response({"apiVersion": "v1", "kind": "ServiceAccountList", "metadata": {}, "items": items})

    async def identity(self, request):
        if refused := refusal(request):
            return refused
        if key(request) not in self.accounts:
            return status(404, "NotFound")
        spec = (await request.json())["spec"]
        token = f"jwt of {key(request)} for {spec['audiences'][0]}"
        answer = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "metadata": metadata(request),
            "spec": spec,
            "status": {"token": token, "expirationTimestamp": "2050-01-01T00:00:00Z"},
        }
        return web.json_response(answer, status=201)

    def write_config(self, folder, port):
        cluster = {"server": f"https://localhost:{port}", "certificate-authority": "ca.pem"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": "test", "user": {"token": TOKEN}}],
        }
        (folder / "kubeconfig").write_text(json.dumps(config))


def key(request):
    return f"{request.match_info['namespace']}/{request.match_info['name']}"


def metadata(request):
    return {"name": request.match_info["name"], "namespace": request.match_info["namespace"]}


def refusal(request):
    if request.headers.get("Authorization") == f"Bearer {TOKEN}":
        return None
    return status(403, "Forbidden")


def status(code, reason):
    body = {"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": reason, "code": code}
    return web.json_response(body, status=code)
