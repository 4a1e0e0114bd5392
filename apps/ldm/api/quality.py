"""What a memory is worth, in figures."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions_memory
from apps.ldm.api import bodies
from apps.tm.models import Memory
from apps.tm.selectors.quality import MAX_DAYS, quality
from locanext_project.errors import Invalid

DEFAULT_DAYS = 30

BandShape = inline_serializer(
    "MemoryBand",
    {
        "band": serializers.CharField(),
        "as_is": serializers.IntegerField(),
        "edited": serializers.IntegerField(),
        "not_used": serializers.IntegerField(),
        "as_is_share": serializers.IntegerField(allow_null=True),
    },
    many=True,
)
SeriesShape = inline_serializer(
    "MemoryDay",
    {
        "day": serializers.DateField(),
        "lookups": serializers.IntegerField(),
        "hit_share": serializers.IntegerField(allow_null=True),
    },
    many=True,
)
TimesShape = inline_serializer(
    "LookupStep",
    {
        "from": serializers.FloatField(),
        "to": serializers.FloatField(allow_null=True),
        "n": serializers.IntegerField(),
    },
    many=True,
)
AdviceShape = inline_serializer(
    "ThresholdAdvice",
    {
        "band": serializers.CharField(),
        "threshold": serializers.IntegerField(),
        "as_is_share": serializers.IntegerField(),
        "hidden_unused": serializers.IntegerField(),
        "hidden_used": serializers.IntegerField(),
    },
    allow_null=True,
)


class MemoryQuality(APIView):
    """GET memories/{id}/quality?days=30."""

    @extend_schema(
        parameters=[OpenApiParameter("days", int, description=f"1 to {MAX_DAYS}; {DEFAULT_DAYS} by itself.")],
        responses=inline_serializer(
            "MemoryQuality",
            {
                "days": serializers.IntegerField(),
                "lookups": serializers.IntegerField(),
                "today": serializers.IntegerField(),
                "hit_share": serializers.IntegerField(allow_null=True),
                "as_is_share": serializers.IntegerField(allow_null=True),
                "bands": BandShape,
                "series": SeriesShape,
                "times": TimesShape,
                "p50": serializers.FloatField(allow_null=True),
                "p95": serializers.FloatField(allow_null=True),
                "advice": AdviceShape,
            },
        ),
    )
    def get(self, request: Request, memory_id: int) -> Response:
        memory = permissions_memory.get_memory(person_of(request), memory_id, Memory.Kind.MEMORY)
        days = bodies.query_integer(request, "days", DEFAULT_DAYS)
        if not 1 <= days <= MAX_DAYS:
            raise Invalid(_("days is 1 to %(most)s.") % {"most": MAX_DAYS}, field="days")
        return Response(quality(memory, days))
