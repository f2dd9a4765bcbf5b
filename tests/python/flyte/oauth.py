"""Authentication: tokens, the ways to get one (OAuth2 over the web server), and AuthMetadataService."""

import base64
import hashlib
import secrets
import threading
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus, urlencode

import grpc
from flyteidl.service import auth_pb2, auth_pb2_grpc

from flyte.refusal import Refused
from flyte.web import Reply, json_reply

PUBLIC_CLIENT = "flytectl"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
# The fields of a form that are not recorded.
SECRETS = ("client_secret", "code", "code_verifier", "device_code", "refresh_token")
# The first answers to a client that requests a device's token.
DEVICE_ANSWERS = ("authorization_pending", "slow_down")


class Tokens:
    """The issued tokens, and their expiry."""

    def __init__(self, options):
        self.required, self.header = options.require_auth, options.metadata_key.lower() or "authorization"
        self.lifetime = options.token_lifetime
        self.claimed = options.claimed_lifetime or options.token_lifetime
        self.good = dict.fromkeys(options.accept_token, float("inf"))
        self.refresh = set()

    def issue(self):
        """The answer of the token endpoint."""
        token, refresh = (secrets.token_urlsafe(24) for _ in range(2))
        self.good[token] = time.time() + self.lifetime
        self.refresh.add(refresh)
        return {
            "access_token": token,
            "refresh_token": refresh,
            "token_type": "Bearer",
            "expires_in": round(self.claimed),
        }

    def check(self, metadata):
        if not self.required:
            return
        kind, _, token = dict(metadata).get(self.header, "").partition(" ")
        if kind != "Bearer" or token not in self.good:
            raise unauthenticated("Request unauthenticated with Bearer")
        if self.good[token] < time.time():
            raise unauthenticated("token parse error [JWT_VERIFICATION_FAILED] token is expired")


def unauthenticated(message):
    return Refused(grpc.StatusCode.UNAUTHENTICATED, message)


@dataclass
class Grant:
    """The content of an authorization code."""

    redirect_uri: str
    challenge: str


@dataclass
class OAuthError(Exception):
    """RFC 6749, 5.2."""

    error: str
    description: str
    status: int = 400


class OAuth:
    """The web server's part."""

    def __init__(self, options, tokens, web):
        self.options, self.tokens = options, tokens
        self.codes, self.devices = {}, {}
        self.lock = threading.Lock()
        web.route("token", "POST", "/oauth2/token", self.token, recorded=without_secrets)
        web.route("authorize", "GET", "/oauth2/authorize", self.authorize)
        web.route("device", "POST", "/oauth2/device_authorization", self.device)

    def token(self, request):
        form = dict(parse_qsl(request.body.decode()))
        grants = {
            "client_credentials": self.client_credentials,
            "authorization_code": self.authorization_code,
            "refresh_token": self.refresh_token,
            DEVICE_CODE: self.device_code,
        }
        try:
            grant = grants.get(form.get("grant_type"))
            if grant is None:
                raise OAuthError("unsupported_grant_type", f"{form.get('grant_type')} is not known here")
            with self.lock:
                grant(form, request)
                return json_reply(200, self.tokens.issue())
        except OAuthError as error:
            return refusal(error)

    def client_credentials(self, form, request):
        client, secret = basic(request.headers.get("Authorization", ""))
        if self.options.client != f"{client}:{secret}":
            raise OAuthError("invalid_client", "the client's secret is not the right one", 401)
        self.check_scope(form)
        if self.options.audience and form.get("audience") != self.options.audience:
            raise OAuthError("invalid_request", f"audience is not {self.options.audience}")

    def check_scope(self, form):
        unknown = set(form.get("scope", "").split()) - set(self.options.scope)
        if unknown:
            raise OAuthError("invalid_scope", f"no such scope: {' '.join(sorted(unknown))}")

    def authorize(self, request):
        """The browser's page, of a user who agrees at once."""
        query = request.query
        if query.get("client_id") != PUBLIC_CLIENT or query.get("redirect_uri") != self.options.redirect_uri:
            return Reply(400, b"no such client, or not its redirect_uri\n")
        answer = {"state": query.get("state", "")}
        if self.options.deny:
            answer |= {"error": "access_denied", "error_description": "the user has said no"}
        elif query.get("response_type") != "code" or query.get("code_challenge_method") != "S256":
            answer |= {"error": "invalid_request", "error_description": "a code with a challenge by S256 is needed"}
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = Grant(query["redirect_uri"], query.get("code_challenge", ""))
        return Reply(302, headers={"Location": f"{query['redirect_uri']}?{urlencode(answer)}"})

    def authorization_code(self, form, request):
        grant = self.codes.pop(form.get("code"), None)
        if grant is None:
            raise OAuthError("invalid_grant", "no such code, or it was used")
        self.check_public_client(form)
        if form.get("redirect_uri") != grant.redirect_uri:
            raise OAuthError("invalid_grant", "not the redirect_uri of the code")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != grant.challenge:
            raise OAuthError("invalid_grant", "the code's verifier does not match its challenge")

    def refresh_token(self, form, request):
        self.check_public_client(form)
        if form.get("refresh_token") not in self.tokens.refresh:
            raise OAuthError("invalid_grant", "no such refresh token, or it was used")
        self.tokens.refresh.remove(form["refresh_token"])

    def device(self, request):
        """The start of a device's authorization, to which a user agrees later."""
        form = dict(parse_qsl(request.body.decode()))
        try:
            self.check_public_client(form)
            self.check_scope(form)
        except OAuthError as error:
            return refusal(error)
        code, user_code = secrets.token_urlsafe(16), "WDJB-MJHT"
        self.devices[code] = list(DEVICE_ANSWERS)
        page = f"{request.web.url}/device"
        answer = {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={user_code}",
            "expires_in": self.options.device_lifetime,
            "interval": 1,
        }
        return json_reply(200, answer)

    def device_code(self, form, request):
        self.check_public_client(form)
        answers = self.devices.get(form.get("device_code"))
        if answers is None:
            raise OAuthError("invalid_grant", "no such device code, or it was used")
        if self.options.deny:
            raise OAuthError("access_denied", "the user has said no")
        if answers:
            raise OAuthError(answers.pop(0), "nobody has agreed yet")
        del self.devices[form["device_code"]]

    def check_public_client(self, form):
        if form.get("client_id") != PUBLIC_CLIENT:
            raise OAuthError("invalid_client", "no such client", 401)


def without_secrets(form):
    fields = parse_qsl(form.decode())
    return urlencode([(name, "…" if name in SECRETS else value) for name, value in fields]).encode()


def basic(header):
    """The client and its secret, each of which may be quoted as in a form."""
    kind, _, encoded = header.partition(" ")
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise OAuthError("invalid_client", "the header Authorization cannot be read", 401) from None
    if kind != "Basic" or not client:
        raise OAuthError("invalid_client", "the client does not say who it is", 401)
    return unquote_plus(client), unquote_plus(secret)


def refusal(error):
    headers = {"WWW-Authenticate": "Basic"} if error.status == 401 else {}
    answer = {"error": error.error, "error_description": error.description}
    return json_reply(error.status, answer, **headers)


class AuthMetadata(auth_pb2_grpc.AuthMetadataServiceServicer):
    def __init__(self, options, web):
        self.options, self.url = options, web.url

    def GetOAuth2Metadata(self, request, context):
        return auth_pb2.OAuth2MetadataResponse(
            issuer=self.url,
            authorization_endpoint=self.options.authorization_endpoint or f"{self.url}/oauth2/authorize",
            token_endpoint=self.options.token_endpoint or f"{self.url}/oauth2/token",
            device_authorization_endpoint=f"{self.url}/oauth2/device_authorization",
            response_types_supported=["code", "token"],
            scopes_supported=self.options.scope,
            token_endpoint_auth_methods_supported=["client_secret_basic"],
            code_challenge_methods_supported=["S256"],
            grant_types_supported=["client_credentials", "refresh_token", "authorization_code", DEVICE_CODE],
        )

    def GetPublicClientConfig(self, request, context):
        return auth_pb2.PublicClientAuthConfigResponse(
            client_id=PUBLIC_CLIENT,
            redirect_uri=self.options.redirect_uri,
            scopes=self.options.scope,
            authorization_metadata_key=self.options.metadata_key,
            service_http_endpoint=self.url,
            audience=self.options.audience,
        )
