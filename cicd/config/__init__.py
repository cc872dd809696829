"""A project's `ml-cicd.toml`, read once into plain dataclasses.

The JSON Schema in `cicd/schema/` is what is published and what decides; the dataclasses' defaults are the schema's.
"""

from cicd.config.environments import (
    Command,
    CommandSettings,
    DockerSettings,
    Environment,
    KubernetesSettings,
    Settings,
)
from cicd.config.parsing import FILE, load, parse, schema
from cicd.config.project import Config, Service, Train

__all__ = [
    "FILE",
    "Command",
    "CommandSettings",
    "Config",
    "DockerSettings",
    "Environment",
    "KubernetesSettings",
    "Service",
    "Settings",
    "Train",
    "load",
    "parse",
    "schema",
]
