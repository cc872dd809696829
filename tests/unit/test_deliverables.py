"""What a project delivers: short and long form mean the same, and what can't be together is refused before a build."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import cli, labels, ledger, stages
from cicd import config as configuration
from cicd.config import ImageBuild, Service
from cicd.errors import RefusedError, UsageError
from cicd.ledger import integrity, signing
from cicd.produce import conventions, readiness
from cicd.road import agreement, recording, release_labels, verification
from cicd.road.request import Built, Request
from tests.unit.support.road import CONFIG, Road

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.production import Production
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

HEAD = 'name = "flights"\n'
THREE = """name = "flights"

[deliverables.api]
kind = "service"
port = 9000
dockerfile = "api/Dockerfile"

[deliverables.report]
kind = "service"
port = 8501
health = "/_stcore/health"
dockerfile = "report/Dockerfile"

[deliverables.admin]
kind = "service"
command = ["python", "-m", "flights.admin"]

[environments.production]
port = 8080
ports = { report = 8081 }
"""


def test_first_service_is_the_one_of_the_short_form() -> None:
    long, short = configuration.parse(THREE), configuration.parse(f"{HEAD}[service]\nport = 9000\n")
    assert long.service == short.service == Service(port=9000)
    assert long.release == ImageBuild(dockerfile="api/Dockerfile")
    assert [other.name for other in long.others] == ["report", "admin"]
    assert (long.others[0].service.port, long.others[0].service.health) == (8501, "/_stcore/health")
    assert long.others[0].build.dockerfile == "report/Dockerfile"
    assert long.environments["production"].ports == {"report": 8081}


def test_service_of_the_short_form_comes_before_those_with_names() -> None:
    config = configuration.parse(f'{HEAD}[service]\nport = 9000\n[deliverables.report]\nkind = "service"\n')
    assert (config.service.port, [other.name for other in config.others]) == (9000, ["report"])


def test_job_by_its_name_is_the_job_of_the_short_form() -> None:
    table = 'command = ["score"]\nsample = "data"\ntimeout = 5\n'
    long = configuration.parse(f'{HEAD}[deliverables.score]\nkind = "job"\n{table}dockerfile = "score/Dockerfile"\n')
    assert long.job == configuration.parse(f"{HEAD}[job]\n{table}").job
    assert long.release.dockerfile == "score/Dockerfile"
    beside = configuration.parse(f'{HEAD}[job]\n{table}[deliverables.lib]\nkind = "package"\n')
    assert (beside.job, beside.is_package_alone) == (long.job, False)


def test_jobs_stand_beside_services_and_beside_each_other() -> None:
    score = (
        '[deliverables.score]\nkind = "job"\ncommand = ["score"]\nsample = "data"\ndockerfile = "score/Dockerfile"\n'
    )
    beside = configuration.parse(f"{HEAD}[service]\n{score}")
    assert (beside.job, [job.name for job in beside.jobs]) == (None, ["score"])
    assert (beside.jobs[0].job.sample, beside.jobs[0].build.dockerfile) == ("data", "score/Dockerfile")
    assert beside.release == ImageBuild(), "the release is the image of the service"
    several = configuration.parse(f'{HEAD}{score}[deliverables.clean]\nkind = "job"\ncommand = ["clean"]\n')
    assert several.job == beside.jobs[0].job
    assert [(job.name, job.command) for job in several.jobs] == [("clean", ("clean",))]
    first = configuration.parse(f'{HEAD}{score}[job]\ncommand = ["main"]\n')
    assert (first.command, [job.name for job in first.jobs]) == (("main",), ["score"])
    assert configuration.parse(f'{HEAD}[deliverables.test]\nkind = "job"\ncommand = ["x"]\n').job


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[deliverables.a]\nkind = "service"\nsample = "data"', "deliverables.a: a service has no key sample"),
        ('[deliverables.a]\nkind = "job"', "deliverables.a: missing: command"),
        ('[deliverables.a]\nkind = "job"\ncommand = ["x"]\nport = 1', "a job has no key port"),
        ('[deliverables.proxy]\nkind = "service"', "the kit needs that name itself"),
        ('[service]\n[job]\ncommand = ["x"]', r"it has \[service\] and \[job\]"),
        ('[service]\n[deliverables.test]\nkind = "job"\ncommand = ["x"]', "the kit needs that name itself"),
        (
            '[service]\n[deliverables.a]\nkind = "job"\ncommand = ["x"]\n[environments.staging]\ntarget = "kubernetes"',
            r"deliverables\.a: missing: schedule\. The cluster of environments\.staging",
        ),
        (
            '[service]\n[deliverables.a]\nkind = "job"\ncommand = ["x"]\n[environments.staging]\nports = { a = 1 }',
            "no service beside the first one is called a",
        ),
        (
            '[service]\n[deliverables.a]\nkind = "service"\n[environments.staging]\ntarget = "command"\n'
            'image = "acme/tool@sha256:%s"\ncommand = ["x"]\nurl = "https://a.example.org"' % ("0" * 64),
            "the target command carries one service alone, and the project delivers a",
        ),
        (
            '[job]\ncommand = ["x"]\n[environments.staging]\ntarget = "command"\n'
            'image = "acme/tool@sha256:%s"\ncommand = ["x"]\nurl = "https://a.example.org"' % ("0" * 64),
            "carries one service alone, and the project delivers a job",
        ),
        (
            '[service]\n[deliverables.a-]\nkind = "service"\n[environments.staging]\ntarget = "kubernetes"',
            "no object on a cluster can be called flights-a-",
        ),
        (
            '[job]\ncommand = ["x"]\n[environments.staging]\ntarget = "kubernetes"',
            "job: missing: schedule",
        ),
        (
            '[job]\ncommand = ["x"]\nschedule="1 2 3 4 5"\n[environments.staging]\ntarget="kubernetes"\nmanifests="d"',
            "a project without a service has no manifests of its own",
        ),
        (
            '[deliverables.a]\nkind = "package"\n[environments.staging]\ntarget = "kubernetes"',
            "a project of packages alone can run on docker alone",
        ),
        ('[job]\ncommand = ["x"]\nschedule = "daily"', "Use five fields"),
        (
            '[service]\n[deliverables.a]\nkind = "service"\n[environments.staging]\nports = { b = 1 }',
            "no service beside the first one is called b",
        ),
    ],
)
def test_what_can_not_be_together_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        configuration.parse(f"{HEAD}{text}\n")


def test_several_services_run_on_docker_and_on_kubernetes() -> None:
    config = configuration.parse(f'{THREE}[environments.staging]\ntarget = "kubernetes"\nports = {{ admin = 81 }}\n')
    assert config.environments["staging"].of("admin").port == 81
    assert config.environments["production"].of("admin").port == 0
    assert [config.of(other).service_name for other in config.others] == ["flights-report", "flights-admin"]
    name = "a" * 40
    text = f'name = "{name}"\n[service]\n[deliverables.{{}}]\nkind = "service"\n[environments.staging]\n{{}}'
    assert configuration.parse(text.format("b" * 22, 'target = "kubernetes"')).others
    assert configuration.parse(text.format("b" * 23, "")).others
    with pytest.raises(UsageError, match="no object on a cluster can be called"):
        configuration.parse(text.format("b" * 23, 'target = "kubernetes"'))


def test_each_service_has_its_own_image_or_a_command_in_that_of_the_first(tmp_path: Path) -> None:
    config = configuration.parse(THREE)
    for name in ("api", "report"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text("FROM python:3.11\n")
    report, admin = config.others
    recipe = conventions.other(config, tmp_path, report)
    assert recipe
    assert recipe.name == "report/Dockerfile"
    assert conventions.other(config, tmp_path, admin) is None
    (tmp_path / "Dockerfile").write_text("FROM python:3.11 AS test\n")
    readiness.check(config, tmp_path, conventions.test_image(config, tmp_path))
    (tmp_path / "report" / "Dockerfile").unlink()
    with pytest.raises(UsageError, match=r"has no report/Dockerfile, which \[deliverables.report\] dockerfile names"):
        readiness.check(config, tmp_path, conventions.test_image(config, tmp_path))


def test_each_job_has_its_own_image_or_runs_in_that_of_the_first_deliverable(tmp_path: Path) -> None:
    text = '[service]\n[deliverables.score]\nkind = "job"\ncommand = ["score"]\nsample = "data"\n'
    (tmp_path / "Dockerfile").write_text("FROM python:3.11 AS test\n")
    config = configuration.parse(f"{HEAD}{text}")
    assert conventions.other(config, tmp_path, config.jobs[0]) is None
    with pytest.raises(UsageError, match=r"has no 'data', which deliverables.score.sample names"):
        readiness.check(config, tmp_path, conventions.test_image(config, tmp_path))
    (tmp_path / "data").mkdir()
    readiness.check(config, tmp_path, conventions.test_image(config, tmp_path))
    own = configuration.parse(f'{HEAD}{text}dockerfile = "score/Dockerfile"\n')
    with pytest.raises(UsageError, match=r"has no score/Dockerfile, which \[deliverables.score\] dockerfile names"):
        readiness.check(own, tmp_path, conventions.test_image(own, tmp_path))


def test_a_service_that_would_be_the_first_one_again_is_refused(tmp_path: Path) -> None:
    config = configuration.parse(f'{HEAD}[service]\n[deliverables.a]\nkind = "service"\n')
    with pytest.raises(UsageError, match="has neither `dockerfile` nor `command`"):
        conventions.other(config, tmp_path, config.others[0])


def test_one_image_names_the_others_and_all_are_verified(workspace: Workspace, registry: Registry) -> None:
    commit = workspace.commit()
    report, test = registry.add("acme/app/report", "report"), registry.add("acme/app/test", "test")
    named = json.dumps({"report": report, "admin": ""})
    release = registry.add("acme/app", "release", {labels.DELIVERABLES: named})
    request = Request(stages.INTEGRATION, commit, built=Built(release, test))
    candidate = verification.verify(workspace.repository(), CONFIG, request)
    assert dict(candidate.others) == {"report": report, "admin": release}
    assert dict(candidate.order.others) == dict(candidate.others)
    registry.manifests.pop(report.partition("/")[2].replace("@", "/"))
    with pytest.raises(RefusedError, match=r"no longer has .*report"):
        verification.verify(workspace.repository(), CONFIG, request)


RELEASE = "localhost:5000/acme/app@sha256:" + "a" * 64
OTHERS = {"report": "localhost:5000/acme/app/report@sha256:" + "b" * 64, "admin": RELEASE}


def deployment(**more: object) -> ledger.Deployment:
    passed = ledger.Deployment("app", "integration", "deploy", "passed", "c" * 40, RELEASE, RELEASE)
    return ledger.deployment_from({**json.loads(passed.to_json()), **more})


def test_one_entry_records_all_images(workspace: Workspace) -> None:
    entry = ledger.append(workspace.repository(), deployment(others=OTHERS))
    assert ledger.read(workspace.repository(), "app", "integration") == [entry]
    assert dict(entry.deployment.others) == OTHERS
    statement = json.loads(signing.decode(ledger.envelope(entry.deployment, 1, "")).payload)
    assert [subject["name"].rpartition("/")[2] for subject in statement["subject"]] == ["app", "app", "report"]
    statement["subject"].pop()
    with pytest.raises(RefusedError, match="its subjects are not the images of its services"):
        ledger.parse(signing.Envelope(json.dumps(statement).encode()).encode())
    with pytest.raises(RefusedError, match="its others has another type"):
        deployment(others={"../x": RELEASE})


def test_promotion_of_other_images_breaks_the_ledger() -> None:
    base = ledger.parse(ledger.envelope(deployment(others=OTHERS), 1, ""))
    basis = {"environment": "integration", "number": 1, "sha256": base.sha256}
    good = deployment(others=OTHERS, environment="staging", basis=basis)
    bad = deployment(others={**OTHERS, "report": RELEASE}, environment="staging", basis=basis)
    for promoted, holds in ((good, True), (bad, False)):
        chains = {"integration": [base], "staging": [ledger.parse(ledger.envelope(promoted, 1, ""))]}
        if holds:
            integrity.check_links(chains)
            continue
        with pytest.raises(RefusedError, match="did not pass these services"):
            integrity.check_links(chains)


def test_service_that_runs_another_image_than_recorded_is_told(production: Production) -> None:
    running = production.target.observe()
    assert running
    chains = ledger.read_all(production.road.workspace.repository(), "app")
    assert agreement.difference(chains, "production", running) == ""
    other = replace(running, others={"report": running})
    assert agreement.difference(chains, "production", other).startswith("report: the ledger says nothing, but ")


def test_images_of_an_outcome_must_be_those_of_its_release(production: Production) -> None:
    commit = production.lose()
    outcome = ledger.decode(production.outcome)
    assert production.record(commit, json.dumps({**outcome, "others": {"report": outcome["release"]}})) == 4
    assert production.record(commit) == 0
    assert cli.main(["status"]) in (0, 1)


class WithReport(Road):
    """A road whose releases have a service `report` with an image of its own."""

    def deployment(self, deployment: ledger.Deployment) -> ledger.Deployment:
        report = self.registry.add("acme/app/report", f"report {deployment.commit}")
        return ledger.deployment_from({**json.loads(deployment.to_json()), "others": {"report": report}})


def test_promotion_carries_all_images_and_needs_the_registry_to_have_them(
    workspace: Workspace, registry: Registry
) -> None:
    road = WithReport(workspace, registry)
    commit = road.accepted("integration")
    candidate = road.verify("staging", commit)
    report = candidate.others["report"]
    assert dict(candidate.order.others) == {"report": report}
    del registry.manifests[report.partition("/")[2].replace("@", "/")]
    with pytest.raises(RefusedError, match=r"no longer has .*report"):
        road.verify("staging", commit)


@pytest.mark.parametrize(
    "forged",
    [
        {"others": {"report": RELEASE}},
        {"others": {}},
        {"packages": RELEASE.replace("acme/app", "acme/app/packages"), "wheels": {"app-1-py3-none-any.whl": "d" * 64}},
    ],
)
def test_outcome_of_integration_must_have_the_parts_that_its_release_names(
    workspace: Workspace, registry: Registry, forged: dict[str, object]
) -> None:
    services = '[service]\n[deliverables.report]\nkind = "service"\ndockerfile = "report/Dockerfile"\n'
    (workspace.clone / "ml-cicd.toml").write_text(f'name = "app"\n{services}')
    workspace.git("add", "ml-cicd.toml")
    commit = workspace.commit()
    report, test = registry.add("acme/app/report", "report"), registry.add("acme/app/test", "test")
    release = registry.add("acme/app", "release", {labels.DELIVERABLES: json.dumps({"report": report})})
    expected = recording.Expected("integration", commit, release, test)
    own = {"commit": commit, "release": release, "test": test, "others": {"report": report}}
    recording.check(workspace.repository(), deployment(**own), expected)
    with pytest.raises(RefusedError, match="its services or wheels are not those of its release"):
        recording.check(workspace.repository(), deployment(**{**own, **forged}), expected)


def test_outcome_of_integration_must_have_the_wheels_that_its_release_names(
    workspace: Workspace, registry: Registry
) -> None:
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n[service]\n[deliverables.kit]\nkind = "package"\n')
    workspace.git("add", "ml-cicd.toml")
    commit = workspace.commit()
    packages, test = registry.add("acme/app/packages", "wheels"), registry.add("acme/app/test", "test")
    wheels = {"kit-1-py3-none-any.whl": "d" * 64}
    names = {labels.PACKAGES: packages, labels.WHEELS: json.dumps(wheels)}
    release = registry.add("acme/app", "release", names)
    expected = recording.Expected("integration", commit, release, test)
    own = {"commit": commit, "release": release, "test": test, "packages": packages, "wheels": wheels}
    recording.check(workspace.repository(), deployment(**own), expected)
    for forged in ({"packages": "", "wheels": {}}, {"wheels": {"kit-1-py3-none-any.whl": "e" * 64}}):
        with pytest.raises(RefusedError, match="its services or wheels are not those of its release"):
            recording.check(workspace.repository(), deployment(**{**own, **forged}), expected)


def read_labels(values: dict[str, str]) -> None:
    release = f"r/app@sha256:{'b' * 64}"
    config = configuration.parse(HEAD)
    release_labels.packages_of(values)
    release_labels.others_of(release, values)
    release_labels.bundle_of(config, release, values)


@pytest.mark.parametrize(
    ("label", "values"),
    [
        (labels.BUNDLE, {labels.BUNDLE: "bundle:latest"}),
        (labels.PACKAGES, {labels.PACKAGES: "packages:latest", labels.WHEELS: "{}"}),
        (labels.WHEELS, {labels.PACKAGES: f"r/app/packages@sha256:{'a' * 64}", labels.WHEELS: "[1]"}),
        (labels.DELIVERABLES, {labels.DELIVERABLES: '{"worker": "latest"}'}),
    ],
    ids=["bundle", "packages", "wheels", "services"],
)
def test_label_that_cannot_be_read_is_named(label: str, values: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=re.escape(f"The label {label} of the release can't be read")):
        read_labels(values)
