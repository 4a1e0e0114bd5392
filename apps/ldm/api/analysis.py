"""Analysis over HTTP: of a file, a folder, a project, or several of them, as a task; and the rates of projects."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies
from apps.ldm.api.files import start
from apps.ldm.api.memory_shapes import TaskShape
from apps.ldm.api.pretranslate import PlacesInput, one_place, several_places
from apps.ldm.selectors.chosen_files import Chosen, files_of
from apps.ldm.services.analysis import rates
from locanext_project.errors import Invalid

FLAGS = ("internal", "leave_confirmed")


class AnalysisInput(serializers.Serializer[Any]):
    """What to count; what is not there is as usual."""

    internal = serializers.BooleanField(required=False, help_text="Look for similar earlier rows too. True.")
    leave_confirmed = serializers.BooleanField(required=False, help_text="Leave confirmed rows out. False.")


class AnalysisManyInput(PlacesInput, AnalysisInput):
    """Several places, and what to count."""


class RatesShape(serializers.Serializer[Any]):
    """Percent of a new word, by band."""

    rates = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=rates.HIGHEST))


def _start(request: Request, chosen: Chosen, data: dict[str, Any], subject: tuple[str, int] | None) -> Response:
    if unknown := set(data) - set(FLAGS):
        raise Invalid(_("There is no option “%(name)s”.") % {"name": min(unknown)}, field=min(unknown))
    options = {name: value for name in FLAGS if (value := bodies.flag(data, name)) is not None}
    files_of(person_of(request), chosen)
    return start(request, "ldm.analysis", {"chosen": asdict(chosen), **options}, subject=subject)


class Analysis(APIView):
    """POST files|folders|projects/{id}/analysis."""

    node_kind = ""

    @extend_schema(request=AnalysisInput, responses={202: TaskShape})
    def post(self, request: Request, node_id: int) -> Response:
        chosen = one_place(request, self.node_kind, node_id)
        return _start(request, chosen, bodies.json_object(request), (self.node_kind, node_id))


class AnalysisMany(APIView):
    """POST analysis: several files, folders and projects at once."""

    @extend_schema(operation_id="analysis_many", request=AnalysisManyInput, responses={202: TaskShape})
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        chosen = several_places(data)
        return _start(request, chosen, data, None)


class ProjectRates(APIView):
    """GET and PUT projects/{id}/rates."""

    @extend_schema(operation_id="rates_read", responses=RatesShape)
    def get(self, request: Request, node_id: int) -> Response:
        return Response({"rates": rates.rates_of(permissions.get_project(person_of(request), node_id))})

    @extend_schema(operation_id="rates_set", request=RatesShape, responses=RatesShape)
    def put(self, request: Request, node_id: int) -> Response:
        given = bodies.json_object(request).get("rates")
        permissions.require(request.user, "edit", permissions.get_project(person_of(request), node_id))
        if not isinstance(given, dict):
            raise Invalid(_("rates is {band: percent}."), field="rates")
        return Response({"rates": rates.set_rates(actor=person_of(request), project_id=node_id, rates=given)})
