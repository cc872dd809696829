"""Jobs log in to registries and clusters by their own identity: nothing lasting is stored, shown or sent elsewhere."""

from __future__ import annotations

import base64
import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, federation, masking, stages, web
from cicd.config import AwsLogin, AzureLogin, Config, GoogleLogin, OidcLogin, parse
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.errors import CicdError, RefusedError, UnreachableError, UsageError
from cicd.federation import asking, azure, identity, kept, sigv4
from cicd.federation.sigv4 import Keys, Place
from cicd.oci import images, logins, registry
from cicd.road.request import Request, resolve
from tests.unit.support import clouds as support
from tests.unit.support.clouds import AWS_HOST, AZURE_HOST, DIGEST, GOOGLE_HOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.unit.support.clouds import Clouds, Running
    from tests.unit.support.workspace import Workspace

AZURE = AzureLogin(support.TENANT, support.CLIENT)
AWS = AwsLogin(support.ROLE)
GOOGLE = GoogleLogin(support.PROVIDER)
BY_ACCOUNT = GoogleLogin(support.PROVIDER, support.ACCOUNT)
REGISTRIES: dict[str, tuple[Any, str, tuple[str, str]]] = {
    "Azure": (AZURE, AZURE_HOST, (azure.USER, "refresh-token-of-the-registry")),
    "AWS": (AWS, AWS_HOST, ("AWS", "password-of-ecr")),
    "Google": (GOOGLE, GOOGLE_HOST, ("oauth2accesstoken", "federated-token-of-google")),
    "a service account of Google": (
        BY_ACCOUNT, GOOGLE_HOST, ("oauth2accesstoken", "token-of-the-service-account")
    ),
}  # fmt: skip
LAST_HOST = {
    "Azure": AZURE_HOST, "AWS": f"api.ecr.{support.REGION}.amazonaws.com", "Google": "sts.googleapis.com",
    "a service account of Google": "iamcredentials.googleapis.com",
}  # fmt: skip


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from support.serve(support.certificate(tmp_path_factory.mktemp("clouds")))


@pytest.fixture
def clouds(proxy: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clouds]:
    yield from support.in_new_job(proxy, tmp_path, monkeypatch)


def project(login: Any, host: str) -> Config:
    return Config("app", image=f"{host}/acme/app", registry_login=login)


@pytest.mark.parametrize("name", REGISTRIES)
def test_registry_login_needs_no_lasting_token(clouds: Clouds, name: str) -> None:
    login, host, expected = REGISTRIES[name]
    logins.follow(project(login, host))
    assert logins.credentials(host) == expected
    assert images.credentials(f"{host}/acme/app") == {"username": expected[0], "password": expected[1]}
    assert registry.verify(f"{host}/acme/app@{DIGEST}").content == support.MANIFEST
    assert clouds.hosts().count(support.REQUESTS) == 1, "one identity token is enough"


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_secret_on_the_way_is_masked(clouds: Clouds, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    login, host, _ = REGISTRIES[name]
    credential = federation.registry(login, host)
    assert clouds.issued
    for secret in {*clouds.issued, support.REQUEST_TOKEN}:
        assert masking.masked(f"it is {secret}!") == "it is ***!"
    assert credential.password not in repr(credential)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", REGISTRIES)
@pytest.mark.parametrize(("lasting", "times"), [(3600, 1), (60, 2)])
def test_credential_is_fetched_again_before_it_ends(clouds: Clouds, *, name: str, lasting: int, times: int) -> None:
    login, host, _ = REGISTRIES[name]
    clouds.lasting = lasting
    for _ in range(2):
        federation.registry(login, host)
    assert clouds.hosts().count(support.REQUESTS) == times


@pytest.mark.parametrize("name", REGISTRIES)
def test_cloud_that_does_not_trust_the_job_refuses_with_its_words(clouds: Clouds, name: str) -> None:
    login, host, _ = REGISTRIES[name]
    clouds.subject = "repo:mallory/app:ref:refs/heads/main"
    logins.follow(project(login, host))
    with pytest.raises(RefusedError) as raised:
        registry.verify(f"{host}/acme/app@{DIGEST}")
    words = {"Azure": "AADSTS700213: No matching", "AWS": "403 Not authorized to perform sts:AssumeRole"}
    assert words.get(name, "400 The audience does not match.") in raised.value.message
    assert clouds.subject in raised.value.hint
    assert raised.value.exit_code == 4
    assert not any(secret in f"{raised.value.message} {raised.value.hint}" for secret in clouds.issued)


def test_refusal_that_repeats_the_token_does_not_show_it(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    token = clouds.identity_token("kubernetes")
    monkeypatch.setattr(clouds, "identity_token", lambda _: token)
    clouds.answers["login.microsoftonline.com"] = (400, json.dumps({"error_description": f"not {token}"}).encode())
    with pytest.raises(RefusedError) as raised:
        federation.registry(AZURE, AZURE_HOST)
    assert raised.value.message == "Entra refuses: 400 not ***"


@pytest.mark.parametrize(("issuer", "lifetime"), [("https://token.example.org", 300), (support.ISSUER, -1)])
def test_clouds_of_these_tests_check_issuer_and_time(clouds: Clouds, issuer: str, lifetime: int) -> None:
    clouds.issuer, clouds.lifetime = issuer, lifetime
    with pytest.raises(RefusedError, match="AADSTS700213"):
        federation.registry(AZURE, AZURE_HOST)


@pytest.mark.parametrize("name", LAST_HOST)
def test_answer_without_a_credential_is_no_credential(clouds: Clouds, name: str) -> None:
    login, host, _ = REGISTRIES[name]
    clouds.answers[LAST_HOST[name]] = (200, b'{"authorizationData": [{"authorizationToken": "%"}]}')
    with pytest.raises(UnreachableError, match="does not answer as expected: there is no"):
        federation.registry(login, host)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (200, b"", UnreachableError, "no JSON"),
        (200, b"[]", UnreachableError, "no JSON object"),
        (200, b"[" * 100_000, UnreachableError, "no JSON"),
        (400, b"[" * 100_000, RefusedError, "refuses: 400 [["),
        (200, b"{}", UnreachableError, "in the answer"),
        (200, b" " * (asking.LIMIT + 1), UnreachableError, "more than"),
        (401, b'{"errors": [{"message": "no role"}]}', RefusedError, "refuses: 401 no role"),
        (403, b'{"error": {"message": "no role"}}', RefusedError, "refuses: 403 no role"),
        (429, b"slowly", UnreachableError, "failed: 429 slowly"),
        (503, b"<Message>a &amp; b</Message>", UnreachableError, "failed: 503 a & b"),
        (302, b"", UnreachableError, "failed: 302"),
        (500, b"", UnreachableError, "failed: 500"),
        (403, b'"no role"', RefusedError, "refuses: 403 no role"),
        (400, b'{"error": "invalid_client"}', RefusedError, "refuses: 400 invalid_client"),
        (400, b'{"__type": "InvalidSignatureException"}', RefusedError, "refuses: 400 InvalidSignatureException"),
        (400, b'{"Message": "no role"}', RefusedError, "refuses: 400 no role"),
    ],
)
def test_answer_that_is_no_credential_says_what_to_do(
    clouds: Clouds, *, status: int, body: bytes, kind: type[CicdError], words: str
) -> None:
    clouds.answers[support.REQUESTS] = (status, body)
    with pytest.raises(kind) as raised:
        federation.cluster(OidcLogin("kubernetes"))
    assert words in raised.value.message
    assert raised.value.hint


def test_refusal_without_a_word_has_its_status_alone(clouds: Clouds) -> None:
    clouds.answers[support.REQUESTS] = (403, b"{}")
    with pytest.raises(RefusedError) as raised:
        identity.token("kubernetes")
    assert raised.value.message == "GitHub's issuer of identity tokens refuses: 403"


@pytest.mark.parametrize("value", [None, "", 7, ["token"]])
def test_credential_is_text_of_some_length(value: object) -> None:
    service = asking.Service("Entra", "Check it.")
    with pytest.raises(UnreachableError, match="Entra does not answer as expected: there is no access_token in"):
        service.text({"access_token": value}, "access_token")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"authorizationData": None}, {"authorizationData": []}, {"authorizationData": [{}]},
        {"authorizationData": [{"authorizationToken": "QVdT%OnNlY3JldA==", "expiresAt": 1}]},
        {"authorizationData": [{"authorizationToken": "QVdTOnNlY3JldA==", "expiresAt": None}]},
    ],
)  # fmt: skip
def test_login_of_ecr_that_can_not_be_read_is_no_login(clouds: Clouds, body: object) -> None:
    clouds.answers[LAST_HOST["AWS"]] = (200, json.dumps(body).encode())
    with pytest.raises(UnreachableError, match=r"Amazon ECR does not answer .*: there is no authorization token"):
        federation.registry(AWS, AWS_HOST)


def test_login_of_ecr_is_masked_in_both_its_forms(clouds: Clouds) -> None:
    federation.registry(AWS, AWS_HOST)
    assert "password-of-ecr" in clouds.issued
    assert masking.masked(base64.b64encode(b"AWS:password-of-ecr").decode()) == "***"


def test_role_without_keys_is_an_answer_of_no_use(clouds: Clouds) -> None:
    clouds.answers[f"sts.{support.REGION}.amazonaws.com"] = (200, b"<AccessKeyId>x</AccessKeyId>")
    with pytest.raises(UnreachableError, match="AWS STS does not answer as expected: there is no SecretAccessKey"):
        federation.registry(AWS, AWS_HOST)


@pytest.mark.parametrize(
    "token", ["opaque", "a.%.c", "a.e30", "a.W10.c"], ids=["no parts", "no JSON", "no claims", "a list"]
)
def test_identity_token_that_can_not_be_read_is_used_at_once_and_not_again(clouds: Clouds, token: str) -> None:
    """The cloud that gets it reads it, and refuses it if it is wrong."""
    clouds.answers[support.REQUESTS] = (200, json.dumps({"value": token}).encode())
    for asked in (1, 2):
        assert federation.cluster(OidcLogin("kubernetes")).password == token
        assert len(clouds.asked) == asked
    assert identity.token("kubernetes").subject == ""


def test_github_that_fails_is_looked_up(clouds: Clouds) -> None:
    clouds.answers[support.REQUESTS] = (503, b"")
    with pytest.raises(UnreachableError) as raised:
        identity.token("kubernetes")
    assert raised.value.hint.endswith("https://www.githubstatus.com")


def test_address_that_is_none_is_unreachable(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "https://[")
    with pytest.raises(UnreachableError, match="issuer of identity tokens does not answer: "):
        identity.token("kubernetes")
    assert clouds.asked == []


def test_each_attempt_waits_longer(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    clouds.failures = 2
    monkeypatch.setattr(asking, "PAUSE", 1.5)
    monkeypatch.setattr("time.sleep", pauses.append)
    identity.token("kubernetes")
    assert [pause for pause in pauses if pause >= 1] == [1.5, 3]


class TestKept:
    """How long a credential is used."""

    @pytest.fixture(autouse=True)
    def now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("time.time", lambda: 1000.0)

    @pytest.mark.parametrize(("expires", "usable"), [(1120.0, False), (1120.5, True), (900.0, False)])
    def test_until_two_minutes_before_its_end(self, expires: float, *, usable: bool) -> None:
        assert kept.Credential("", "secret", expires).usable is usable

    @pytest.mark.parametrize(
        ("seconds", "ends"),
        [(60, 1060), (0.5, 1000.5), ("60", 1060), ("soon", 1000), ("", 1000), (None, 1000), ([], 1000)],
    )
    def test_for_the_seconds_that_its_cloud_names(self, seconds: object, ends: float) -> None:
        assert kept.ends_after(seconds) == ends

    @pytest.mark.parametrize(
        ("text", "ends"), [("1970-01-01T01:00:00Z", 3600), ("tomorrow", 1000), (None, 1000), (7, 1000)]
    )
    def test_until_the_time_that_its_cloud_names(self, text: object, ends: float) -> None:
        assert kept.ends_at(text) == ends


def test_silent_cloud_is_unreachable(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(UnreachableError, match="issuer of identity tokens does not answer") as raised:
        federation.registry(AZURE, AZURE_HOST)
    assert (raised.value.exit_code, clouds.asked) == (69, [])


def test_slow_answer_ends(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LONGEST", -1)
    with pytest.raises(UnreachableError, match="the answer takes more than"):
        identity.token("kubernetes")
    assert set(clouds.hosts()) == {support.REQUESTS}


@pytest.mark.parametrize(("failures", "asked"), [(2, 3), (3, 3)])
def test_passing_failure_does_not_end_a_deployment(clouds: Clouds, failures: int, asked: int) -> None:
    clouds.failures = failures
    if failures < asked:
        assert support.trusted(identity.token("kubernetes").value, "kubernetes")
    else:
        with pytest.raises(UnreachableError, match="failed: 503 later"):
            identity.token("kubernetes")
    assert clouds.hosts() == [support.REQUESTS] * asked


def test_certificate_of_another_authority_is_refused(
    clouds: Clouds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(support.certificate(tmp_path)))
    with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        federation.registry(AZURE, AZURE_HOST)
    assert clouds.asked == []


def test_identity_is_asked_for_by_tls_alone(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:9/token")
    with pytest.raises(UnreachableError, match="its address is not https"):
        identity.token("kubernetes")
    assert clouds.asked == []


def test_github_that_gives_no_token_is_a_refusal(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "that-of-another-job")
    with pytest.raises(RefusedError, match="refuses: 401 Bad credentials") as raised:
        federation.registry(AWS, AWS_HOST)
    assert "id-token: write" in raised.value.hint
    assert clouds.hosts() == [support.REQUESTS]


@pytest.mark.parametrize("missing", ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
def test_without_an_identity_the_other_logins_count(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    logins.follow(project(AZURE, AZURE_HOST))
    assert logins.login(AZURE_HOST) is None
    with pytest.raises(UnreachableError, match="no job's identity is here") as raised:
        registry.verify(f"{AZURE_HOST}/acme/app@{DIGEST}")
    assert "'id-token: write'" in raised.value.hint
    assert f"docker login {AZURE_HOST}" in raised.value.hint
    monkeypatch.setenv("REGISTRY_TOKEN", "me:lasting")
    assert logins.credentials(AZURE_HOST) == ("me", "lasting")
    assert support.REQUESTS not in clouds.hosts()


def test_identity_comes_before_a_token_which_nodes_keep(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_TOKEN", "nodes:lasting")
    logins.follow(project(AZURE, AZURE_HOST))
    assert logins.credentials(AZURE_HOST) == REGISTRIES["Azure"][2]
    assert logins.lasting_credentials(AZURE_HOST) == ("nodes", "lasting")
    assert logins.credentials("ghcr.io") == ("nodes", "lasting")
    assert AZURE_HOST in clouds.hosts()


def test_docker_command_gets_the_login_by_identity(clouds: Clouds, tmp_path: Path) -> None:
    logins.follow(project(AWS, AWS_HOST))
    environment = logins.client_environment(tmp_path / "docker", AWS_HOST)
    written = json.loads((tmp_path / "docker" / "config.json").read_text())
    assert environment == {"DOCKER_CONFIG": str(tmp_path / "docker")}
    assert set(written["auths"]) == {AWS_HOST}
    assert clouds.issued


SESSION_TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8"
    "YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6"
    "fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQ"
    "wj2ICCR/oLxBA=="
)


@pytest.mark.parametrize(
    ("method", "headers", "body", "token", "names", "signature"),
    [
        ("GET", {}, b"", "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", {}, b"", "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "POST", {"Content-Type": "application/x-www-form-urlencoded"}, b"Param1=value1", "",
            "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            "GET", {"My-Header1": " value1", "My-Header2": ' "a   b   c" '}, b"", "",
            "host;my-header1;my-header2;x-amz-date",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            "POST", {}, b"",
            SESSION_TOKEN,
            "host;x-amz-date;x-amz-security-token", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
        ),
    ],
    ids=[
        "get-vanilla", "post-vanilla", "post-x-www-form-urlencoded", "get-header-value-trim", "post-sts-header-before"
    ],
)  # fmt: skip
def test_signatures_are_those_of_amazons_test_suite(
    *, method: str, headers: Mapping[str, str], body: bytes, token: str, names: str, signature: str
) -> None:
    signed = sigv4.signed(
        method, "example.amazonaws.com", headers, body,
        keys=Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token),
        place=Place("service", "us-east-1"), when=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )  # fmt: skip
    assert signed["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    assert signed["x-amz-date"] == "20150830T123600Z"


FAKE_KUBECTL = """
import json, os, sys
files = os.environ["KUBECONFIG"].split(os.pathsep)
modes, texts = zip(*((oct(os.stat(file).st_mode & 0o777), open(file).read()) for file in files))
print(json.dumps({"words": sys.argv[1:], "files": files, "modes": modes, "texts": texts}))
"""
KUBECONFIG = f"""
apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {{server: "https://{support.CLUSTER}"}}
contexts:
- name: c
  context: {{cluster: c, user: nobody}}
current-context: c
"""


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kubectl:
    """Return the boundary to a kubectl that prints what it was given."""
    script = tmp_path / "kubectl"
    script.write_text(f"#!{sys.executable} -S\n{FAKE_KUBECTL}")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("KUBECONFIG_TEXT", KUBECONFIG)
    return Kubectl("app-production")


CLUSTERS = {"AKS": AZURE, "a cluster that trusts GitHub": OidcLogin("kubernetes")}


@pytest.mark.parametrize("login", CLUSTERS.values(), ids=CLUSTERS)
def test_cluster_login_is_a_user_beside_the_kubeconfig(clouds: Clouds, kubectl: Kubectl, login: Any) -> None:
    given = replace(kubectl, login=login).json("get", "pods")
    assert given["words"] == ["--namespace", "app-production", "--user", "ml-cicd-job", "get", "pods"]
    user, config = given["texts"]
    assert (config, given["modes"]) == (KUBECONFIG, ["0o600", "0o600"])
    token = json.loads(user)["users"][0]["user"]["token"]
    assert token in clouds.issued
    assert not any(secret in " ".join(given["words"]) for secret in clouds.issued)
    expected = "entra-token-for 6dae42f8-4368-4678-94ff-3960e28e3630/.default"
    assert token == expected if login is AZURE else support.trusted(token, "kubernetes")


def test_kubeconfig_of_the_runner_gets_the_user_too(
    clouds: Clouds, kubectl: Kubectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG_TEXT")
    (tmp_path / "mine").write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "mine"))
    given = replace(kubectl, login=OidcLogin("kubernetes")).json("get", "pods")
    assert given["files"][1:] == [str(tmp_path / "mine")]
    assert clouds.issued


def test_identity_token_for_a_cluster_is_new_before_it_ends(clouds: Clouds, kubectl: Kubectl) -> None:
    access = replace(kubectl, login=OidcLogin("kubernetes"))
    for lifetime, asked in ((100, 1), (300, 2), (300, 2)):
        clouds.lifetime = lifetime
        access.json("get", "pods")
        assert clouds.hosts().count(support.REQUESTS) == asked


def test_cluster_without_an_identity_is_reached_as_the_kubeconfig_says(
    clouds: Clouds, kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_URL")
    given = replace(kubectl, login=AZURE).json("get", "pods")
    assert given["words"] == ["--namespace", "app-production", "get", "pods"]
    assert given["texts"] == [KUBECONFIG]
    assert clouds.asked == []


@pytest.mark.parametrize(
    ("words", "work"),
    [(["train"], "bundle_source.obtain"), (["release", "--bundle", ""], "release_build.build_and_push")],
    ids=["train", "release"],
)
def test_command_that_pushes_logs_in_by_identity(
    clouds: Clouds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, words: list[str], work: str
) -> None:
    seen: list[object] = []

    def push(*_: object, **__: object) -> None:
        seen.append(logins.credentials(AZURE_HOST))
        raise SystemExit(0)

    image = ["--image" if words[0] == "train" else "--test-image", "build-image"]
    monkeypatch.setattr(f"cicd.produce.{work}", push)
    (tmp_path / "ml-cicd.toml").write_text(f"{IMAGE}[registry.login]\n{LOGIN}")
    assert cli.main([*words, *image, "--directory", str(tmp_path)]) == 0
    assert seen == [REGISTRIES["Azure"][2]]
    assert AZURE_HOST in clouds.hosts()


def test_command_of_the_road_logs_in_as_the_governing_commit_says(clouds: Clouds, workspace: Workspace) -> None:
    (workspace.clone / "ml-cicd.toml").write_text(f"{IMAGE}[registry.login]\n{LOGIN}")
    workspace.git("add", "--all")
    commit = workspace.commit()
    resolve(workspace.repository(), Request(stages.INTEGRATION, commit))
    assert logins.credentials(AZURE_HOST) == REGISTRIES["Azure"][2]
    assert AZURE_HOST in clouds.hosts()


LOGIN = f'kind = "azure"\ntenant = "{support.TENANT}"\nclient = "{support.CLIENT}"\n'
IMAGE = f'name = "app"\nimage = "{AZURE_HOST}/acme/app"\n'


def test_configuration_says_how_jobs_log_in() -> None:
    kubernetes = f'[environments.production]\ntarget = "kubernetes"\n[environments.production.login]\n{LOGIN}'
    config = parse(f"{IMAGE}[registry.login]\n{LOGIN}{kubernetes}")
    assert (config.registry_login, config.environments["production"].settings.login) == (AZURE, AZURE)  # type: ignore[union-attr]
    google = f'[registry.login]\nkind = "google"\nprovider = "{support.PROVIDER}"\n'
    assert parse(f'name = "app"\nimage = "{GOOGLE_HOST}/acme/images/app"\n{google}').registry_login == GOOGLE
    aws = f'[registry.login]\nkind = "aws"\nrole = "{support.ROLE}"\n'
    assert parse(f'name = "app"\nimage = "{AWS_HOST}/app"\n{aws}').registry_login == AWS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'name = "app"\n[registry.login]\n{LOGIN}', "no login for the default registry"),
        (
            f'name = "app"\nimage = "flights.azurecr.io.example.org/app"\n[registry.login]\n{LOGIN}',
            "the registry flights.azurecr.io.example",
        ),
        (f'{IMAGE}[registry.login]\nkind = "azure"\n', "missing: "),
        (f'{IMAGE}[registry.login]\nkind = "aws"\nrole = "admin"\n', "Use the ARN of a role"),
        (f'{IMAGE}[registry.login]\n{LOGIN}role = "{support.ROLE}"\n', "the kind azure has no key role"),
        (f'{IMAGE}[registry.login]\n{LOGIN}password = "x"\n', "unknown key password"),
        (f'{IMAGE}[environments.production.login]\nkind = "oidc"\n', "missing: audience"),
        (f'{IMAGE}[environments.production.login]\nkind = "aws"\n', "Use azure or oidc"),
    ],
)
def test_wrong_login_is_named(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        parse(text)
