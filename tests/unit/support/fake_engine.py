"""A Docker engine in memory, below the real SDK: it answers the SDK's HTTP requests, and nothing leaves the process.

So tests see exactly what an engine would be asked, and a container's object is as stale as the SDK's own until it is
loaded again. Containers end, answer and break as a test says. The proxy's scripts are known by their names.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shlex
import tarfile
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import docker
import requests

from cicd.deploy import health

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NEVER = "0001-01-01T00:00:00Z"


class RefusedByEngineError(Exception):
    """An answer other than success: status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class _Raw(io.BytesIO):
    """A response's content in one piece; Docker's SDK looks through it for a socket."""

    chunked = False

    @property
    def _fp(self) -> _Raw:
        return self

    fp = raw = _fp


@dataclass
class Box:
    """A container as the engine keeps it."""

    id: str
    name: str
    config: dict[str, Any]
    """What the engine was asked to create."""
    created: int
    status: str = "created"
    started: str = NEVER
    finished: str = NEVER
    exit_code: int = 0
    oom: bool = False
    restarts: int = 0
    policy: str = ""
    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    networks: list[str] = field(default_factory=list)

    @property
    def image(self) -> str:
        return str(self.config["Image"])

    @property
    def labels(self) -> dict[str, str]:
        return self.config.get("Labels") or {}

    @property
    def host(self) -> dict[str, Any]:
        host: dict[str, Any] = self.config["HostConfig"]
        return host


@dataclass
class Engine(requests.adapters.BaseAdapter):
    """The engine; `client()` is Docker's SDK on it."""

    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What `docker image inspect` shows, by name."""
    registry: set[str] = field(default_factory=set)
    """Images that can be pulled."""
    answers: dict[str, bytes] = field(default_factory=dict)
    """The body of the health path, by image; by default it names the image's digest."""
    statuses: dict[str, int] = field(default_factory=dict)
    """The status of the health path, by image; 200 by default."""
    ends: dict[str, int] = field(default_factory=dict)
    """The exit code with which containers of an image end at once."""
    holds: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Files of an image."""
    leaves: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Files that containers of an image have when they end."""
    prints: dict[str, bytes] = field(default_factory=dict)
    """What containers of an image print."""
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Status and words for an action such as `start app-staging-proxy`; a regular expression."""
    behind_proxy: bytes | None = None
    """The proxy's answer to users. If None, it is the answer of the release behind it."""
    stuck: bool = False
    """Whether the proxy does not switch."""
    open: list[int] = field(default_factory=list)
    """How many requests the old release still has to answer: at the switch, then at each look."""
    asked: list[str] = field(default_factory=list)
    """What was changed, in order."""
    scripts: list[list[str]] = field(default_factory=list)
    boxes: dict[str, Box] = field(default_factory=dict)
    vanishing: list[str] = field(default_factory=list)
    """Ids that a list still names, of containers that are gone before anybody looks at them."""
    volumes: dict[str, dict[str, Any]] = field(default_factory=dict)
    volume_files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    networks: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    """The build cache."""
    on: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What else happens when an action is taken; a regular expression."""
    led_to: str = ""
    """The address of the release that got requests last."""
    leads: dict[str, str] = field(default_factory=dict)
    """The address to which each proxy leads."""
    clock: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self._execs: dict[str, tuple[int, bytes]] = {}

    def __hash__(self) -> int:
        return id(self)

    def close(self) -> None:
        """Close nothing."""

    def client(self) -> docker.DockerClient:
        """Return Docker's SDK on this engine."""
        client = docker.DockerClient(base_url="http://engine:1", version="1.41")
        api: Any = client.api
        api.trust_env = False  # nothing of the account belongs to a test
        api.mount("http://", self)
        api._read_from_socket = _read  # a fake connection has no socket
        return client

    def box(self, name: str) -> Box:
        """Return the container of that name or id."""
        for box in self.boxes.values():
            if name == box.name or box.id.startswith(name):
                return box
        raise RefusedByEngineError(404, f"No such container: {name}")

    def names(self, status: str = "") -> list[str]:
        """Return the names of all containers, or of those with that status, the oldest first."""
        boxes = sorted(self.boxes.values(), key=lambda box: box.created)
        return [box.name for box in boxes if status in ("", box.status)]

    def add_image(self, name: str, **attributes: Any) -> str:
        """Have an image, and return its id."""
        identity = f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"
        by_digest = "@" in name
        self.images[name] = {
            "Id": identity, "Os": "linux", "Architecture": "amd64", "Created": "2020-01-01T00:00:00Z",
            "RepoTags": [] if by_digest else [name], "RepoDigests": [name] if by_digest else [],
            "Config": {"Labels": {}}, "RootFS": {"Layers": ["sha256:1"]}, **attributes,
        }  # fmt: skip
        return identity

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """Answer a request of the SDK."""
        address = urlsplit(str(request.url))
        path = unquote(address.path).removeprefix("/v1.41")
        query = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        body: Any = request.body or b""
        content = body.encode() if isinstance(body, str) else body.read() if hasattr(body, "read") else body
        try:
            status, answer, headers = self._answer(str(request.method), path, query, content)
        except RefusedByEngineError as error:
            status, answer, headers = error.status, {"message": error.words}, {}
        response = requests.Response()
        response.status_code, response.request, response.url = status, request, str(request.url)
        response.reason = "fake"
        response.headers.update(headers)
        response.raw = _Raw(answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        return response

    def _answer(
        self, method: str, path: str, query: Mapping[str, str], content: bytes
    ) -> tuple[int, Any, Mapping[str, str]]:
        for pattern, handle in _ROUTES:
            if match := re.fullmatch(pattern, f"{method} {path}"):
                answer = handle(self, *match.groups(), query=query, content=content)
                if isinstance(answer, tuple):
                    return 200, answer[0], answer[1]
                return (200, answer, {}) if answer is not None else (204, b"", {})
        raise AssertionError(f"the fake engine does not know {method} {path} {query}")

    def act(self, action: str) -> None:
        """Note a change, and refuse it if the test says so."""
        self.asked.append(action)
        for pattern, also in list(self.on.items()):
            if re.fullmatch(pattern, action):
                also()
        for pattern, (status, words) in self.refuses.items():
            if re.fullmatch(pattern, action):
                raise RefusedByEngineError(status, words)

    def tick(self) -> str:
        """Return another time, later than the last one."""
        self.clock += 1
        return f"2026-01-01T{self.clock // 3600:02}:{self.clock // 60 % 60:02}:{self.clock % 60:02}Z"

    # Containers

    def _create(self, query: Mapping[str, str], content: bytes) -> Any:
        config = json.loads(content)
        name = query.get("name") or f"nameless-{len(self.boxes)}"
        self.act(f"create {name}")
        if config["Image"] not in self.images and config["Image"] not in {i["Id"] for i in self.images.values()}:
            raise RefusedByEngineError(404, f"No such image: {config['Image']}")
        if any(box.name == name for box in self.boxes.values()):
            raise RefusedByEngineError(409, f'Conflict. The container name "/{name}" is already in use')
        self.tick()
        identity = hashlib.sha256(f"{name} {self.clock}".encode()).hexdigest()
        box = Box(identity, name, config, self.clock)
        box.policy = (config["HostConfig"].get("RestartPolicy") or {}).get("Name", "")
        box.networks = [config["HostConfig"].get("NetworkMode") or "bridge"]
        box.files |= self.holds.get(box.image, {})
        self.boxes[identity] = box
        return {"Id": identity, "Warnings": None}

    def _list(self, query: Mapping[str, str], **_: Any) -> Any:
        filters = json.loads(query.get("filters", "{}"))
        chosen = []
        for box in self.boxes.values():
            marks = {f"{name}={value}" for name, value in box.labels.items()} | set(box.labels)
            if set(filters.get("label", [])) <= marks and (query.get("all") == "1" or box.status == "running"):
                image = self.images.get(box.image, {}).get("Id", box.image)
                chosen.append({"Id": box.id, "ImageID": image, "Names": [f"/{box.name}"]})
        return chosen + [{"Id": identity} for identity in self.vanishing]

    def _inspect(self, name: str, **_: Any) -> Any:
        box = self.box(name)
        return {
            "Id": box.id, "Name": f"/{box.name}", "Image": self.images.get(box.image, {}).get("Id", box.image),
            "Config": {**box.config, "Labels": box.labels}, "HostConfig": box.host, "RestartCount": box.restarts,
            "State": {
                "Status": box.status, "StartedAt": box.started, "FinishedAt": box.finished,
                "ExitCode": box.exit_code, "OOMKilled": box.oom,
            },
            "NetworkSettings": {"Networks": {network: {"IPAddress": box.address} for network in box.networks}},
        }  # fmt: skip

    def _start(self, name: str, **_: Any) -> None:
        box = self.box(name)
        self.act(f"start {box.name}")
        box.status, box.started = "running", self.tick()
        box.address = f"10.0.0.{box.created}"
        if box.image in self.ends:
            self.end(box.name, self.ends[box.image])

    def end(self, name: str, exit_code: int = 0) -> None:
        """End a container as its own command would, with what it leaves behind."""
        box = self.box(name)
        box.files |= self.leaves.get(box.image, {})
        box.status, box.exit_code, box.finished, box.address = "exited", exit_code, self.tick(), ""

    def _stop(self, name: str, query: Mapping[str, str], **_: Any) -> None:
        box = self.box(name)
        self.act(f"stop {box.name} {query.get('t')}")
        if box.status == "running":
            self.end(box.name)

    def _kill(self, name: str, **_: Any) -> None:
        self.act(f"kill {self.box(name).name}")
        self.end(name, 137)

    def _wait(self, name: str, **_: Any) -> Any:
        return {"StatusCode": self.box(name).exit_code}

    def _rename(self, name: str, query: Mapping[str, str], **_: Any) -> None:
        box = self.box(name)
        self.act(f"rename {box.name}")
        box.name = query["name"]

    def _update(self, name: str, content: bytes, **_: Any) -> Any:
        box, policy = self.box(name), json.loads(content)["RestartPolicy"]["Name"]
        self.act(f"restart policy {box.name} {policy}")
        box.policy = policy
        return {"Warnings": []}

    def _remove(self, name: str, query: Mapping[str, str], **_: Any) -> None:
        box = self.box(name)
        self.act(f"remove {box.name}")
        if box.status == "running" and query.get("force") != "True":
            raise RefusedByEngineError(409, "You cannot remove a running container")
        assert query.get("v") == "True", "its anonymous volumes would stay"
        del self.boxes[box.id]

    def _logs(self, name: str, **_: Any) -> bytes:
        text = self.prints.get(self.box(name).image, b"")
        return b"\x01\0\0\0" + len(text).to_bytes(4, "big") + text

    def _attach(self, name: str, **_: Any) -> bytes:
        return self.prints.get(self.box(name).image, b"")

    def _files(self, box: Box, path: str) -> tuple[dict[str, bytes], str]:
        """Return the files of the volume that is mounted at a path, or else the container's; and the path in them."""
        for bind in box.host.get("Binds") or []:
            volume, place, *_ = bind.split(":")
            if f"{path}/".startswith(f"{place}/"):
                return self.volume_files.setdefault(volume, {}), path.removeprefix(place).strip("/")
        return box.files, path.strip("/")

    def _put(self, name: str, query: Mapping[str, str], content: bytes) -> bytes:
        box = self.box(name)
        self.act(f"write into {box.name}")
        files, folder = self._files(box, query["path"])
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for member in tar.getmembers():
                stream = tar.extractfile(member)
                files[f"{folder}/{member.name}".strip("/")] = stream.read() if stream else b""
        return b""

    def _get(self, name: str, query: Mapping[str, str], **_: Any) -> Any:
        files, path = self._files(self.box(name), query["path"])
        present = {key: value for key, value in files.items() if f"{key}/".startswith(f"{path}/")}
        if not present:
            raise RefusedByEngineError(404, f"Could not find the file {query['path']} in container {name}")
        stream = io.BytesIO()
        base = path.rpartition("/")[0]
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for key, value in present.items():
                member = tarfile.TarInfo(key.removeprefix(base).strip("/"))
                member.size = len(value)
                tar.addfile(member, io.BytesIO(value))
        state = {"name": path, "size": sum(map(len, present.values()))}
        return stream.getvalue(), {"X-Docker-Container-Path-Stat": b64encode(json.dumps(state).encode()).decode()}

    # Commands in the proxy's container

    def _exec(self, name: str, content: bytes, **_: Any) -> Any:
        box, asked = self.box(name), json.loads(content)
        if box.status != "running":
            raise RefusedByEngineError(409, f"Container {box.id} is not running")
        assert asked["User"] == "root", "haproxy's own user may not write the volume"
        limit, _seconds, shell, option, script = asked["Cmd"]
        assert (limit, shell, option) == ("timeout", "bash", "-c")
        words, output, code = shlex.split(script), b"", 0
        while words and not code:
            end = words.index("&&") if "&&" in words else len(words)
            command, words = words[3:end], words[end + 1 :]
            self.scripts.append(command)
            code, printed = self._script(box, *command)
            output += printed
        identity = f"exec-{len(self.scripts)}"
        self._execs[identity] = (code, output)
        return {"Id": identity}

    def _script(self, proxy: Box, name: str, *words: str) -> tuple[int, bytes]:
        files, _ = self._files(proxy, "/etc/ml-cicd")
        if name in ("files", "probe"):
            return 0, self._printed(files, *words) if name == "files" else self._probed(proxy, *words)
        if name == "reserve":
            if words[0] != "0":
                files["reserve"] = b"kept"
                return 0, b""
            return int(files.pop("reserve", None) is None), b""
        if name == "drain":
            return 0, f"{self.open.pop(0) if self.open else 0}\n".encode()
        content, slot, _idle, release, address, _port = words
        self.act(f"route {self.box(release).name if release else 'nowhere'} in {slot}")
        if self.stuck:
            return 1, b"server release/blue is not ready"
        files["haproxy.cfg"], self.led_to = content.encode(), address
        self.leads[proxy.name] = address
        still = self.open.pop(0) if self.open else 0
        return 0, f"{still} {int('reserve' not in files)}\n".encode()

    def _printed(self, files: dict[str, bytes], *paths: str) -> bytes:
        contents = [files.get(path.removeprefix("/etc/ml-cicd/"), b"") for path in paths]
        return " ".join(str(len(content)) for content in contents).encode() + b"\n" + b"".join(contents)

    def _probed(self, proxy: Box, address: str, port: str, _path: str, _host: str, digest: str, *_: str) -> bytes:
        """Return the answer of a release at its address, or at the proxy's."""
        users = address == "127.0.0.1"
        wanted = self.leads.get(proxy.name, self.led_to) if users else address
        if users and not (wanted or digest):
            return b"HTTP/1.0 503 Service Unavailable\r\n\r\n"
        if users and self.behind_proxy is not None:
            return self.behind_proxy
        for box in self.boxes.values():
            if box.status == "running" and box.address == wanted and wanted and (users or port == "8000"):
                body = self.answers.get(box.image, json.dumps({"digest": box.image.partition("@")[2]}).encode())
                status = self.statuses.get(box.image, 200)
                answer = f"HTTP/1.0 {status} .\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                return b"long\n" + answer if len(answer) > health.LIMIT else answer
        return b""

    # Images, networks, volumes, the build cache

    def _image(self, name: str, **_: Any) -> Any:
        for key, image in self.images.items():
            if name in (key, image["Id"], *image["RepoTags"], *image["RepoDigests"]):
                return image
        raise RefusedByEngineError(404, f"No such image: {name}")

    def _image_list(self, **_: Any) -> Any:
        return [
            {**image, "Labels": image["Config"]["Labels"],
             "Created": int(datetime.fromisoformat(image["Created"]).timestamp())}
            for image in self.images.values()
        ]  # fmt: skip

    def _image_create(self, query: Mapping[str, str], content: bytes, **_: Any) -> Any:
        if "fromSrc" in query:
            name = f"{query['repo']}:{query['tag']}"
            self.act(f"import {name}")
            if len(content) < tarfile.BLOCKSIZE:
                raise RefusedByEngineError(500, "invalid tar header")
            self.add_image(name)
            return {"status": "done"}
        separator = "@" if query["tag"].startswith("sha256:") else ":"
        name = f"{query['fromImage']}{separator}{query['tag']}"
        self.act(f"pull {name}")
        if name not in self.registry:
            return {"error": f"manifest for {name} not found"}
        self.add_image(name)
        return {"status": "done"}

    def _image_tag(self, name: str, query: Mapping[str, str], **_: Any) -> None:
        self._image(name)["RepoTags"].append(f"{query['repo']}:{query['tag']}")

    def _image_remove(self, name: str, **_: Any) -> Any:
        self.act(f"remove image {name}")
        image = self._image(name)
        for names in ("RepoTags", "RepoDigests"):
            image[names] = [other for other in image[names] if other != name]
        if not image["RepoTags"] and not image["RepoDigests"]:
            self.images = {key: other for key, other in self.images.items() if other is not image}
        return []

    def _network_list(self, query: Mapping[str, str], **_: Any) -> Any:
        patterns = json.loads(query.get("filters", "{}")).get("name", [""])
        return [net for name, net in self.networks.items() if any(re.search(pattern, name) for pattern in patterns)]

    def _network_create(self, content: bytes, **_: Any) -> Any:
        asked = json.loads(content)
        self.act(f"create network {asked['Name']}")
        self.networks[asked["Name"]] = {**asked, "Id": asked["Name"], "Containers": {}}
        return {"Id": asked["Name"]}

    def _network(self, name: str, **_: Any) -> Any:
        return self.networks[name]

    def _connect(self, network: str, content: bytes, **_: Any) -> bytes:
        box = self.box(json.loads(content)["Container"])
        self.act(f"connect {box.name} to {network}")
        box.networks.append(network)
        return b""

    def _network_remove(self, name: str, **_: Any) -> Any:
        del self.networks[name]

    def _volume_create(self, content: bytes, **_: Any) -> Any:
        asked = json.loads(content)
        self.act(f"create volume {asked['Name']}")
        return self.volumes.setdefault(asked["Name"], asked)

    def _volume(self, name: str, **_: Any) -> Any:
        if name not in self.volumes:
            raise RefusedByEngineError(404, f"get {name}: no such volume")
        return self.volumes[name]

    def _volume_remove(self, name: str, **_: Any) -> None:
        self.act(f"remove volume {name}")
        del self.volumes[name]
        self.volume_files.pop(name, None)

    def _prune(self, query: Mapping[str, str], **_: Any) -> Any:
        pattern = re.compile(json.loads(query["filters"])["id"][0])
        gone = [record["ID"] for record in self.records if pattern.search(record["ID"])]
        self.act(f"prune {' '.join(sorted(gone))}")
        self.records = [record for record in self.records if record["ID"] not in gone]
        return {"CachesDeleted": gone}


_C = "/containers/([^/]+)"
_ROUTES: list[tuple[str, Callable[..., Any]]] = [
    ("POST /containers/create", Engine._create),
    ("GET /containers/json", Engine._list),
    (f"GET {_C}/json", Engine._inspect),
    (f"POST {_C}/start", Engine._start),
    (f"POST {_C}/stop", Engine._stop),
    (f"POST {_C}/kill", Engine._kill),
    (f"POST {_C}/wait", Engine._wait),
    (f"POST {_C}/rename", Engine._rename),
    (f"POST {_C}/update", Engine._update),
    (f"DELETE {_C}", Engine._remove),
    (f"GET {_C}/logs", Engine._logs),
    (f"POST {_C}/attach", Engine._attach),
    (f"PUT {_C}/archive", Engine._put),
    (f"GET {_C}/archive", Engine._get),
    (f"POST {_C}/exec", Engine._exec),
    ("POST /exec/([^/]+)/start", lambda engine, name, **_: engine._execs[name][1]),
    ("GET /exec/([^/]+)/json", lambda engine, name, **_: {"ExitCode": engine._execs[name][0]}),
    ("GET /images/json", Engine._image_list),
    ("POST /images/create", Engine._image_create),
    ("GET /images/(.+)/json", Engine._image),
    ("POST /images/(.+)/tag", Engine._image_tag),
    ("DELETE /images/(.+)", Engine._image_remove),
    ("GET /networks", Engine._network_list),
    ("POST /networks/create", Engine._network_create),
    ("POST /networks/([^/]+)/connect", Engine._connect),
    ("GET /networks/([^/]+)", Engine._network),
    ("DELETE /networks/([^/]+)", Engine._network_remove),
    ("POST /volumes/create", Engine._volume_create),
    ("GET /volumes/([^/]+)", Engine._volume),
    ("DELETE /volumes/([^/]+)", Engine._volume_remove),
    ("GET /system/df", lambda engine, **_: {"BuildCache": engine.records}),
    ("POST /build/prune", Engine._prune),
    ("GET /version", lambda *_, **__: {"Os": "linux", "Arch": "amd64", "ApiVersion": "1.41"}),
]


def _read(response: requests.Response, stream: bool, tty: bool = True, demux: bool = False) -> Any:
    """Return the output of a command; Docker's SDK reads it from the connection's socket."""
    content = response.content
    if not stream:
        return content
    return iter([(content, None)] if demux else [content]) if content else iter([])
