"""GitHub's issuer and the clouds that trust it, as strict as their published contracts, behind a proxy of this test.

The proxy takes `CONNECT` for any host and answers there by TLS itself, so that the kit's requests go out unchanged, to
the real names. Identity tokens are signed (RS256), and each cloud checks signature, issuer, audience, subject and time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from cicd import masking
from cicd.federation import asking, credentials
from cicd.oci import logins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:acme/app:environment:production"
REQUESTS = "pipelines.actions.githubusercontent.com"
REQUEST_PATH = "/x/_apis/distributedtask/hubs/Actions/plans/1/jobs/2/idtoken"
REQUEST_TOKEN = "request-token-of-the-job"
TENANT, CLIENT = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"
ROLE, REGION = "arn:aws:iam::123456789012:role/ml-cicd", "eu-west-1"
PROVIDER = "projects/123456789/locations/global/workloadIdentityPools/github/providers/github"
ACCOUNT = "ml-cicd@acme.iam.gserviceaccount.com"
AZURE_HOST = "flights.azurecr.io"
AWS_HOST = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
GOOGLE_HOST = "europe-west1-docker.pkg.dev"
CLUSTER = "cluster.example.org"
HOSTS = (
    REQUESTS, "login.microsoftonline.com", AZURE_HOST, f"sts.{REGION}.amazonaws.com", f"api.ecr.{REGION}.amazonaws.com",
    AWS_HOST, "sts.googleapis.com", "iamcredentials.googleapis.com", GOOGLE_HOST, CLUSTER,
)  # fmt: skip
ANSWER_JSON = {REQUESTS, "login.microsoftonline.com", "sts.googleapis.com", "iamcredentials.googleapis.com"}
"""They document the JSON of their answers, and clients ask for it."""
MANIFEST = b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}'
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"
FORM = "application/x-www-form-urlencoded"


class RefusedError(Exception):
    """What a cloud answers instead of a credential."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status, self.body = status, body


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    host: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        assert self.headers["content-type"] == FORM
        return dict(parse_qsl(self.body.decode(), strict_parsing=True))

    @property
    def basic(self) -> str:
        """User and password."""
        kind, _, encoded = self.headers.get("authorization", "").partition(" ")
        return base64.b64decode(encoded).decode() if kind == "Basic" else ""


@cache
def issuer_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Clouds:
    """The clouds, what they were asked, and how they misbehave."""

    subject: str = SUBJECT
    issuer: str = ISSUER
    lifetime: int = 300
    """Seconds that an identity token lasts."""
    lasting: int = 3600
    """Seconds that a cloud's credential lasts."""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """What a host answers, whatever it is asked: status and body."""
    failures: int = 0
    """How many times GitHub's issuer fails before it answers."""
    asked: list[Asked] = field(default_factory=list)
    issued: set[str] = field(default_factory=set)
    """Every secret that was given away."""

    def hosts(self) -> list[str]:
        """Return the hosts that were asked, in order."""
        return [request.host for request in self.asked]

    def give(self, secret: str) -> str:
        self.issued.add(secret)
        return secret

    def identity_token(self, audience: str, **claims: Any) -> str:
        now = int(time.time())
        payload = {
            "iss": self.issuer, "sub": self.subject, "aud": audience, "iat": now, "nbf": now - 5,
            "exp": now + self.lifetime, **claims,
        }  # fmt: skip
        signed = f"{_encoded({'alg': 'RS256', 'typ': 'JWT', 'kid': '1'})}.{_encoded(payload)}"
        signature = issuer_key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return self.give(f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}")

    def answer(self, request: Asked) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers and body."""
        self.asked.append(request)
        if request.host in ANSWER_JSON:
            assert request.headers.get("accept") == "application/json"
        if request.host in self.answers:
            status, body = self.answers[request.host]
            return status, {}, body
        try:
            body = _SERVICES[request.host](self, request)
        except RefusedError as refused:
            if isinstance(refused.body, Mapping) and "www-authenticate" in refused.body:
                return refused.status, refused.body, b"{}"
            body = refused.body if isinstance(refused.body, bytes) else json.dumps(refused.body).encode()
            return refused.status, {}, body
        return 200, {}, body if isinstance(body, bytes) else json.dumps(body).encode()


def _encoded(data: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def _decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def trusted(token: str, audience: str) -> bool:
    """Return whether a cloud that trusts the subject `SUBJECT` of GitHub's issuer accepts a token."""
    head, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    try:
        issuer_key().public_key().verify(
            base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)), f"{head}.{payload}".encode(),
            padding.PKCS1v15(), hashes.SHA256(),
        )  # fmt: skip
    except InvalidSignature:
        return False
    claims = _decoded(payload)
    known = (claims["iss"], claims["sub"], claims["aud"]) == (ISSUER, SUBJECT, audience)
    return known and claims["nbf"] <= time.time() < claims["exp"]


def _github(clouds: Clouds, request: Asked) -> Any:
    assert (request.method, request.path) == ("GET", REQUEST_PATH)
    assert set(request.query) == {"api-version", "audience"}
    if clouds.failures:
        clouds.failures -= 1
        raise RefusedError(503, {"message": "later"})
    if request.headers["authorization"] != f"Bearer {REQUEST_TOKEN}":
        raise RefusedError(401, {"message": "Bad credentials"})
    value = clouds.identity_token(request.query["audience"])
    return {"count": len(value), "value": value}


def _entra(clouds: Clouds, request: Asked) -> Any:
    form = request.form
    assert (request.method, request.path) == ("POST", f"/{TENANT}/oauth2/v2.0/token")
    assert set(form) == {"client_id", "client_assertion_type", "client_assertion", "grant_type", "scope"}
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert (form["grant_type"], form["client_id"]) == ("client_credentials", CLIENT)
    if not trusted(form["client_assertion"], "api://AzureADTokenExchange"):
        found = "No matching federated identity record found for presented assertion subject"
        text = f"AADSTS700213: {found} '{clouds.subject}'.\r\nTrace ID: 1"
        raise RefusedError(401, {"error": "invalid_client", "error_description": text})
    access = clouds.give(f"entra-token-for {form['scope']}")
    return {
        "token_type": "Bearer",
        "expires_in": clouds.lasting,
        "ext_expires_in": clouds.lasting,
        "access_token": access,
    }


def _azure_registry(clouds: Clouds, request: Asked) -> Any:
    if request.path == "/oauth2/exchange":
        form = request.form
        assert request.method == "POST"
        assert set(form) == {"grant_type", "service", "tenant", "access_token"}
        assert (form["grant_type"], form["service"], form["tenant"]) == ("access_token", AZURE_HOST, TENANT)
        if form["access_token"] != "entra-token-for https://containerregistry.azure.net/.default":
            raise RefusedError(401, {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]})
        return {"refresh_token": clouds.give("refresh-token-of-the-registry")}
    user = "00000000-0000-0000-0000-000000000000:refresh-token-of-the-registry"
    if request.path == "/oauth2/token":
        assert request.query["service"] == AZURE_HOST
        if request.basic != user:
            raise RefusedError(401, {})
        return {"access_token": "token-of-the-registry"}
    if request.headers.get("authorization") != "Bearer token-of-the-registry":
        challenge = (
            f'Bearer realm="https://{AZURE_HOST}/oauth2/token",service="{AZURE_HOST}",scope="repository:app:pull"'
        )
        raise RefusedError(401, {"www-authenticate": challenge})
    return _manifest(request)


def _manifest(request: Asked) -> bytes:
    assert request.path.endswith(f"/manifests/{DIGEST}")
    return MANIFEST


def _sts(clouds: Clouds, request: Asked) -> Any:
    form = request.form
    assert (request.method, request.path) == ("POST", "/")
    assert set(form) == {
        "Action", "Version", "RoleArn", "RoleSessionName", "WebIdentityToken", "DurationSeconds"
    }  # fmt: skip
    assert (form["Action"], form["Version"], form["RoleArn"]) == ("AssumeRoleWithWebIdentity", "2011-06-15", ROLE)
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", form["RoleSessionName"])
    assert 900 <= int(form["DurationSeconds"]) <= 43200
    if not trusted(form["WebIdentityToken"], "sts.amazonaws.com"):
        raise RefusedError(403, (
            b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
            b"<Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>"
            b"</Error></ErrorResponse>"
        ))  # fmt: skip
    keys = {
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "secret/key+of=the-role",
        "SessionToken": "session/token==",
    }
    clouds.give(keys["SecretAccessKey"])
    clouds.give(keys["SessionToken"])
    if request.headers.get("accept") == "application/json":  # not in the documented contract, and what AWS does
        credentials = {**keys, "Expiration": time.time() + 900}
        return {"AssumeRoleWithWebIdentityResponse": {"AssumeRoleWithWebIdentityResult": {"Credentials": credentials}}}
    elements = "".join(f"\n      <{name}>{value}</{name}>" for name, value in keys.items())
    return (
        '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<AssumeRoleWithWebIdentityResult><Credentials>{elements}<Expiration>2026-01-01T00:00:00Z</Expiration>"
        "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
    ).encode()


def signature(request: Asked, secret: str, service: str) -> str:
    """Return the signature that AWS expects, from what arrived."""
    match = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/[^,]+), SignedHeaders=([^,]+), Signature=[0-9a-f]{64}",
        request.headers["authorization"],
    )
    assert match
    scope, names = match[2], match[3].split(";")
    assert scope.split("/")[1:] == [REGION, service, "aws4_request"]
    assert {"host", "x-amz-date", "x-amz-security-token", "x-amz-target", "content-type"} <= set(names)
    head = "".join(f"{name}:{request.headers[name]}\n" for name in names)
    canonical = f"POST\n{request.path}\n\n{head}\n{match[3]}\n{hashlib.sha256(request.body).hexdigest()}"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{scope}\n{hashed}"
    key = b"AWS4" + secret.encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _ecr(clouds: Clouds, request: Asked) -> Any:
    assert (request.method, request.path, request.body) == ("POST", "/", b"{}")
    assert request.headers["x-amz-target"] == "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    assert request.headers["content-type"] == "application/x-amz-json-1.1"
    age = datetime.now(UTC) - datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    signed = request.headers["authorization"].endswith(signature(request, "secret/key+of=the-role", "ecr"))
    if not signed or age > timedelta(minutes=5) or request.headers["x-amz-security-token"] != "session/token==":
        raise RefusedError(400, {"__type": "InvalidSignatureException", "message": "The signature does not match."})
    password = clouds.give("password-of-ecr")
    return {
        "authorizationData": [{
            "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
            "expiresAt": time.time() + clouds.lasting, "proxyEndpoint": f"https://{AWS_HOST}",
        }]
    }  # fmt: skip


def _basic_registry(user: str) -> Callable[[Clouds, Asked], Any]:
    def answer(_: Clouds, request: Asked) -> Any:
        if request.basic != user:
            raise RefusedError(401, {"www-authenticate": 'Basic realm="registry"'})
        return _manifest(request)

    return answer


def _google_registry(clouds: Clouds, request: Asked) -> Any:
    user, _, token = request.basic.partition(":")
    if user != "oauth2accesstoken" or token not in clouds.issued:
        raise RefusedError(401, {"www-authenticate": 'Basic realm="registry"'})
    return _manifest(request)


def _google_sts(clouds: Clouds, request: Asked) -> Any:
    form = request.form
    assert (request.method, request.path) == ("POST", "/v1/token")
    assert form.pop("subject_token_type") == "urn:ietf:params:oauth:token-type:jwt"
    assert form.pop("grant_type") == "urn:ietf:params:oauth:grant-type:token-exchange"
    assert form.pop("requested_token_type") == "urn:ietf:params:oauth:token-type:access_token"
    assert form.pop("scope") == "https://www.googleapis.com/auth/cloud-platform"
    assert form.pop("audience") == f"//iam.googleapis.com/{PROVIDER}"
    token = form.pop("subject_token")
    assert form == {}
    if not trusted(token, f"https://iam.googleapis.com/{PROVIDER}"):
        raise RefusedError(400, {"error": "invalid_grant", "error_description": "The audience does not match."})
    return {
        "access_token": clouds.give("federated-token-of-google"), "token_type": "Bearer", "expires_in": clouds.lasting,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }  # fmt: skip


def _google_iam(clouds: Clouds, request: Asked) -> Any:
    assert request.method == "POST"
    assert request.path == f"/v1/projects/-/serviceAccounts/{ACCOUNT}:generateAccessToken"
    assert request.headers["content-type"] == "application/json"
    asked = json.loads(request.body)
    assert asked["scope"] == ["https://www.googleapis.com/auth/cloud-platform"]
    assert int(asked["lifetime"].removesuffix("s")) <= 3600
    if request.headers["authorization"] != "Bearer federated-token-of-google":
        text = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource."
        raise RefusedError(403, {"error": {"code": 403, "message": text, "status": "PERMISSION_DENIED"}})
    ends = datetime.now(UTC) + timedelta(seconds=clouds.lasting)
    access = clouds.give("token-of-the-service-account")
    return {"accessToken": access, "expireTime": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _cluster(clouds: Clouds, request: Asked) -> Any:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    aks = token == "entra-token-for 6dae42f8-4368-4678-94ff-3960e28e3630/.default" and token in clouds.issued
    if not aks and not (token.count(".") == 2 and trusted(token, "kubernetes")):
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Unauthorized", "code": 401}
        raise RefusedError(401, {**status, "message": "Unauthorized"})
    return {"major": "1", "minor": "31", "gitVersion": "v1.31.0"}


_SERVICES: dict[str, Callable[[Clouds, Asked], Any]] = {
    REQUESTS: _github,
    "login.microsoftonline.com": _entra,
    AZURE_HOST: _azure_registry,
    f"sts.{REGION}.amazonaws.com": _sts,
    f"api.ecr.{REGION}.amazonaws.com": _ecr,
    AWS_HOST: _basic_registry("AWS:password-of-ecr"),
    "sts.googleapis.com": _google_sts,
    "iamcredentials.googleapis.com": _google_iam,
    GOOGLE_HOST: _google_registry,
    CLUSTER: _cluster,
}


def certificate(folder: Path) -> Path:
    """Write a certificate for all hosts, with its key, which is its own authority; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "clouds of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, HOSTS))), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "clouds.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@dataclass
class Running:
    """A proxy that runs, and the clouds behind it, which each test has anew."""

    pem: Path
    port: int = 0
    clouds: Clouds = field(default_factory=Clouds)


def serve(pem: Path) -> Iterator[Running]:
    """Yield the proxy while it runs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    running = Running(pem)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        host = ""

        def do_CONNECT(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.host = self.path.partition(":")[0]
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
            self.close_connection = False

        def finish(self) -> None:
            super().finish()
            self.connection.close()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            asked = Asked(self.host, self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            status, more, content = running.clouds.answer(asked)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of a client that does not trust the certificate; a broken contract fails the test."""

    server = Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    running.port = server.server_port
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()


def in_job(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be a job with the permission `id-token: write`, whose way out is the proxy."""
    for name in ("no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{running.port}")
    monkeypatch.setenv("SSL_CERT_FILE", str(running.pem))
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"https://{REQUESTS}{REQUEST_PATH}?api-version=2.0")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN)
    monkeypatch.setenv("GITHUB_RUN_ID", "42")


def in_new_job(running: Running, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clouds]:
    """Yield new clouds that trust this process, which is a job; the machine's own logins are hidden."""
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    for name in ("REGISTRY_TOKEN", "GITHUB_TOKEN", "KUBECONFIG", "KUBECONFIG_TEXT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(credentials, "_kept", {})
    monkeypatch.setattr(asking, "PAUSE", 0)
    monkeypatch.setattr(logins, "_of_jobs", {})
    masking.forget()
    running.clouds = Clouds()
    in_job(running, monkeypatch)
    yield running.clouds
    masking.forget()
