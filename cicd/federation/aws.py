"""AWS: the identity token becomes the keys of a role for a quarter of an hour, and these a login of Amazon ECR.

Contracts: AWS STS, AssumeRoleWithWebIdentity; Amazon ECR, GetAuthorizationToken; Signature Version 4.
"""

from __future__ import annotations

import base64
import html
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd import masking, variables
from cicd.config.logins import REGISTRIES
from cicd.federation import identity, sigv4
from cicd.federation.asking import Answer, Service, ask, post_form
from cicd.federation.kept import Credential

if TYPE_CHECKING:
    from cicd.config import AwsLogin

AUDIENCE = "sts.amazonaws.com"
LIFETIME = 900
"""Seconds that the keys of the role last: the least that AWS gives. They are used at once, and once."""
TARGET = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"


def registry(login: AwsLogin, host: str) -> Credential:
    """Return a login of Amazon ECR.

    Raises:
        RefusedError: the role does not trust the job, or may not log in to registries.
        UnreachableError: GitHub or AWS does not answer.

    """
    match = REGISTRIES["aws"].fullmatch(host)
    region = match["region"] if match else ""
    keys = _keys(login, region)
    service = Service(
        "Amazon ECR", f"Give the role {login.role} the permission ecr:GetAuthorizationToken on every resource (*)."
    )
    address, body = f"api.ecr.{region}.amazonaws.com", b"{}"
    headers = sigv4.signed(
        "POST", address, {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET}, body,
        keys=keys, place=sigv4.Place("ecr", region), when=datetime.now(UTC),
    )  # fmt: skip
    authorization = headers.pop("authorization")
    answer = ask(service, "POST", f"https://{address}/", headers, body, authorization=authorization).json()
    try:
        (data,) = answer["authorizationData"]
        user, _, password = base64.b64decode(data["authorizationToken"], validate=True).decode().partition(":")
        expires = float(data["expiresAt"])
    except (KeyError, TypeError, ValueError) as error:
        raise service.wrong("there is no authorization token in the answer") from error
    masking.hide(password)
    masking.hide(data["authorizationToken"])
    return Credential(user, password, expires)


def _keys(login: AwsLogin, region: str) -> sigv4.Keys:
    token = identity.token(AUDIENCE)
    service = Service(
        "AWS STS",
        f"Let the role {login.role} trust the subject {token.subject} of the OIDC provider "
        f"token.actions.githubusercontent.com, with the audience {AUDIENCE}.",
    )
    form = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": login.role,
        "RoleSessionName": f"ml-cicd-{os.environ.get(variables.GITHUB_RUN_ID, 'job')}",
        "WebIdentityToken": token.value,
        "DurationSeconds": str(LIFETIME),
    }
    answer = post_form(service, f"https://sts.{region}.amazonaws.com/", form, wanted={})  # its documented XML
    keys = sigv4.Keys(*(_element(answer, name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")))
    masking.hide(keys.secret)
    masking.hide(keys.token)
    return keys


def _element(answer: Answer, name: str) -> str:
    """Return the text of an element of XML, which occurs once."""
    values = re.findall(rf"<{name}>\s*([^<]+?)\s*</{name}>", answer.text)
    if len(values) != 1:
        raise answer.service.wrong(f"there is no {name} in the answer")
    return html.unescape(values[0])
