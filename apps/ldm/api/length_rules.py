"""Rules of length over HTTP."""

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
from apps.ldm.models import LengthRule, Project
from apps.ldm.services.checks import length_rules


def rule_json(rule: LengthRule) -> dict[str, Any]:
    """A rule as it is kept."""
    return {
        "id": rule.pk,
        "file": rule.file_id,
        "file_name": rule.file.name if rule.file is not None else None,
        "query": rule.query,
        "characters": rule.characters,
        "lines": rule.lines,
        "position": rule.position,
    }


class LengthRules(APIView):
    """GET and POST projects/{id}/length-rules."""

    @extend_schema(responses=shapes.LengthRulePage)
    def get(self, request: Request, node_id: int) -> Response:
        project = permissions.get_project(person_of(request), node_id)
        found = LengthRule.objects.filter(project=project).select_related("file").order_by("position", "pk")
        return Response({"results": [rule_json(rule) for rule in found], "next": None})

    @extend_schema(request=shapes.LengthRuleInput, responses={201: shapes.LengthRuleShape})
    def post(self, request: Request, node_id: int) -> Response:
        _may_edit(request, node_id)
        rule = length_rules.create(actor=person_of(request), project_id=node_id, given=bodies.json_object(request))
        return Response(rule_json(rule), 201)


class OneLengthRule(APIView):
    """PATCH and DELETE projects/{id}/length-rules/{rule}."""

    @extend_schema(request=shapes.LengthRuleInput, responses=shapes.LengthRuleShape)
    def patch(self, request: Request, node_id: int, rule_id: int) -> Response:
        _may_edit(request, node_id)
        given = bodies.json_object(request)
        rule = length_rules.update(actor=person_of(request), project_id=node_id, rule_id=rule_id, given=given)
        return Response(rule_json(rule))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, node_id: int, rule_id: int) -> Response:
        _may_edit(request, node_id)
        length_rules.delete(actor=person_of(request), project_id=node_id, rule_id=rule_id)
        return Response(status=204)


def _may_edit(request: Request, node_id: int) -> Project:
    """The project, before the body is looked at: who may not change it is told so. Raises NotFound and Forbidden."""
    project = permissions.get_project(person_of(request), node_id)
    permissions.require(person_of(request), "edit", project)
    return project
