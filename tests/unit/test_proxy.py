"""The proxy before an environment: its configuration, its port, where it leads, and what it proves."""

from __future__ import annotations

from typing import Any

import pytest

from cicd import labels, variables
from cicd.config import DockerSettings, ProxySettings, Service
from cicd.deploy.docker import configuration, notes, routing
from cicd.deploy.docker.proxy_container import FOLDER
from cicd.deploy.docker.routing import Routing
from cicd.errors import CheckFailedError, UnreachableError, UsageError
from tests.unit.support.place import CANDIDATE, PROXY, Place, image, order

ID = "0123456789ab"
TAKEN = (500, "driver failed: Bind for 127.0.0.1:8443 failed: port is already allocated")


def rendered(leads: Routing = Routing("blue", ID), **settings: Any) -> str:  # noqa: B008 -- it is frozen
    return configuration.render(leads, ProxySettings(**settings), PROXY, 8000)


def test_routing_survives_in_the_configuration() -> None:
    for leads in (Routing("blue", ID), Routing("green", ID), Routing()):
        assert routing.read(rendered(leads)) == leads
    assert routing.read("") == Routing("green", "")


def test_only_the_slot_of_the_release_takes_requests() -> None:
    assert rendered().splitlines()[-2:] == [f"  server blue {ID}:8000", f"  server green {ID}:8000 disabled"]
    assert rendered(Routing()).splitlines()[-2:] == [
        f"  server blue {PROXY}:8000 disabled", f"  server green {PROXY}:8000 disabled",
    ]  # fmt: skip


def test_new_release_gets_the_idle_slot() -> None:
    assert Routing("blue", ID).to("b" * 12) == Routing("green", "b" * 12)
    assert Routing("blue", ID).to(ID) == Routing("blue", ID)
    assert Routing("blue", ID).to("") == Routing("blue", "")


def test_limits_are_in_the_configuration() -> None:
    text = rendered(connections=77, header_bytes=1000, headers=10, idle_timeout=1.5)
    words = text.split()
    assert "maxconn 77" in text
    assert str(1000 + 32 * 10 + 4096) in words
    assert "1500" in text
    assert "tune.http.maxhdr 10" in text


def test_body_limit_refuses_larger_requests_and_those_of_no_length() -> None:
    assert "status 413" not in rendered()
    assert "status 411" not in rendered()
    limited = rendered(body_bytes=500)
    assert "http-request return status 413 if { req.body_size gt 500 }" in limited
    assert "http-request return status 411 if { req.hdr(Transfer-Encoding) -m found }" in limited


def test_only_trusted_proxies_are_believed() -> None:
    text = rendered()
    assert "acl trusted src 0.0.0.0/32" in text, "by default nobody is"
    assert "acl trusted src 10.0.0.0/8 192.0.2.1" in rendered(trusted_proxies=("10.0.0.0/8", "192.0.2.1"))
    for rule in (
        "acl has-for req.hdr(X-Forwarded-For) -m found",
        "acl has-proto req.hdr(X-Forwarded-Proto) -m found",
        "acl has-host req.hdr(X-Forwarded-Host) -m found",
        "acl has-name req.hdr(Host) -m found",
        "http-request del-header Forwarded unless trusted",
        "http-request set-header X-Forwarded-For %[src] unless trusted has-for",
        r"http-request set-header X-Forwarded-For %[req.fhdr(X-Forwarded-For)],\ %[src] if trusted has-for",
        "http-request set-header X-Forwarded-Proto http unless trusted has-proto",
        "http-request del-header X-Forwarded-Host unless trusted has-host",
        "http-request set-header X-Forwarded-Host %[req.hdr(Host)] if has-name !has-host",
    ):
        assert f"  {rule}\n" in text


def test_every_setting_needs_another_proxy() -> None:
    plain = configuration.settings_hash(ProxySettings())
    changes: list[dict[str, Any]] = [
        {"connections": 1}, {"header_bytes": 1}, {"headers": 1}, {"idle_timeout": 1}, {"body_bytes": 1},
        {"trusted_proxies": ("10.0.0.1",)},
    ]  # fmt: skip
    assert len({configuration.settings_hash(ProxySettings(**change)) for change in changes} | {plain}) == 7
    assert configuration.settings_hash(ProxySettings()) == plain


def box(place: Place) -> Any:
    return place.engine.box(PROXY)


def port(place: Place) -> str:
    return str(box(place).host["PortBindings"]["8080/tcp"][0]["HostPort"])


def test_proxy_listens_for_this_machine_alone_and_survives_the_engine() -> None:
    place = Place(port=8443)
    place.bring(1)
    assert box(place).host["PortBindings"] == {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8443"}]}
    assert box(place).host["RestartPolicy"]["Name"] == "unless-stopped"
    assert box(place).networks == ["ml-cicd-app-staging"]
    assert box(place).config["User"] == "haproxy"
    assert box(place).host["Binds"] == [f"{PROXY}:/etc/ml-cicd:rw"]
    assert box(place).labels[labels.ROLE] == labels.PROXY
    assert place.site.url() == "http://127.0.0.1:8443"
    observed = place.target.observe()
    assert observed is not None
    assert observed.url == "http://127.0.0.1:8443"


@pytest.mark.parametrize(
    ("settings", "address", "url"),
    [
        (DockerSettings(bind="192.0.2.7"), "192.0.2.7", "http://192.0.2.7:8443"),
        (DockerSettings(host="ssh://ada@example.org:22"), "0.0.0.0", "http://example.org:8443"),
        (DockerSettings(host="ssh://ada@example.org", bind="10.1.1.1"), "10.1.1.1", "http://10.1.1.1:8443"),
    ],
)
def test_named_host_is_reachable_by_users(settings: DockerSettings, address: str, url: str) -> None:
    place = Place(settings, port=8443)
    assert place.site.url() == ""
    place.bring(1)
    assert box(place).host["PortBindings"]["8080/tcp"][0]["HostIp"] == address
    assert place.site.url() == url


def test_port_of_its_own_is_kept_when_the_proxy_is_made_again() -> None:
    place = Place()
    place.bring(1)
    first = port(place)
    assert 20_000 <= int(first) < 30_000
    place.engine.boxes.pop(box(place).id)
    assert place.plan(1)[0] == f"start the proxy {PROXY} from haproxy:3.2.4 on a port of its own of 127.0.0.1"
    place.bring(1)
    assert port(place) == first
    assert place.engine.volumes[PROXY]["Labels"][labels.PORT] == first


def starts(place: Place) -> int:
    return place.engine.asked.count(f"start {PROXY}")


def test_other_port_is_tried_where_one_is_taken() -> None:
    place = Place()
    place.engine.refuses[f"start {PROXY}"] = TAKEN
    place.when(f"start {PROXY}", lambda: place.engine.refuses.clear() if starts(place) == 3 else None)
    place.bring(1)
    created = [action for action in place.engine.asked if action.endswith(PROXY)]
    assert created.count(f"remove {PROXY}") == created.count(f"remove volume {PROXY}") == 2
    assert place.engine.volumes[PROXY]["Labels"][labels.PORT] == port(place)


def test_configured_port_that_is_taken_is_a_usage_error() -> None:
    place = Place(port=8443)
    place.engine.refuses[f"start {PROXY}"] = TAKEN
    with pytest.raises(UsageError, match=r"can't have port 8443 of 127.0.0.1: .*already allocated"):
        place.bring(1)
    assert starts(place) == 1
    assert place.engine.names() == []
    assert (place.engine.volumes, place.engine.networks) == ({}, {})


def test_proxy_that_cannot_start_for_another_reason_leaves_nothing() -> None:
    place = Place()
    place.engine.refuses[f"start {PROXY}"] = (500, "OCI runtime create failed")
    with pytest.raises(UnreachableError, match="OCI runtime create failed"):
        place.bring(1)
    assert place.engine.names() == []
    assert (place.engine.volumes, place.engine.networks) == ({}, {})
    assert starts(place) == 1


def test_image_of_the_proxy_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place()
    place.engine.registry.clear()
    with pytest.raises(UnreachableError, match=r"Could not pull haproxy:3\.2\.4") as caught:
        place.bring(1)
    assert variables.ML_CICD_PROXY in caught.value.hint
    monkeypatch.setenv(variables.ML_CICD_PROXY, "mirror.example.org/haproxy:1")
    place.engine.registry |= {"mirror.example.org/haproxy:1", image(1)}
    place.bring(1)
    assert box(place).image == "mirror.example.org/haproxy:1"


def test_changed_proxy_is_replaced_and_keeps_its_routing() -> None:
    place = Place()
    place.bring(1)
    leads = place.site.proxy.routing()
    assert leads.name == place.release(1).id[:12]
    for other, words in (
        (place.again(port=8443), "is not on 127.0.0.1, port 8443"),
        (Place(DockerSettings(bind="10.0.0.9"), engine=place.engine), "is not on 10.0.0.9, port as before"),
        (Place(service=Service(proxy=ProxySettings(headers=7)), engine=place.engine), "has other settings"),
    ):
        assert other.plan(1)[0] == f"remove {PROXY}, which {words}"
    other.bring(1)
    assert other.engine.asked[0] == f"remove {PROXY}"
    assert other.site.proxy.routing() == leads
    assert other.plan(1) == []
    assert b"tune.http.maxhdr 7" in place.engine.volume_files[PROXY]["haproxy.cfg"]


def test_proxy_from_before_there_were_settings_is_kept() -> None:
    place = Place()
    place.bring(1)
    del box(place).config["Labels"][labels.SETTINGS]
    assert place.plan(1) == []


def test_stopped_proxy_is_started_again() -> None:
    place = Place(port=8443)
    place.bring(1)
    place.engine.end(PROXY, 137)
    box(place).oom = True
    (first, *rest) = place.plan(1)
    assert first.startswith(f"start the proxy {PROXY}, which ended at 2026-01-01 ")
    assert first.endswith(" UTC with exit code 137, out of memory")
    assert rest == []
    place.engine.refuses[f"start {PROXY}"] = TAKEN
    with pytest.raises(UsageError, match=f"The proxy {PROXY} can't start again: .*already allocated"):
        place.bring(1)
    place.engine.refuses.clear()
    place.bring(1)
    assert box(place).status == "running"


def test_stopped_proxy_has_its_configuration_before_it_starts() -> None:
    """A deployment may have been killed before the proxy got one: HAProxy does not start without."""
    place = Place()
    place.bring(1)
    place.engine.end(PROXY)
    leads = place.site.proxy.routing()
    started: list[bytes] = []
    place.when(f"start {PROXY}", lambda: started.append(place.engine.volume_files[PROXY]["haproxy.cfg"]))
    for content in (place.engine.volume_files[PROXY]["haproxy.cfg"], None):
        place.engine.volume_files[PROXY].pop("haproxy.cfg")
        if content:
            place.engine.volume_files[PROXY]["haproxy.cfg"] = content.replace(b"maxconn", b"# maxconn")
        place.site.proxy.restart(place.site.proxy.container())
        seen = started.pop()
        assert b"# maxconn" not in seen
        assert routing.read(seen.decode()) == (leads if content else Routing("green", ""))


def test_proxy_answers_and_keeps_a_reserve_before_it_counts_as_started() -> None:
    place = Place()
    asked: list[str] = []
    place.when(f"create {CANDIDATE}", lambda: asked.extend(script[0] for script in place.engine.scripts))
    place.bring(1)
    assert asked == ["probe", "reserve"]
    assert "reserve" in place.engine.volume_files[PROXY]


@pytest.mark.parametrize("marks", [None, {}, {"com.example": "theirs"}])
def test_volume_that_no_proxy_made_remembers_no_port(marks: dict[str, str] | None) -> None:
    place = Place()
    assert not place.site.proxy.has_volume()
    place.engine.volumes[PROXY] = {"Name": PROXY, "Labels": marks}
    assert not place.site.proxy.has_volume()


def test_proxy_that_was_never_started_is_said() -> None:
    place = Place()
    place.bring(1)
    box(place).status, box(place).finished = "created", "0001-01-01T00:00:00Z"
    assert place.plan(1)[0] == f"start the proxy {PROXY}, which was never started"


def observed(place: Place) -> Any:
    running = place.target.observe()
    assert running is not None
    return running


def test_observed_is_what_users_reach() -> None:
    place = Place()
    assert place.target.observe() is None
    place.bring(1, run="https://example.org/1", started="2026-01-01")
    running = observed(place)
    assert (running.release, running.healthy, running.detail) == (image(1), True, "")
    assert (running.entry, running.test, running.run, running.started) == (
        "staging/1@e", "test-1", "https://example.org/1", "2026-01-01",
    )  # fmt: skip
    place.engine.behind_proxy = b'HTTP/1.0 200 OK\r\n\r\n{"digest": "sha256:x"}'
    assert "names the digest sha256:x" in observed(place).detail
    place.engine.behind_proxy = None
    place.engine.end(place.release(1).name, 1)
    assert observed(place).detail == "it is exited"
    place.bring(1)
    place.engine.boxes.pop(box(place).id)
    assert place.release(1).status == "running"
    assert place.target.observe() is None, "nobody reaches it without the proxy"


def test_times_without_service_are_told_once() -> None:
    place = Place()
    place.bring(1)
    assert observed(place).notice == ""
    place.engine.end(PROXY)
    place.site.client.containers.get(PROXY).start()
    assert observed(place).notice.startswith(f"{PROXY} ended at 2026-01-01 00:00:")
    assert observed(place).notice.endswith("users got no answer in between.")
    box(place).finished = "0001-01-01T00:00:00Z"
    assert f"{PROXY} was removed, and runs again since" in observed(place).notice
    place.release(1).restarts = 1
    assert "was started again once, last at" in observed(place).notice
    place.release(1).restarts = 3
    assert "was started again 3 times" in observed(place).notice
    place.engine.end(PROXY)
    assert "users got no answer" not in observed(place).notice, "it has not come back"


def test_interruption_is_a_warning_of_the_next_deployment(capsys: pytest.CaptureFixture[str]) -> None:
    place = Place()
    place.bring(1)
    place.release(1).restarts = 2
    capsys.readouterr()
    place.bring(2)
    assert "started again 2 times" in capsys.readouterr().err


def test_deployment_that_is_undone_by_hand_is_red() -> None:
    place = Place()
    place.bring(1)
    place.when(r"stop .*", lambda: place.engine.end(place.release(2).name, 1))
    with pytest.raises(CheckFailedError, match="After the deployment, app-staging is not healthy: it is exited"):
        place.bring(2)


def test_proxy_that_was_removed_meanwhile_is_named() -> None:
    place = Place()
    with pytest.raises(CheckFailedError, match=f"The proxy {PROXY} is gone") as caught:
        place.site.proxy.container()
    assert "creates a new proxy" in caught.value.hint


def test_release_without_an_address_is_not_healthy() -> None:
    place = Place()
    place.bring(1)
    container = place.site.client.containers.get(place.release(1).name)
    probe = place.site.proxy.probe
    assert probe("/health", order(1).digest, release=container) == ""
    place.release(1).networks = ["another"]
    assert probe("/health", order(1).digest, release=container) == "it has no address"
    place.engine.boxes.pop(place.release(1).id)
    assert probe("/health", order(1).digest, release=container) == "it has no address"
    assert probe("/health", order(1).digest) == "it does not answer"
    place.engine.end(PROXY)
    assert "is not running" in probe("/health", order(1).digest)


def test_public_host_is_asked_for_and_known_to_the_tests() -> None:
    place = Place(service=Service(public_host="flights.example.org"))
    reached: list[object] = []
    place.bring(1, lambda url, _: reached.extend([url, place.site.names(), place.release(1).address]))
    assert reached == ["http://flights.example.org:8000", {"flights.example.org": reached[2]}, reached[2]]
    hosts = {script[4] for script in place.engine.scripts if script[0] == "probe"}
    assert hosts == {"flights.example.org"}
    place.bring(1, lambda url, _: reached.append(url))
    assert reached[-1] == "http://flights.example.org:8080"
    assert place.site.names() == {"flights.example.org": box(place).address}
    assert Place(engine=place.engine).site.names() == {}


def test_forges_on_one_engine_have_environments_of_their_own() -> None:
    first = Place()
    first.bring(1)
    second = Place(instance="f1", engine=first.engine)
    second.bring(2)
    assert first.engine.networks.keys() == {"ml-cicd-app-staging", "ml-cicd-app-staging-f1"}
    assert second.release(2).labels[labels.INSTANCE] == "f1"
    assert second.target.retained() == []
    assert observed(second).release == image(2)


def test_network_of_a_similar_name_is_another() -> None:
    place = Place()
    place.engine.networks["ml-cicd-app-staging-2"] = {"Id": "x", "Name": "ml-cicd-app-staging-2"}
    assert place.plan(1)[0] == "create the network ml-cicd-app-staging"
    place.bring(1)
    assert place.engine.networks["ml-cicd-app-staging"]["Labels"][labels.ROLE] == labels.NETWORK
    assert not place.site.has_network() or place.plan(1) == []


def test_note_of_the_replaced_release_is_kept_and_older_ones_go() -> None:
    place = Place()
    for number in (1, 2, 3):
        place.bring(number, actor=f"person-{number}")
    noted = notes.read(place.site.proxy.find(), FOLDER)
    assert {facts[labels.ACTOR] for facts in noted.values()} == {"person-2", "person-3"}
    place.engine.boxes.pop(box(place).id)
    place.bring(4, actor="person-4")
    noted = notes.read(place.site.proxy.find(), FOLDER)
    assert {facts[labels.ACTOR] for facts in noted.values()} == {"person-3", "person-4"}, (
        "a new proxy has the old notes"
    )
    place.engine.volume_files[PROXY]["deployments.json"] = b"{"
    assert notes.read(place.site.proxy.find(), FOLDER) == {}
    place.engine.volume_files[PROXY]["deployments.json"] = b'{"a": 1, "b": {}}'
    assert notes.read(place.site.proxy.find(), FOLDER) == {"b": {}}
    assert observed(place).actor == "person-4", "the label counts where there is no note"
    assert notes.read(None, FOLDER) == {}
