"""The codes of a project, and what its checks do, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies
from apps.ldm.api import check_shapes as shapes
from apps.ldm.checks.patterns import FAMILIES
from apps.ldm.models import Project
from apps.ldm.selectors import check_rules
from apps.ldm.services.checks import settings


def codes_json(project: Project) -> dict[str, Any]:
    """The codes of a project, with the patterns as scripts compile them."""
    rules = check_rules.code_rules(project)
    custom = check_rules.setting(project, check_rules.CODES).get("custom")
    return {
        "builtin": list(rules.builtin),
        "custom": custom if isinstance(custom, list) else [],
        "families": list(FAMILIES),
        "patterns": [pattern._asdict() for pattern in rules.patterns],
    }


class ProjectCodes(APIView):
    """GET and PUT projects/{id}/codes."""

    @extend_schema(responses=shapes.CodesShape)
    def get(self, request: Request, node_id: int) -> Response:
        return Response(codes_json(permissions.get_project(person_of(request), node_id)))

    @extend_schema(request=shapes.CodesInput, responses=shapes.CodesShape)
    def put(self, request: Request, node_id: int) -> Response:
        permissions.require(person_of(request), "edit", permissions.get_project(person_of(request), node_id))
        codes = bodies.json_object(request)
        return Response(codes_json(settings.set_codes(actor=person_of(request), project_id=node_id, codes=codes)))


def checks_json(project: Project) -> dict[str, Any]:
    """What the checks of a project do."""
    return {
        "kinds": list(check_rules.kinds_of(project)),
        "block_confirm": list(check_rules.blocking_kinds(project)),
    }


class ProjectChecks(APIView):
    """GET and PUT projects/{id}/checks."""

    @extend_schema(responses=shapes.ChecksShape)
    def get(self, request: Request, node_id: int) -> Response:
        return Response(checks_json(permissions.get_project(person_of(request), node_id)))

    @extend_schema(request=shapes.ChecksShape, responses=shapes.ChecksShape)
    def put(self, request: Request, node_id: int) -> Response:
        permissions.require(person_of(request), "edit", permissions.get_project(person_of(request), node_id))
        checks = bodies.json_object(request)
        return Response(checks_json(settings.set_checks(actor=person_of(request), project_id=node_id, checks=checks)))
