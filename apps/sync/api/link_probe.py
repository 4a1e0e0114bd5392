"""Whether the desktop's server answers, for the start screen."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.sync.api.link_state import DesktopView
from apps.sync.client.probe import probe


class LinkProbe(DesktopView):
    """GET link/probe: whether the server answers, and how fast; it needs no login there."""

    @extend_schema(
        operation_id="link_probe",
        responses=inline_serializer(
            "LinkProbe", {"state": serializers.CharField(), "milliseconds": serializers.IntegerField(allow_null=True)}
        ),
    )
    def get(self, request: Request) -> Response:
        found = probe()
        return Response({"state": found.state, "milliseconds": found.milliseconds})
