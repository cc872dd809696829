"""The reported cases that each need a test, and where kinds of faults were reported."""

from __future__ import annotations

REPORTED = {
    "K1": (
        "the engine's disk is full", "a rollback to a retained release on a full disk", "engine error after the switch",
        "a failing builder", "an engine that refuses the builder's version", "a name that does not resolve",
        "a pull whose reason the SDK throws away", "a kubeconfig calls a plug-in that is not installed",
        "a registry that answers 413 to a large layer", "a credential helper that is not installed",
        "the output is cut off by head", "a failed deployment loses the hint of its error",
        "a results file that breaks off",
    ),
    "K2": (
        "every command in a shallow clone", "promote counts the commits of a shallow clone",
        "an exit code above 1 is an error, not a no", "a clone without contents or folders, without its remote",
        "git's own words are kept",
    ),
    "K3": (
        "old results in the image", "no test was collected", "an index of a release and its attestation",
        "a release that names no bundle", "--release and --test are empty", "lost outcome",
        "links and executable bits of a bundle", "a link of a bundle that leads to outside",
        "a Git LFS pointer in place of a model", "a checkout with and without Git LFS",
        "services and unknown inputs in a local run", "local wait after a push of which one run failed",
        "the log of the tests can't be read", "a submodule that was not checked out", "a checkout with submodules",
    ),
    "K4": (
        "a file that training reads and [train] inputs does not name",
        "a parameter, a data pointer, the .dockerignore file, the Dockerfile", "a moved FROM tag",
        "inputs that narrow the key", "what the command could read outside of inputs",
    ),
    "K5": (
        "a job is cancelled while it trains, tests or checks", "a job is killed while it trains",
        "a runner sends SIGINT, then SIGTERM", "a test that a person's deployment starts belongs to the local forge",
        "containers of others on the networks of a local forge",
    ),
    "K6": (
        "the lock of a deployment is pruned", "a deployment removes the lock of another",
        "retained releases were pruned", "a rollback without registry after retained releases were pruned",
        "docker system prune during a deployment and after it", "images and build cache of a lasting engine",
    ),
    "K7": (
        "an image repository of Docker Hub", "git init -b master: the dispatch fails after Staging moved",
        "main and a stale master, or the reverse", "a tool cache whose path has a blank",
        "a service checks the header Host", "the oldest pip installs every lock",
    ),
    "K8": ("proxies of the Docker configuration in containers", "an identity token of a registry"),
    "K9": (
        "training that needs more shared memory", "exit code 135 without a word",
        "the memory that a large bundle takes", "a run of Dependabot says that it is read-only and has no secrets",
        "promoters of staging and the automatic move",
        "promote refuses a commit whose message makes GitHub start nothing",
        "integration can be started by hand, on its branch alone", "an image of another platform",
        "an entrypoint with Windows line ends", "a bundle from a checkout with other line ends",
        "a release on an engine that lacks the bundle",
    ),
    "K10": (
        "a cookie of 16,000 bytes", "the service does not learn who asked",
        "streams that a deployment cuts are not counted",
    ),
    "K11": (
        "40 kB of umlauts in one line", "kubectl prints bytes that are not UTF-8", "PYTHONIOENCODING=ascii",
        "a step name that the terminal's encoding lacks", "128 MB without a line feed",
        "128 MB without a line feed in a run's log", "300 MB of lines in a run's log",
    ),
    "K12": (
        "secrets beside the service account's token", "an image has a file where the secrets belong",
        "no `sleep` in the image", "`$$` and `$(X)` in a variable",
    ),
    "K13": (
        "forged outcome printed by a test", "an outcome of another job", "project code prints workflow commands",
        "a health answer names a digest with control characters", "control characters in a ledger field",
        "a branch whose name holds U+2028 or U+0085", "a commit subject that holds U+2028 or U+0085",
        "fields of a ledger entry have other types", "a metadata.json that is no JSON",
        "the tag of a bundle is overwritten in the registry", "a health answer streams without end",
        "project code asks the metadata service of the cloud for credentials",
    ),
    "K14": (
        "rollback while a record waits", "newest entry edited", "newest entry removed",
        "rules that the environment accepted count", "a commit on main that nobody accepted names its own promoters",
        "a Production run that was lost starts again", "temporary mirrors of killed runs",
        "nothing tells that the proxy was killed and came back",
    ),
}  # fmt: skip
"""Cases that users reported, by kind. `tests/static` holds that each has a test."""
ISSUES = {
    "K15": ("ocaml/opam/issues/2613", "pypa/pip/issues/12262", "evilmartians/lefthook/issues/826"),
    "K16": ("VundleVim/Vundle.vim/issues/807", "Digital-Process-Tools/claude-supertool/issues/692"),
    "K17": ("gittuf/gittuf/issues/133",),
    "K18": ("treeverse/dvc/issues/10752", "treeverse/dvc/issues/2811"),
    "K19": ("podman-container-tools/podman/issues/17836", "bnema/gordon/pull/192"),
    "K20": ("actions/checkout/issues/2299", "Songmu/tagpr/issues/231"),
    "K21": ("JuliaWeb/HTTP.jl/issues/746", "meteor/meteor/issues/5417"),
    "K22": ("fedora-infra/koschei/issues/282", "matplotlib/matplotlib/issues/17707"),
    "K23": ("bugbytes-io/Django-HTMX-Finance-App/issues/2", "bndr/pipreqs/issues/551"),
    "K24": ("podman-container-tools/podman/issues/24370", "jimsalterjrs/sanoid/issues/74"),
    "K25": ("nektos/act/issues/796", "nektos/act/issues/1974"),
    "K26": ("ansible/ansible/issues/11536", "coder/coder/issues/15626"),
}
"""Where users of other tools reported faults of a kind, as paths on github.com."""
