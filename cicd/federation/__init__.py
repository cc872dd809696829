"""Credentials that end with a job: the identity token that GitHub gives to it, exchanged at a cloud.

Nothing here prints. Outputs hide every token.
"""

from cicd.federation.credentials import Credential, available, cluster, registry

__all__ = ["Credential", "available", "cluster", "registry"]
