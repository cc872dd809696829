"""A project's `ml-cicd.toml`, read once into plain dataclasses.

The JSON Schema in `cicd/schema/` is what is published and what decides; the dataclasses' defaults are the schema's.
"""

from cicd.config.build import Build, ImageBuild
from cicd.config.environments import (
    Command,
    CommandSettings,
    DockerSettings,
    Environment,
    KubernetesSettings,
    Settings,
)
from cicd.config.gate import Budget, GateSettings, MetricSettings
from cicd.config.job import Job, JobDeliverable
from cicd.config.logins import AwsLogin, AzureLogin, ClusterLogin, GoogleLogin, OidcLogin, RegistryLogin
from cicd.config.package import Index, Package
from cicd.config.parsing import load, parse, schema
from cicd.config.project import Config
from cicd.config.service import ProxySettings, Service, ServiceDeliverable
from cicd.config.train import Model, Train
from cicd.place import FILE

__all__ = [
    "FILE",
    "AwsLogin",
    "AzureLogin",
    "Budget",
    "Build",
    "ClusterLogin",
    "Command",
    "CommandSettings",
    "Config",
    "DockerSettings",
    "Environment",
    "GateSettings",
    "GoogleLogin",
    "ImageBuild",
    "Index",
    "Job",
    "JobDeliverable",
    "KubernetesSettings",
    "MetricSettings",
    "Model",
    "OidcLogin",
    "Package",
    "ProxySettings",
    "RegistryLogin",
    "Service",
    "ServiceDeliverable",
    "Settings",
    "Train",
    "load",
    "parse",
    "schema",
]
