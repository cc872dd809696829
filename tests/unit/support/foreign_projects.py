"""Ten small projects as other people make them; none was written for the kit."""

from __future__ import annotations

import pickle
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.start import callers
from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SERVER = """
import json
import pickle
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

with open("model.pkl", "rb") as file:
    MODEL = pickle.load(file)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        known = {"/healthz": "ok", "/predict": json.dumps(MODEL["mean"])}
        self.send_response(200 if self.path in known else 404)
        self.end_headers()
        self.wfile.write(known.get(self.path, "not here").encode())

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("", 9000), Handler).serve_forever()
"""
FASTAPI = """
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/api")


@router.get("/ready")
def ready():
    return {"status": "ok"}


@app.post("/predict")
def predict(rows: list[float]):
    return sum(rows)


app.include_router(router)
"""
FLASK = """
from flask import Flask


def create_app():
    app = Flask(__name__)

    @app.route("/ping")
    def ping():
        return "pong"

    @app.route("/score", methods=["POST"])
    def score():
        return "1"

    return app
"""
SCORE = """
import csv
import os
import pathlib
import sys


def total(path):
    with open(path) as file:
        return sum(float(row["amount"]) for row in csv.DictReader(file))


def main():
    sample = pathlib.Path(os.environ.get("ML_CICD_SAMPLE", "sample"))
    print(sum(total(path) for path in sample.glob("*.csv")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
"""
HATCH = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.10"
dependencies = []
{more}
"""
UNITTEST = "import unittest\n\nfrom {module} import {name}\n\n\nclass Test(unittest.TestCase):\n    def test_it(self):\n        {body}\n"
PYTEST = "from {module} import {name}\n\n\ndef test_it():\n    {body}\n"


@dataclass(frozen=True)
class Foreign:
    """A project: its files, its branches, and where it is in its repository."""

    files: dict[str, str | bytes]
    branches: tuple[str, ...] = ("main",)
    folder: str = ""

    def create(self, path: Path) -> Path:
        """Write the project into a git repository at `path`, and return the folder of the project."""
        directory = path / self.folder
        for name, content in self.files.items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.lstrip("\n").encode())
        git(path, "init", "--quiet", f"--initial-branch={self.branches[0]}")
        git(path, "add", "--all")
        git(path, "commit", "--quiet", "--message", "as it was")
        for branch in self.branches[1:]:
            git(path, "branch", branch)
        return directory


def git(path: Path, *words: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(path), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write_callers(folder: Path, choices: callers.Choices) -> None:
    """Write the usual callers of a project into the clone `folder`."""
    for stage in callers.USUAL:
        file = folder / choices.path(stage)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(callers.render(stage, choices))


def _tiny() -> dict[str, str | bytes]:
    folder = ROOT / "tests" / "fixtures" / "tiny"
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.name != "ml-cicd.toml"}


PROJECTS = {
    "a batch job without a Dockerfile": Foreign({
        "pyproject.toml": HATCH.format(name="score-amounts", more='[project.scripts]\nscore-amounts = "score.__main__:main"\n[tool.hatch.build.targets.wheel]\npackages = ["src/score"]'),
        "src/score/__init__.py": "",
        "src/score/__main__.py": SCORE,
        "sample/rows.csv": "amount\n1\n2\n",
        "tests/test_score.py": UNITTEST.format(module="score.__main__", name="total", body='self.assertEqual(total("sample/rows.csv"), 3)'),
    }),
    "an API with one Dockerfile and a pickle": Foreign({
        "Dockerfile": "ARG BASE=python:3.11-slim-bookworm\nFROM ${BASE}\nWORKDIR /srv\nCOPY server.py model.pkl ./\nEXPOSE 9000\nUSER 1000\n"
                      'CMD ["python3", "server.py"]\n',
        "server.py": SERVER,
        "model.pkl": pickle.dumps({"mean": 3.5}, protocol=4),
        "requirements.txt": "# only Python itself\n",
        "test_server.py": "import unittest\n\n\nclass Test(unittest.TestCase):\n    def test_model(self):\n        import server\n        self.assertEqual(server.MODEL['mean'], 3.5)\n",
    }),
    "a package": Foreign({
        "pyproject.toml": '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n[project]\n'
                          'name = "rounding"\nversion = "1.2"\nrequires-python = ">=3.9"\n[dependency-groups]\ntest = ["pytest>=8"]\n'
                          '[tool.pytest.ini_options]\naddopts = "-q"\n',
        "src/rounding/__init__.py": "def up(value):\n    return int(value) + (value > int(value))\n",
        "tests/test_up.py": PYTEST.format(module="rounding", name="up", body="assert up(1.2) == 2"),
        "README.md": "# rounding\n",
    }, branches=("main", "develop")),
    "FastAPI with suites in folders": Foreign({
        "requirements.txt": "fastapi>=0.110\nuvicorn>=0.30\n",
        "requirements-dev.txt": "pytest>=8\nruff\n",
        "ruff.toml": "line-length = 100\n",
        "app/__init__.py": "",
        "app/main.py": FASTAPI,
        "tests/unit/test_predict.py": PYTEST.format(module="app.main", name="predict", body="assert predict([1, 2]) == 3"),
        "tests/integration/test_service.py": "import os\nimport urllib.request\n\n\ndef test_ready():\n"
            '    with urllib.request.urlopen(os.environ["SERVICE_URL"] + "/api/ready") as answer:\n        assert answer.status == 200\n',
        "tests/acceptance/test_people.py": "import os\n\n\ndef test_url():\n    assert os.environ['SERVICE_URL']\n",
    }, branches=("main", "develop")),
    "Flask with a factory": Foreign({
        "setup.py": "from setuptools import find_packages, setup\n\nsetup(name='Scoring_API', version='1', packages=find_packages(exclude=['tests']),\n"
                    "      install_requires=['flask>=3', 'gunicorn'], extras_require={'test': ['pytest']})\n",
        "scoring/__init__.py": "",
        "scoring/web.py": FLASK,
        "tests/__init__.py": "",
        "tests/test_web.py": "import pytest\n\nfrom scoring.web import create_app\n\n\ndef test_ping():\n    assert create_app().test_client().get('/ping').data == b'pong'\n\n\n"
                             "@pytest.mark.integration\ndef test_slow():\n    assert create_app()\n",
    }, branches=("master",)),
    "one Dockerfile with targets": Foreign({
        "Dockerfile": "ARG BASE=python:3.11-slim-bookworm\nFROM ${BASE} AS base\nWORKDIR /app\nCOPY counter counter\nEXPOSE 8080/tcp\n\n"
                      'FROM base AS test\nCOPY tests tests\n\nFROM base AS release\nUSER 1000\nCMD ["python3", "-m", "counter"]\n',
        "counter/__init__.py": "",
        "counter/__main__.py": SERVER.replace('with open("model.pkl", "rb") as file:\n    MODEL = pickle.load(file)\n', 'MODEL = {"mean": 1}\n')
                                     .replace("9000", "8080").replace("/healthz", "/status"),
        "tests/__init__.py": "",
        "tests/test_counter.py": UNITTEST.format(module="counter.__main__", name="MODEL", body="self.assertEqual(MODEL, {'mean': 1})"),
        "setup.cfg": "[flake8]\nmax-line-length = 100\n",
    }, branches=("master", "develop")),
    "the blueprint's folders": Foreign(_tiny(), branches=("main", "develop")),
    "DVC, LFS and notebooks": Foreign({
        ".gitattributes": "*.onnx filter=lfs diff=lfs merge=lfs -text\n",
        ".gitignore": "/data/\n/model.pkl\n",
        "dvc.yaml": "stages:\n  prepare:\n    cmd: python prepare.py\n  train:\n    cmd: python train.py\n",
        "model.pkl.dvc": "outs:\n- md5: 00\n  path: model.pkl\n",
        "models/net.onnx": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        "notebooks/explore.ipynb": '{"cells": []}',
        "requirements.txt": "onnxruntime\n",
        "predict.py": "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n    parser.add_argument('--rows', required=True)\n"
                      "    print(parser.parse_args())\n\n\nif __name__ == '__main__':\n    main()\n",
    }),
    "a folder of a monorepo": Foreign({
        "requirements.txt": "# only Python itself\n",
        "web.py": SERVER.replace('with open("model.pkl", "rb") as file:\n    MODEL = pickle.load(file)\n', 'MODEL = {"mean": 1}\n')
                        .replace("9000", "8000").replace("/healthz", "/health"),
        "tests/test_web.py": UNITTEST.format(module="web", name="MODEL", body="self.assertEqual(MODEL, {'mean': 1})"),
    }, folder="services/mean"),
    "a dashboard with its Dockerfile elsewhere": Foreign({
        "docker/Dockerfile": "FROM python:3.11-slim-bookworm\nWORKDIR /app\nCOPY requirements.txt dashboard.py ./\nRUN pip install -r requirements.txt\n"
                             "CMD streamlit run dashboard.py --server.address=0.0.0.0\n",
        "requirements.txt": "streamlit\n",
        "dashboard.py": "import streamlit as st\n\nst.title('Delays')\n",
    }),
}  # fmt: skip
