"""Real pushes to a local forge with remote, hook and `act`, but without registry and engine."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from unittest.mock import patch

import pytest

from cicd.comment import data, document
from cicd.errors import UnreachableError, UsageError
from cicd.forge import lifecycle, run_secrets
from cicd.forge.running import records
from cicd.printers import runs as printer
from tests.act.support.forge import (
    RUNS_UNTIL_KILLED,
    RUNS_UNTIL_RELEASED,
    SERVICES,
    Project,
    alive,
    make_kit,
    make_project,
    until,
)

HOSTILE = "a$(touch${IFS}x)'\";&|<b"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return one project for all tests, each on its own branch. Its folder has a name that needs quoting in shells."""
    folder = tmp_path_factory.mktemp("forge")
    project = make_project(folder / "it's a=project", folder / "cache")
    lifecycle.up(project.path, make_kit(folder / "kit"), lambda *_: SERVICES, lambda _: None, workflows="all")
    project.push("main")
    return project


def test_push_runs_workflow_and_streams_steps(project: Project) -> None:
    commit = project.commit(branch="feature/green")
    output = project.push("feature/green")
    assert re.search(r"^run \d+: CI \(ci.yml\), push of feature/green at " + commit[:7], output, re.MULTILINE)
    assert re.search(r"^  ok +\d+\.\d s  ci / Work: Greet$", output, re.MULTILINE)
    assert re.search(r"^passed: CI   \(\d+\.\d s; ml-cicd local logs \d+\)$", output, re.MULTILINE)
    assert project.last.result == "success"
    assert (project.last.sha, project.last.ref, project.last.event) == (commit, "refs/heads/feature/green", "push")
    log = records.log(project.forge, project.last.number)
    assert log.results == {"ci / Work": "success", "ci / Result": "success", "after": "success"}
    assert log.job("after").step("Tell").output == ["told hello feature/green"]
    assert log.job("ci / Work").step("Greet").outputs == {"greeting": "hello feature/green"}
    assert (records.folder(project.forge, project.last.number) / "log.txt").read_text().count("told hello") == 1


@pytest.mark.case("K25", "the .actrc of a person changes a run")
def test_settings_of_act_change_nothing(project: Project, tmp_path: Path) -> None:
    (tmp_path / ".actrc").write_text("--env GREETING=leaked\n")
    project.commit({"script.sh": 'echo "home $HOME, greeting ${GREETING:-none}"'}, branch="feature/settings")
    with patch.dict(project.environment, {"HOME": str(tmp_path)}):
        project.push("feature/settings")
    assert f"home {tmp_path}, greeting none" in project.log


def test_failed_step_is_shown_with_its_output(project: Project) -> None:
    script = "for i in $(seq 50); do echo line $i; done; echo '::error file=a.py,line=3::too bad'; exit 7"
    project.commit({"script.sh": script}, branch="feature/red")
    output = project.push("feature/red")
    assert "    | line 50\n" in output
    assert "| line 10\n" not in output, "only the tail belongs there"
    assert "    error: a.py:3: too bad\n" in output
    assert re.search(r"^FAILED: CI / ci / Work / Run the script   \(", output, re.MULTILINE)
    assert (project.last.result, project.last.failed) == ("failure", "ci / Work / Run the script")
    assert "line 10\n" in project.log


def test_log_of_one_step(project: Project) -> None:
    project.commit({"script.sh": "echo needle"}, branch="feature/log")
    project.push("feature/log")
    lines = list(printer.text(records.log(project.forge, project.last.number), "run the script"))
    assert [line for line in lines if line.startswith("-- ")] == [line for line in lines if "Run the script" in line]
    assert "   needle" in lines


def test_jobs_see_only_the_contracts_environment(project: Project) -> None:
    project.environment["MY_OWN_SECRET"] = "hunter2"
    project.commit({"script.sh": "env | sort; git branch -r"}, branch="feature/env")
    project.push("feature/env")
    shown = dict(line.strip().split("=", 1) for line in project.log.splitlines() if "=" in line)
    remote = project.forge.remote(project.forge.state().repository)
    expected = {
        "ML_CICD_REGISTRY": "localhost:5000",
        "ML_CICD_BASE": "base:1",
        "ML_CICD_PROXY": "proxy:1",
        "ML_CICD_FORGE_RUN": str(project.last.number),
        "GITHUB_RUN_ID": str(project.last.number),
        "GITHUB_SHA": project.last.sha,
        "GITHUB_REF": "refs/heads/feature/env",
        "GITHUB_REPOSITORY": "local/it-s-a-project",
        "TERM": "dumb",
        "HOME": project.environment["HOME"],
    }
    assert {name: shown.get(name) for name in expected} == expected
    assert f"{shown['GITHUB_SERVER_URL']}/{shown['GITHUB_REPOSITORY']}" == remote.as_uri()
    assert "MY_OWN_SECRET" not in shown
    assert "origin/main" in project.log, "fetch-depth 0 brings all branches"
    assert not [name for name in shown if name.startswith(("GIT_DIR", "GIT_QUARANTINE", "PYTHONPATH"))]


def test_tag_runs_workflow_on_tagged_commit(project: Project) -> None:
    commit = project.git("rev-parse", "main")
    project.git("tag", "-f", "-a", "-m", "go", "Staging", commit)
    tag = project.git("rev-parse", "refs/tags/Staging")
    output = project.push("-f", "Staging")
    assert "run" in output
    assert (project.last.file, project.last.sha, project.last.result) == ("staging.yml", commit, "success")
    assert f"ref=refs/tags/Staging type=tag sha={commit} after={tag} head={commit}" in project.log


def test_filters_decide_which_workflows_run(project: Project) -> None:
    before = len(project.records())
    project.commit(branch="quiet/one")
    assert "no workflow starts on a push of branch quiet/one" in project.push("quiet/one")
    project.commit({"docs/index.md": "words"}, branch="feature/docs")
    assert "no workflow starts" in project.push("feature/docs")
    assert len(project.records()) == before
    project.commit({"docs/index.md": "more", "script.sh": "echo new"})
    project.push("feature/docs")
    assert len(project.records()) == before + 1


def test_push_of_many_or_unmoved_tags_runs_nothing(project: Project) -> None:
    for name in ("Staging", "t1", "t2", "t3"):
        project.git("tag", "-f", name, project.commit(branch="feature/tags"))
    before = len(project.records())
    assert "a push of more than 3 tags starts no workflow" in project.push("-f", "Staging", "t1", "t2", "t3")
    assert "run" not in project.push("-f", "Staging")
    assert len(project.records()) == before


def test_deleted_branch_runs_nothing(project: Project) -> None:
    project.commit(branch="quiet/gone")
    project.push("quiet/gone")
    before = len(project.records())
    assert "run" not in project.push("--delete", "quiet/gone")
    assert len(project.records()) == before


DISPATCH = """
python3 - <<'PY'
import json, os, urllib.request
url = os.environ["GITHUB_API_URL"] + "/repos/" + os.environ["GITHUB_REPOSITORY"]
body = json.dumps({"ref": "main", "inputs": {"commit": os.environ["GITHUB_SHA"], "dry-run": "true"},
                   "return_run_details": True}).encode()
request = urllib.request.Request(url + "/actions/workflows/staging.yml/dispatches", data=body, method="POST")
request.add_header("Authorization", "Bearer " + os.environ["GITHUB_TOKEN"])
print("run", json.load(urllib.request.urlopen(request))["workflow_run_id"])
PY
"""


def test_dispatched_workflow_runs_in_the_same_push(project: Project) -> None:
    commit = project.commit({"script.sh": DISPATCH}, branch="feature/dispatch")
    output = project.push("feature/dispatch")
    first, second = project.records()[-2:]
    assert (first.file, first.result) == ("ci.yml", "success")
    assert (second.file, second.event, second.result) == ("staging.yml", "workflow_dispatch", "success")
    assert second.ref == "refs/heads/main"
    assert f"   run {second.number}\n" in (records.folder(project.forge, first.number) / "log.txt").read_text()
    assert output.index("passed: CI") < output.index("Staging (staging.yml), workflow_dispatch of main")
    assert f"deploy commit={commit} dry-run=true actor=github-actions[bot] event=workflow_dispatch" in project.log


def test_push_from_a_job_runs_nothing(project: Project) -> None:
    script = "git push -q origin HEAD:refs/heads/from-a-job HEAD:refs/tags/from-a-job && echo pushed"
    commit = project.commit({"script.sh": script}, branch="feature/pushes")
    before = len(project.records())
    project.push("feature/pushes")
    assert project.last.result == "success"
    assert len(project.records()) == before + 1
    listed = project.git("ls-remote", "local", "from-a-job")
    assert listed.count(commit) == 2


def test_hostile_branch_name_is_harmless(project: Project) -> None:
    project.commit({"script.sh": 'echo "on <$GITHUB_REF_NAME>"; git branch --show-current'}, branch=HOSTILE)
    project.push(HOSTILE)
    assert project.last.result == "success"
    assert f"   on <{HOSTILE}>\n   {HOSTILE}\n" in project.log
    assert f"told hello {HOSTILE}" in project.log
    assert not [path for path in project.path.parent.rglob("x") if ".git" not in path.parts]


@pytest.mark.case("K13", "a branch whose name holds U+2028 or U+0085")
@pytest.mark.case("K11", "a step name that the terminal's encoding lacks")
@pytest.mark.parametrize(
    "branch",
    [
        "umlaut/größe-✓\u2028\x85",
        pytest.param("umlaut/" + os.fsdecode(b"\xff"), marks=pytest.mark.linux("file names of any bytes")),
    ],
)
def test_characters_decide_no_result(project: Project, branch: str) -> None:
    odd = "name: Größe ✓\non: push\njobs: {job: {runs-on: ubuntu-latest, steps: [{name: Größe ✓, run: 'echo ✓'}]}}\n"
    project.environment["PYTHONIOENCODING"] = "ascii"
    project.commit(
        {".github/workflows/odd.yml": odd, ".github/workflows/ci.yml": "on: release\njobs: {}\n"}, branch=branch
    )
    output = project.push(branch)
    assert "job: Gr\\xf6\\xdfe \\u2713\n" in output
    assert "passed: Gr\\xf6\\xdfe \\u2713" in output
    assert (project.last.result, project.last.ref) == ("success", f"refs/heads/{branch}")
    assert "   ✓\n" in (records.folder(project.forge, project.last.number) / "log.txt").read_text("utf-8")
    del project.environment["PYTHONIOENCODING"]


def test_invalid_workflow_is_named_and_others_run(project: Project) -> None:
    project.commit({".github/workflows/bad.yml": "on: push\njobs:\n  a: [\n"}, branch="feature/broken")
    output = project.push("feature/broken")
    assert "  error: .github/workflows/bad.yml:4: " in output
    assert "FAILED: .github/workflows/bad.yml   (" in output
    assert "passed: CI" in output
    assert {run.file: run.result for run in project.records()[-2:]} == {"bad.yml": "failure", "ci.yml": "success"}
    assert project.local("wait")[0] == 1


@pytest.mark.parametrize(
    ("job", "message"),
    [
        (
            "{runs-on: ubuntu-latest, steps: [{uses: org/ml-cicd/actions/greet@v1}, {uses: acme/tool@v1}]}",
            ".github/workflows/odd.yml: 'uses: acme/tool@v1' can't run locally.",
        ),
        ("{uses: org/ml-cicd/.github/workflows/none.yml@v1}", "There is no .github/workflows/none.yml in org/ml-cicd."),
        (
            "{runs-on: '${{ vars.SOMEWHERE || ''the-moon'' }}', steps: [{run: 'true'}]}",
            "job 'odd' did not run: this machine has no runner with the label 'the-moon'",
        ),
    ],
)
def test_job_that_cannot_run_fails_with_a_reason(project: Project, job: str, message: str) -> None:
    odd = f"name: Odd\non: {{push: {{branches: ['odd/*']}}}}\njobs:\n  odd: {job}\n"
    branch = f"odd/{abs(hash(job))}"
    project.commit(
        {".github/workflows/odd.yml": odd, ".github/workflows/ci.yml": "on: release\njobs: {}\n"}, branch=branch
    )
    output = project.push(branch)
    assert message in output
    assert "FAILED: Odd" in output
    assert project.last.result == "failure"


def test_terminal_shows_the_step_in_progress_in_place(project: Project) -> None:
    slow = "for n in 1 2 3 4 5 6; do echo epoch $n; sleep 0.5; done"
    job = f"jobs: {{train: {{runs-on: ubuntu-latest, steps: [{{name: Train, run: '{slow}'}}]}}}}\n"
    project.commit(
        {".github/workflows/slow.yml": f"name: Slow\non: push\n{job}",
         ".github/workflows/ci.yml": "on: release\njobs: {}\n"},
        branch="feature/slow",
    )  # fmt: skip
    shown = project.push_on_a_terminal("feature/slow")
    versions = re.findall(r"(?:\r|K)  \.\.\. +(\d+\.\d) s  train: Train \| epoch \d[^\r\n]*\r(?!\n)", shown)
    assert versions, shown
    assert re.search(r"  ok +\d\.\d s  train: Train", shown.rpartition("epoch")[2])
    slower = project.push("feature/slow:feature/slow-again")
    assert "..." not in slower


def test_workflow_that_is_not_the_kits_is_skipped(project: Project) -> None:
    lint = "name: Lint\non: push\njobs: {lint: {runs-on: ubuntu-latest, steps: [{uses: actions/setup-node@v6}]}}\n"
    project.commit({".github/workflows/lint.yml": lint}, branch="feature/lint")
    before = len(project.records())
    output = project.push("feature/lint")
    assert "skipped locally: Lint (lint.yml) can't run on this machine. .github/workflows/lint.yml: 'uses: " in output
    assert "passed: CI" in output
    assert [run.file for run in project.records()[before:]] == ["ci.yml"]


VARIABLE = """
name: Variable
on: {push: {branches: [variable]}}
jobs:
  read:
    if: ${{ vars.PLACE != '' }}
    runs-on: ubuntu-latest
    steps: [{name: Read, run: 'echo "at <$PLACE>"', env: {PLACE: '${{ vars.PLACE }}'}}]
"""


def test_repository_variable_is_kept_until_removed(project: Project) -> None:
    project.commit(
        {".github/workflows/variable.yml": VARIABLE, ".github/workflows/ci.yml": "on: release\njobs: {}\n"},
        branch="variable",
    )
    results = []
    for changes in ([("Place", "a=b 'c'")], [("OTHER", "d")], [("PLACE", "")]):
        kit = Path(project.forge.state().source)
        lifecycle.up(project.path, kit, lambda *_: SERVICES, lambda _: None, changes)
        project.commit()
        project.push("variable")
        log = records.log(project.forge, project.last.number)
        results.append((log.results, [line for job in log.jobs for step in job.steps for line in step.output]))
    assert results == [({"read": "success"}, ["at <a=b 'c'>"])] * 2 + [({"read": "skipped"}, [])]


SECRET = """
name: Secret
on: {push: {branches: [secret]}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: {name: staging}
    steps:
      - name: Compare
        env: {KEY: '${{ secrets.KEY }}', TOKEN: '${{ secrets.TOKEN }}', OTHER: '${{ secrets.OTHER }}'}
        run: printf '%s|%s|%s' "$KEY" "$TOKEN" "$OTHER" | sha256sum
"""


def test_secrets_of_the_repository_and_of_the_environment_reach_a_run(project: Project, tmp_path: Path) -> None:
    """A value arrives byte by byte, without the line's end of the file; that of another environment does not."""
    values = {"key": '{\n  "a": "$(id) \\\\ ü"\n}\n', "token": "of the repository\n", "own": "of staging"}
    for name, text in values.items():
        (tmp_path / name).write_text(text)
    project.commit(
        {".github/workflows/secret.yml": SECRET, ".github/workflows/ci.yml": "on: release\njobs: {}\n"}, branch="secret"
    )
    told = []
    for changes in (
        [("KEY", "key"), ("token", "token"), ("production/OTHER", "own")],
        [("staging/TOKEN", "own")],
        [("staging/TOKEN", ""), ("KEY", "")],
    ):
        kit = Path(project.forge.state().source)
        secrets = [(name, str(tmp_path / file) if file else "") for name, file in changes]
        lifecycle.up(project.path, kit, lambda *_: SERVICES, lambda _: None, secrets=secrets)
        project.commit()
        project.push("secret")
        log = records.log(project.forge, project.last.number)
        told.append(next(line.split()[0] for job in log.jobs for step in job.steps for line in step.output))
        kept = (records.folder(project.forge, project.last.number) / "log.jsonl").read_text("utf-8")
        assert not any(part in kept for part in ("$(id)", "of the repository", "of staging"))
    key, token, own = (text.rstrip("\n") for text in values.values())
    expected = [f"{key}|{token}|", f"{key}|{own}|", f"|{token}|"]
    assert told == [hashlib.sha256(text.encode()).hexdigest() for text in expected]
    stored = [project.forge.path / "secrets" / name for name in run_secrets.names(project.forge)]
    assert [path.name for path in stored] == ["TOKEN", "OTHER"]
    assert {path.stat().st_mode & 0o777 for path in stored} == {0o600}
    for name, change in (("TOKEN", ""), ("production/OTHER", "")):
        run_secrets.change(project.forge, [(name, change)])


@pytest.mark.parametrize(
    ("secrets", "message"),
    [
        ([("1KEY", "value")], "'1KEY' is not a valid name for a secret"),
        ([("Staging!/KEY", "value")], "'Staging!' is not the name of an environment"),
        ([("KEY", "nowhere")], "The value of the secret KEY can't be read from"),
        ([("KEY", "short")], "The secret KEY has fewer than 4 characters"),
    ],
)
def test_secret_that_can_not_be_used_is_refused(
    project: Project, tmp_path: Path, secrets: list[tuple[str, str]], message: str
) -> None:
    (tmp_path / "value").write_text("value")
    (tmp_path / "short").write_text("abc\n")
    kit = Path(project.forge.state().source)
    files = [(name, str(tmp_path / file)) for name, file in secrets]
    with pytest.raises(UsageError) as refused:
        lifecycle.up(project.path, kit, lambda *_: SERVICES, lambda _: None, secrets=files)
    assert message in refused.value.message
    assert run_secrets.names(project.forge) == []


@pytest.mark.parametrize("name", ["acme/ml-cicd", "acme/release-road"])
def test_fork_of_the_kit_runs_under_its_own_name(tmp_path: Path, name: str) -> None:
    """A fork keeps the name; a mirror with another one is known by the remote of its clone."""
    project, kit = make_project(tmp_path / "project", tmp_path / "cache"), make_kit(tmp_path / "kit")
    subprocess.run(["git", "-C", kit, "remote", "add", "origin", f"git@github.example.com:{name}.git"], check=True)
    caller = project.path / ".github" / "workflows" / "ci.yml"
    caller.write_text(caller.read_text().replace("org/ml-cicd", name))
    project.commit()
    lifecycle.up(project.path, kit, lambda *_: SERVICES, lambda _: None, workflows="all")
    assert "passed: CI" in project.push("main")
    assert "told hello main" in project.log


@pytest.mark.parametrize("how", ["interrupt", "kill"])
def test_killed_push_ends_its_run(project: Project, tmp_path: Path, how: str) -> None:
    branch, mark = f"feature/{how}", tmp_path / "mark"
    files = {"script.sh": RUNS_UNTIL_KILLED.format(mark=mark), "tidy.sh": f"touch {mark}.tidy"}
    project.commit(files, branch=branch)
    with project.start_push(branch) as push:
        process = int(until(lambda: mark.exists() and mark.read_text()))
        assert alive(process)
        if how == "interrupt":  # Ctrl-C reaches all processes of the terminal
            os.killpg(push.pid, signal.SIGINT)
        else:
            push.kill()
        until(lambda: project.last.result == "cancelled")
        until(lambda: not alive(process))
    assert Path(f"{mark}.tidy").exists(), "what a workflow always does at the end must be done"
    until(lambda: not list(Path(project.environment["XDG_CACHE_HOME"]).glob("ml-cicd/work/*")))


def test_run_of_killed_hook_is_lost(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": RUNS_UNTIL_KILLED.format(mark=mark)}, branch="feature/lost")
    with project.start_push("feature/lost") as push:
        process = int(until(lambda: mark.exists() and mark.read_text()))
        assert project.last.result == "running"
        os.kill(project.forge.queue.processes()[0], signal.SIGKILL)
        push.wait()
    assert project.last.result == "lost"
    project.commit({"script.sh": "echo again"})
    project.push("feature/lost")
    assert not alive(process), "the next push ends what the killed run left"
    assert [run.result for run in project.records()[-2:]] == ["lost", "success"]


def test_second_push_waits_for_the_first(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": RUNS_UNTIL_RELEASED.format(mark=mark)}, branch="feature/first")
    with project.start_push("feature/first") as first:
        until(mark.exists)
        project.commit({"script.sh": "echo second"}, branch="feature/second")
        with project.start_push("feature/second") as second:
            assert second.stdout is not None
            assert "waiting until the runs of another push or command have ended" in second.stdout.readline()
            Path(f"{mark}.go").touch()
            assert second.wait() == 0
        assert first.wait() == 0
    assert [run.ref.rpartition("/")[2] for run in project.records()[-2:]] == ["first", "second"]


def test_next_run_uses_the_changed_kit(tmp_path: Path) -> None:
    project, kit = make_project(tmp_path / "project", tmp_path / "cache"), make_kit(tmp_path / "kit")
    lifecycle.up(project.path, kit, lambda *_: SERVICES, lambda _: None, workflows="all")
    action = kit / "actions" / "greet" / "action.yml"
    action.write_text(action.read_text().replace("hello", "good morning"))
    project.push("main")
    assert "told good morning main" in project.log


def test_up_repairs_and_down_removes_everything(tmp_path: Path) -> None:
    project, kit = make_project(tmp_path / "project", tmp_path / "cache"), make_kit(tmp_path / "kit")
    stopped: list[str] = []
    for _ in range(2):
        forge, state = lifecycle.up(project.path, kit, lambda *_: SERVICES, lambda _: None, workflows="all")
        (forge.remote(state.repository) / "hooks" / "post-receive").unlink()
        shutil.rmtree(forge.kit)
    forge, _ = lifecycle.up(project.path, kit, lambda *_: SERVICES, lambda _: None, workflows="all")
    assert project.git("status", "--porcelain") == ""
    assert "passed: CI" in project.push("main")
    lifecycle.down(project.path, lambda _data, name, _say: stopped.append(name), lambda _: None)
    assert stopped == ["forge-fixture"]
    assert not (project.path / ".ml-cicd").exists()
    assert project.git("remote") == ""


def test_up_without_act_names_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, kit = make_project(tmp_path / "project", tmp_path / "cache"), make_kit(tmp_path / "kit")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python3"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(UnreachableError) as failure:
        lifecycle.up(project.path, kit, lambda *_: SERVICES, lambda _: None, workflows="all")
    assert failure.value.exit_code == 69
    assert "pip install 'CLONE[local]'" in failure.value.hint


SAYS = """\
on: {push: {branches: ["quiet/**"]}}
jobs:
  say:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - uses: org/ml-cicd/actions/greet@v1
      - uses: actions/upload-artifact@v7
        with: {name: ml-cicd-comment, path: comment.json, overwrite: true}
"""


def test_run_keeps_what_it_says(project: Project) -> None:
    said = data.dump(
        data.Said("ci", "failed", "projects/a", {"test": "failure"}, {"passed": 3, "failed": 1}, {"x": True})
    )
    commit = project.commit({".github/workflows/says.yml": SAYS, "comment.json": said}, branch="quiet/says")
    project.push("quiet/says")
    run = project.last
    assert (run.file, run.result) == ("says.yml", "success")
    assert (records.artifacts(project.forge, run.number) / "ml-cicd-comment" / "comment.json").read_text() == said
    shown = [
        f"ci of projects/a: failed (run {run.number})", "  job test: failure", "  unit tests: 3 passed, 1 failed",
        "  checks: all passed",
    ]  # fmt: skip
    code, text = project.local("comments")
    assert (code, text.splitlines()) == (0, shown)
    code, text = project.local("comments", "quiet/says", "--markdown")
    assert (code, [part.key for part in document.parse(text).parts]) == (
        0, ["ci@projects/a", "tests@projects/a", "checks@projects/a"],
    )  # fmt: skip
    assert f"run {run.number} of commit `{commit[:12]}`" in text
    assert project.local("comments", "quiet/nothing")[0] == 2
