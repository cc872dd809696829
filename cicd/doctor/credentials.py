"""Which credentials of a project stay valid until somebody replaces them, and what replaces them for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config import FILE, logins
from cicd.doctor.check import Check, State, ok
from cicd.doctor.settings import LONG_LIVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cicd.doctor.project import Project
    from cicd.doctor.settings import Settings

NAME = "repository/credentials"


def check(project: Project, settings: Settings) -> Check:
    """Name the long-lived credentials that a project's configuration asks for, and the lines that replace them."""
    named: dict[str, list[str]] = {}
    for secret in settings.secrets:
        if secret.name in LONG_LIVED and secret.lasting:
            named.setdefault(secret.name, []).append(secret.environment or "the repository")
    if not named:
        return ok(NAME, "the configuration asks for none that is long-lived")
    shown = "; ".join(f"{name} ({LONG_LIVED[name]}) of {', '.join(places)}" for name, places in named.items())
    what = f"long-lived, so replace them from time to time: {shown}"
    return Check(NAME, State.OK, what, mend="; ".join(_instead(project, named)))


def _instead(project: Project, named: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the lines of the configuration with which jobs log in by their own identity, for each credential."""
    kind = logins.for_host((project.config.image or "").partition("/")[0])
    if "REGISTRY_TOKEN" in named and kind and project.config.registry_login is None:
        yield f'instead of REGISTRY_TOKEN, write in {FILE}: [registry.login] kind = "{kind}"'
    for name in named.get("KUBECONFIG", ()):
        table = f"[environments.{name}.login]"
        yield f'instead of the user in KUBECONFIG, write in {FILE}: {table} kind = "azure" (AKS) or "oidc"'
