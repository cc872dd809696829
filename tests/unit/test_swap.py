"""A deployment to an engine in memory: a release is tested before users reach it, and the old one stays until then."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from cicd import labels, variables
from cicd.config import DockerSettings
from cicd.errors import CheckFailedError, CicdError, RefusedError, UnreachableError, UsageError
from tests.unit.support.place import CANDIDATE, PROXY, Place, image, order

WRONG = b'HTTP/1.0 200 OK\r\n\r\n{"digest": "sha256:another"}'
DISK = (500, "write /var/lib/docker: no space left on device")


@pytest.fixture
def place() -> Place:
    """Return an environment without a release."""
    return Place()


@pytest.fixture
def two(place: Place) -> Place:
    """Return an environment in which release 2 serves, and release 1 served before."""
    place.bring(1)
    place.bring(2)
    return place


def fail(*_: str) -> None:
    raise CheckFailedError("The tests failed.", "Correct them.")


def test_first_release_is_tested_before_users_reach_it(place: Place) -> None:
    reached: list[str] = []
    running = place.bring(1, lambda *words: reached.extend([*words, place.serving()]))
    assert reached == [f"http://{CANDIDATE}:8000", "ml-cicd-app-staging", ""]
    assert (running.release, running.healthy, running.entry) == (image(1), True, "staging/1@e")
    assert running.commit == "1" * 40
    assert place.serving() == image(1)


def test_order_of_a_deployment(two: Place) -> None:
    two.bring(3)
    assert two.asked() == [
        f"pull {image(3)}",
        f"create {CANDIDATE}",
        f"start {CANDIDATE}",
        f"restart policy {CANDIDATE} unless-stopped",
        f"rename {CANDIDATE}",
        f"write into {PROXY}",
        "route release 3 in blue",
        "stop release 2 10",
    ]
    assert two.serving() == image(3)
    assert two.release(3).policy == "unless-stopped"


def test_plan_says_what_is_done(two: Place) -> None:
    old = two.release(2).name
    assert two.plan(3) == [
        f"pull {image(3)}",
        f"create {CANDIDATE} from {image(3)}",
        f"start {CANDIDATE}",
        f"wait up to 0.3 s until it is healthy as {order(3).digest}",
        "run the tests of staging against it",
        "rename it to app-staging-<its id>, and let the engine restart it from now on",
        f"lead all requests from {old} to it",
        f"let {old} finish its requests for up to 30 s",
        f"stop {old} and retain it",
    ]
    assert two.plan(2) == []
    assert two.plan(1)[0] == f"start {two.release(1).name}, which is retained"


def test_release_that_serves_is_only_judged_again(two: Place) -> None:
    two.bring(2)
    assert two.asked() == []
    assert two.tested[-1] == (f"http://{PROXY}:8080", "ml-cicd-app-staging")
    assert len(two.tested) == 3


def test_release_that_fails_its_tests_reaches_nobody(two: Place) -> None:
    with pytest.raises(CheckFailedError, match="The tests failed"):
        two.bring(3, fail)
    assert two.serving() == image(2)
    assert "stop release 2 10" not in two.asked()
    assert CANDIDATE not in two.engine.names()
    assert not any(action.startswith("route") for action in two.asked())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b'{"digest": "sha256:another"}', "names the digest sha256:another"),
        (b"x" * 70_000, "its answer has more than 65,536 bytes"),
    ],
)
def test_release_that_is_not_healthy_in_time_is_taken_down(
    two: Place, answer: bytes, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    two.engine.answers[image(3)] = answer
    two.engine.prints[image(3)] = b"cannot open the model\n"
    with pytest.raises(CheckFailedError, match=words) as caught:
        two.bring(3)
    assert "health-timeout" in caught.value.hint
    assert two.serving() == image(2)
    assert CANDIDATE not in two.engine.names()
    assert "cannot open the model" in capsys.readouterr().out


def test_service_that_refuses_the_host_gets_that_hint(two: Place) -> None:
    two.engine.statuses[image(3)] = 400
    with pytest.raises(CheckFailedError, match="answers 400") as caught:
        two.bring(3)
    assert "public-host" in caught.value.hint


def test_release_that_ends_is_told_with_its_exit_code(two: Place) -> None:
    two.engine.ends[image(3)] = 3
    with pytest.raises(CheckFailedError, match="ended with exit code 3; the old one still serves"):
        two.bring(3)
    assert two.serving() == image(2)
    assert CANDIDATE not in two.engine.names()


def test_release_for_another_platform_fails_the_deployment(two: Place) -> None:
    two.engine.add_image(image(3), Architecture="arm64")
    two.engine.ends[image(3)] = 1
    two.engine.prints[image(3)] = b"exec /bin/serve: exec format error\n"
    with pytest.raises(CheckFailedError, match="image linux/arm64, engine linux/amd64; the old one still serves"):
        two.bring(3)


@pytest.mark.parametrize("moment", [f"start {CANDIDATE}", "route .*"])
def test_release_that_somebody_removes_is_named(two: Place, moment: str) -> None:
    if moment.startswith("start"):
        two.engine.refuses[moment] = (404, "No such container: candidate")
    else:
        two.when(f"start {CANDIDATE}", lambda: two.engine.boxes.pop(two.engine.box(CANDIDATE).id))
    with pytest.raises(CheckFailedError, match="was removed while it came up; the old one still serves") as caught:
        two.bring(3)
    assert "docker system prune --filter" in caught.value.hint
    assert two.serving() == image(2)


def test_engine_that_cannot_start_a_release_fails_the_deployment(two: Place) -> None:
    two.engine.refuses[f"start {CANDIDATE}"] = (500, "OCI runtime create failed: no such file")
    with pytest.raises(CheckFailedError, match=f"Could not start {CANDIDATE}: OCI runtime create failed"):
        two.bring(3)
    assert CANDIDATE not in two.engine.names()


def test_users_who_do_not_find_the_new_release_are_led_back(two: Place) -> None:
    two.engine.behind_proxy = WRONG
    with pytest.raises(CheckFailedError, match=r"not healthy behind the proxy.*the old one serves again") as caught:
        two.bring(3)
    assert f"docker logs {PROXY}" in caught.value.hint
    assert two.serving() == image(2)
    assert [action for action in two.asked() if action.startswith("route")][-1] == "route release 2 in green"
    assert two.release(2).status == "running"
    stopped = [release.release for release in two.target.retained()]
    assert stopped[0] == image(3)
    assert two.release(3).status == "exited"


def test_first_release_that_users_do_not_find_leaves_the_proxy_without_one(place: Place) -> None:
    place.engine.behind_proxy = WRONG
    with pytest.raises(CheckFailedError, match="not healthy behind the proxy"):
        place.bring(1)
    assert place.serving() == ""
    assert place.engine.asked[-2].startswith("route nowhere")


def test_volume_of_an_earlier_proxy_outlives_a_deployment_that_fails(two: Place) -> None:
    port = two.engine.volumes[PROXY]
    two.engine.boxes.clear()  # somebody removed every container
    with pytest.raises(CheckFailedError, match="The tests failed"):
        two.bring(3, fail)
    assert two.engine.names() == []
    assert two.engine.volumes[PROXY] == port, "the next proxy gets the same port"


def test_interrupt_while_the_old_release_ends_leaves_users_at_the_new_one(two: Place) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    two.when(r"stop app-staging-\w+ 10", interrupt)
    with pytest.raises(KeyboardInterrupt):
        two.bring(3)
    assert two.serving() == image(3)
    assert two.release(3).status == "running"
    assert [action for action in two.asked() if action.startswith("route")] == ["route release 3 in blue"]


def test_proxy_that_does_not_switch_changes_nothing(two: Place) -> None:
    two.engine.stuck = True
    with pytest.raises(CheckFailedError, match="does not switch: server release/blue is not ready"):
        two.bring(3)
    assert two.serving() == image(2)
    assert two.release(2).status == "running"
    assert two.release(3).status == "exited"


def test_old_release_that_cannot_be_stopped_is_a_warning(two: Place, capsys: pytest.CaptureFixture[str]) -> None:
    two.engine.refuses[r"stop app-staging-\w+ 10"] = (500, "cgroup is busy")
    assert two.bring(3).healthy
    assert "cgroup is busy The next deployment does it." in capsys.readouterr().err
    assert two.serving() == image(3)


def test_engine_that_breaks_while_switching_leaves_both_releases(two: Place) -> None:
    """Requests may reach the new release then, and it was accepted."""
    two.engine.refuses["route .*"] = (500, "the engine is shutting down")
    with pytest.raises(UnreachableError, match="the engine is shutting down"):
        two.bring(3)
    assert two.release(2).status == "running"
    assert two.release(3).status == "running"


def test_rollback_starts_the_retained_container_again(two: Place) -> None:
    old = two.release(1).id
    two.engine.registry.clear()
    running = two.bring(1, action="rollback")
    assert two.release(1).id == old
    assert two.asked() == [
        "restart policy release 1 no",
        "start release 1",
        "restart policy release 1 unless-stopped",
        f"write into {PROXY}",
        "route release 1 in blue",
        "stop release 2 10",
    ]
    assert running.action == "rollback", "the note counts, not the label of the first deployment"
    assert [release.release for release in two.target.retained()] == [image(2)]


def test_retained_release_that_fails_is_stopped_and_stays(two: Place) -> None:
    with pytest.raises(CheckFailedError, match="The tests failed"):
        two.bring(1, fail)
    assert two.release(1).status == "exited"
    assert two.release(1).policy == "no", "else the engine would start it beside the one that serves"
    assert two.asked()[-1] == "stop release 1 0"
    assert two.serving() == image(2)


def test_as_many_releases_as_configured_are_retained() -> None:
    place = Place(retain=2)
    for number in (1, 2, 3, 4):
        place.bring(number)
    assert [release.release for release in place.target.retained()] == [image(3), image(2)]
    assert place.asked()[-1].startswith("remove app-staging-")
    before = place.engine.names()
    plan = place.plan(5)
    assert plan[-1] == f"remove {place.release(2).name}: 2 releases are retained"
    assert place.engine.names() == before, "a plan changes nothing"


def test_failed_deployment_removes_no_retained_release() -> None:
    place = Place(retain=1)
    place.bring(1)
    place.bring(2)
    with pytest.raises(CheckFailedError):
        place.bring(3, fail)
    assert place.release(1).status == "exited"
    assert place.release(2).status == "running"


def test_candidate_of_an_interrupted_deployment_is_removed_first(two: Place) -> None:
    two.engine.add_image(image(4))
    two.site.releases.create(order(4))
    assert two.plan(3)[0] == f"remove {CANDIDATE}, left by an interrupted deployment"
    two.bring(3)
    assert two.asked()[0] == f"remove {CANDIDATE}"
    assert image(4) not in {box.image for box in two.engine.boxes.values()}


def test_release_that_runs_on_after_a_killed_switch_finishes_its_requests(two: Place) -> None:
    two.site.client.containers.get(two.release(1).name).start()
    two.engine.open = [1, 0]
    steps = two.plan(2)
    assert steps == [f"let {two.release(1).name}, left by an interrupted deployment, finish its requests, and stop it"]
    two.bring(2)
    assert [script[0] for script in two.engine.scripts].count("drain") == 2
    assert two.release(1).status == "exited"


def test_cut_requests_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    place = Place(DockerSettings(drain_timeout=0))
    place.bring(1)
    place.engine.open = [3, 2]
    place.bring(2)
    assert "2 requests were cut in staging: still open 0 s after the switch" in capsys.readouterr().err
    place.engine.open = [1, 1]
    place.bring(3)
    assert "1 request was cut in staging" in capsys.readouterr().err
    place.bring(4)
    assert "cut in staging" not in capsys.readouterr().err


def drained(place: Place) -> list[list[str]]:
    return [script[1:3] for script in place.engine.scripts if script[0] == "drain"]


def test_slot_is_drained_only_where_requests_are_open(two: Place) -> None:
    two.bring(3)
    assert drained(two) == []
    two.engine.open = [1, 0]
    two.bring(4)
    assert drained(two) == [["blue", two.release(4).id[:12]]]


def test_stopped_release_that_should_serve_is_started_again(two: Place) -> None:
    two.engine.end(two.release(2).name, 1)
    observed = two.target.observe()
    assert observed is not None
    assert (observed.healthy, observed.detail) == (False, "it is exited")
    assert two.plan(2)[0].startswith("start app-staging-")
    assert two.bring(2).healthy
    assert len(two.engine.names()) == 3
    assert "stop release 2 10" not in two.asked()


def test_unhealthy_release_that_should_serve_is_replaced(two: Place) -> None:
    two.engine.answers[image(2)] = b'{"digest": "sha256:another"}'
    old = two.release(2).id
    steps = two.plan(2)
    assert steps[0] == f"create {CANDIDATE} from {image(2)}"
    assert f"stop app-staging-{old[:12]} and retain it" in steps


def test_release_made_with_other_settings_is_replaced(two: Place) -> None:
    other = two.again(memory="512m")
    assert other.plan(2)[0] == f"create {CANDIDATE} from {image(2)}"
    assert two.plan(2) == []


def test_same_image_of_another_commit_is_another_release(two: Place) -> None:
    assert two.target.plan(replace(order(2), commit="f" * 40)) != []


@pytest.mark.parametrize("action", ["create .*candidate", "start .*candidate"])
def test_full_disk_gets_the_reserve_once(two: Place, action: str, capsys: pytest.CaptureFixture[str]) -> None:
    two.engine.refuses[action] = DISK
    two.engine.on[action] = lambda: two.engine.refuses.clear() if "reserve" not in files(two) else None
    assert two.bring(3).healthy
    assert "are free now" in capsys.readouterr().err
    assert "reserve" in files(two), "the next rollback needs it"


def files(place: Place) -> dict[str, bytes]:
    return place.engine.volume_files[PROXY]


def test_pull_on_a_full_disk_leaves_the_reserve_alone(two: Place) -> None:
    two.engine.refuses["pull .*"] = DISK
    with pytest.raises(UnreachableError, match="the disk is full"):
        two.bring(3)
    assert "reserve" in files(two)


def test_reserve_that_is_missing_is_kept_again_after_the_switch(two: Place) -> None:
    for missing in (True, False):
        if missing:
            files(two).pop("reserve")
        two.engine.scripts.clear()
        two.bring(3 if missing else 4)
        assert (["reserve", "8"] in two.engine.scripts) is missing
        assert "reserve" in files(two)


def test_full_disk_without_a_reserve_fails(two: Place) -> None:
    two.engine.refuses["create .*candidate"] = DISK
    files(two).pop("reserve")
    with pytest.raises(UnreachableError, match="the disk is full"):
        two.bring(3)
    assert two.serving() == image(2)
    assert two.asked().count(f"create {CANDIDATE}") == 1


def test_secrets_are_asked_for_before_anything_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variables.APP_SECRETS, raising=False)
    place = Place(secrets=("API_KEY",))
    with pytest.raises(UsageError, match="APP_SECRETS"):
        place.bring(1)
    assert place.engine.asked == []


def test_secrets_are_files_of_the_release_and_new_ones_replace_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "old", "OTHER": "not asked for"}))
    place = Place(secrets=("API_KEY",))
    place.bring(1)
    assert place.release(1).files == {"run/secrets/API_KEY": b"old"}
    assert "old" not in json.dumps(place.release(1).config)
    assert place.plan(1) == []
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "new"}))
    assert place.plan(1)[0] == f"create {CANDIDATE} from {image(1)}"
    monkeypatch.delenv(variables.APP_SECRETS)
    assert place.plan(1) == [], "a process without secrets can still look"


def test_image_without_a_place_for_secrets_leaves_no_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "x"}))
    place = Place(secrets=("API_KEY",))
    place.engine.refuses[f"write into {CANDIDATE}"] = (400, "not a directory")
    with pytest.raises(CheckFailedError, match=f"Could not write the secrets into {CANDIDATE}") as caught:
        place.bring(1)
    assert "make it a folder" in caught.value.hint
    assert CANDIDATE not in place.engine.names()


def test_image_that_vanishes_is_a_refusal(two: Place) -> None:
    two.engine.refuses[f"create {CANDIDATE}"] = (404, "No such image: app")
    with pytest.raises(RefusedError, match=f"The engine has no {image(3)}"):
        two.bring(3)


def test_container_gets_its_network_limits_and_labels_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variables.ML_CICD_INSTANCE, "forge-1")
    place = Place(
        DockerSettings(log={"driver": "local", "max-size": "1m"}), cpus=1.5, memory="256m", gpus=1,
        variables={"LEVEL": "debug", variables.ML_CICD_DIGEST: "forged"},
    )  # fmt: skip
    place.bring(1)
    box, host = place.release(1), place.release(1).host
    assert host["NetworkMode"] == "ml-cicd-app-staging"
    assert box.networks == ["ml-cicd-app-staging"]
    assert (host["NanoCpus"], host["Memory"]) == (1_500_000_000, 256 << 20)
    assert [(request["Count"], request["Capabilities"]) for request in host["DeviceRequests"]] == [(1, [["gpu"]])]
    assert host["LogConfig"] == {"Type": "local", "Config": {"max-size": "1m"}}
    assert not host.get("Binds")
    assert not host.get("Privileged")
    assert not host.get("PortBindings"), "users reach it by way of the proxy alone"
    assert sorted(box.config["Env"]) == [
        "LEVEL=debug", f"ML_CICD_COMMIT={'1' * 40}", f"ML_CICD_DIGEST={order(1).digest}", "ML_CICD_ENVIRONMENT=staging",
    ]  # fmt: skip
    assert box.labels == {
        labels.PROJECT: "app", labels.ENVIRONMENT: "staging", labels.ROLE: labels.SERVICE, labels.INSTANCE: "forge-1",
        labels.RELEASE: image(1), labels.COMMIT: "1" * 40, labels.SETTINGS: box.labels[labels.SETTINGS],
        **order(1).facts,
    }  # fmt: skip


def test_default_log_is_bounded(place: Place) -> None:
    place.bring(1)
    assert place.release(1).host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}
    assert "NanoCpus" not in place.release(1).host


def test_account_proxies_do_not_reach_a_container(place: Place) -> None:
    api: Any = place.site.client.api
    api._proxy_configs = type(api._proxy_configs)(http="http://proxy:3128")
    place.bring(1)
    for name in (place.release(1).name, PROXY):
        assert not any("PROXY" in value for value in place.engine.box(name).config.get("Env") or [])


def test_other_environments_containers_are_not_releases(two: Place) -> None:
    foreign = two.engine.box(two.release(1).name)
    foreign.config["Labels"] |= {labels.ENVIRONMENT: "production"}
    assert two.target.retained() == []
    foreign.config["Labels"] |= {labels.ENVIRONMENT: "staging"}
    foreign.name = "somebody-elses"
    assert two.target.retained() == []


@pytest.mark.parametrize("error", [CheckFailedError("bad", "Correct it."), KeyboardInterrupt(), RuntimeError("bug")])
def test_candidate_goes_whatever_ends_the_tests(two: Place, error: BaseException) -> None:
    def end(*_: str) -> None:
        raise error

    with pytest.raises(type(error)):
        two.bring(3, end)
    assert CANDIDATE not in two.engine.names()
    assert two.serving() == image(2)


def test_candidate_that_is_gone_already_is_no_other_error(two: Place) -> None:
    def lose(*_: str) -> None:
        two.engine.boxes.pop(two.engine.box(CANDIDATE).id)
        raise CicdError("The tests failed.", "Correct them.")

    with pytest.raises(CicdError, match="The tests failed"):
        two.bring(3, lose)
