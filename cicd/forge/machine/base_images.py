"""Pull the images that a forge needs, or build stand-ins from Debian packages where they can't be pulled."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import scratch
from cicd.deploy.docker import proxy_container
from cicd.errors import CheckFailedError, UnreachableError
from cicd.forge.machine import apt, turns
from cicd.oci import builder, engine, images
from cicd.oci.errors import engine_errors
from cicd.oci.output import Output
from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.oci.engine import Client


PYTHON = "python:3.11-slim-bookworm"
PYTHON_STANDIN = "ml-cicd/python:3.11-standin"
REGISTRY = "registry:2"
REGISTRY_STANDIN = "ml-cicd/registry:standin"
RUNNER = "ml-cicd/runner"
PROXY_STANDIN = "ml-cicd/haproxy:standin"
IMAGES = Path(__file__).parent / "images"

SECONDS_TO_ANSWER = 20
BOOTSTRAP_PACKAGES = ("mmdebstrap", "debian-archive-keyring")
BOOTSTRAP = (
    "mmdebstrap",
    "--variant=apt",
    "--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr",  # else usrmerge adds 47 MB of Perl
    "--include=python3,python3-venv,ca-certificates",
    *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "man", "info", "locale")),
    '--customize-hook=ln -s /usr/bin/python3 "$1/usr/local/bin/python"',
    "bookworm",
)
IMAGE_SETTINGS = (
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "ENV LANG=C.UTF-8",
    'CMD ["python3"]',
)


def python_image(client: Client, say: Callable[[str], None]) -> str:
    """Return the base image of builds: empty for the default of each Dockerfile, or the name of a stand-in.

    Raises:
        UnreachableError: the image can't be pulled, and this machine can't build the stand-in.

    """
    problem = _pull(client, PYTHON, say)
    if not problem:
        return ""
    if not images.present(client, PYTHON_STANDIN):
        with turns.turn(say):
            if not images.present(client, PYTHON_STANDIN):
                say(problem)
                _bootstrap(client, problem, say)
    return PYTHON_STANDIN


def registry_image(client: Client, base: str, say: Callable[[str], None]) -> str:
    """Return the image of a registry; where it can't be pulled, build a stand-in on `base`.

    An empty `base` is the official Python image.

    Raises:
        UnreachableError: the image can be neither pulled nor built.

    """
    return _image(client, base, say, (REGISTRY, REGISTRY_STANDIN, "docker-registry", IMAGES / "registry.Dockerfile"))


def proxy_image(client: Client, base: str, say: Callable[[str], None]) -> str:
    """Return the image of the proxies in front of the environments; works as `registry_image`."""
    return _image(client, base, say, (proxy_container.IMAGE, PROXY_STANDIN, "haproxy", IMAGES / "proxy.Dockerfile"))


def _image(client: Client, base: str, say: Callable[[str], None], choice: tuple[str, str, str, Path]) -> str:
    """Return the official image, or its stand-in: `choice` is official image, stand-in, Debian package, Dockerfile."""
    official, standin, package, file = choice
    problem = _pull(client, official, say)
    if not problem:
        return official
    if not images.present(client, standin):
        with turns.turn(say):
            if not images.present(client, standin):
                say(problem)
                say(f"building a stand-in for {official} from Debian's package {package}")
                _build(standin, file, base, f"Let the engine pull {official}, or connect this machine to")
    return standin


def runner_image(client: Client, base: str, image: str, say: Callable[[str], None]) -> str:
    """Return the image of the job containers: pull `image`, or build `RUNNER` on `base` with the commands jobs need.

    Raises:
        UnreachableError: the image can be neither pulled nor built.

    """
    if image.partition(":")[0] != RUNNER:
        ensure(client, image, say)
        return image
    file = IMAGES / "runner.Dockerfile"
    built = f"{RUNNER}:{hashlib.sha256(base.encode() + file.read_bytes()).hexdigest()[:12]}"
    if not images.present(client, built):
        with turns.turn(say):
            if not images.present(client, built):
                say("building the image of the job containers (only the first time)")
                _build(built, file, base, "Connect this machine to")
    return built


def ensure(client: Client, image: str, say: Callable[[str], None]) -> None:
    """Pull an image that a person named, unless the engine has it.

    Raises:
        UnreachableError: it can't be pulled.

    """
    if problem := _pull(client, image, say):
        raise UnreachableError(problem, "Name an image that the engine has or can pull.")


def _build(tag: str, file: Path, base: str, advice: str) -> None:
    command, environment = engine.build_command()
    argument = ["--build-arg", f"BASE={base}"] if base else []
    texts: list[str] = []
    words = [*command, *argument, "--tag", tag, "--file", str(file), str(IMAGES)]
    try:
        builder.run(words, environment, f"the image {tag}", Output(texts.append))
    except (CheckFailedError, UnreachableError) as error:
        reason = error.hint if isinstance(error, UnreachableError) else ""
        raise UnreachableError(
            f"The image {tag} can't be built:\n{_tail(''.join(texts))}", f"{reason} {advice} a Debian mirror.".strip()
        ) from error


def _pull(client: Client, image: str, say: Callable[[str], None]) -> str:
    """Pull `image` unless the engine has it. Return why the pull failed; empty when the engine has the image."""
    if images.present(client, image):
        return ""
    usual, client.api.timeout = client.api.timeout, SECONDS_TO_ANSWER
    try:
        with engine_errors(f"pull {image}"):
            client.api.inspect_distribution(image, images.credentials(image))  # type: ignore[no-untyped-call]
        say(f"pulling {image}")
        images.pull(client, image)
    except UnreachableError as error:
        return error.message
    finally:
        client.api.timeout = usual
    return ""


def _bootstrap(client: Client, problem: str, say: Callable[[str], None]) -> None:
    """Build the Python stand-in from Debian packages and import it into the engine."""
    if not shutil.which("mmdebstrap"):
        if not apt.usable():
            lines = [f"Let the engine pull {PYTHON}, or run:", *apt.commands(BOOTSTRAP_PACKAGES)]
            raise UnreachableError(
                f"{problem}\nA stand-in can't be built either: the command mmdebstrap is not installed.",
                "\n  ".join(lines) if shutil.which("apt-get") else f"Let the engine pull {PYTHON}.",
            )
        apt.update()
        apt.install(BOOTSTRAP_PACKAGES, say)
    say("building a stand-in from Debian packages (only the first time; about 40 s)")
    with scratch.folder("root") as folder:
        archive = Path(folder) / "root.tar"
        done = subprocess.run(
            [*BOOTSTRAP, archive], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", check=False,
        )  # fmt: skip
        if done.returncode:
            raise UnreachableError(
                f"mmdebstrap can't build a stand-in for {PYTHON}:\n{_tail(done.stdout)}",
                f"Let the engine pull {PYTHON}, or connect this machine to a Debian mirror.",
            )
        repository, tag = PYTHON_STANDIN.split(":")
        client.api.import_image_from_file(str(archive), repository, tag, changes=list(IMAGE_SETTINGS))


def _tail(text: str) -> str:
    return "\n".join(lines(text)[-15:])
