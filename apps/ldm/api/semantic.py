"""Engines of meaning: which there are on this node, and having a memory's vectors built."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions_memory
from apps.ldm.api import bodies
from apps.tasks.api.shapes import present as task_json
from apps.tm.models import Memory
from apps.tm.selectors import engines
from apps.tm.services import vectors


class EngineShape(serializers.Serializer[Any]):
    """An engine that a memory may have."""

    name = serializers.CharField(help_text="What a memory's `engine` is set to.")
    kind = serializers.CharField(help_text="ngram, static or transformer.")
    title = serializers.CharField()
    available = serializers.BooleanField()
    why = serializers.CharField(help_text="Why it does not work here, in one sentence.")


class EngineKindShape(serializers.Serializer[Any]):
    """A kind of engine, and whether it works on this node at all."""

    kind = serializers.CharField(help_text="ngram, static or transformer.")
    title = serializers.CharField()
    available = serializers.BooleanField()
    why = serializers.CharField()


class EnginesShape(serializers.Serializer[Any]):
    """The engines of this node."""

    engines = EngineShape(many=True)
    kinds = EngineKindShape(many=True)


class VectorsInput(serializers.Serializer[Any]):
    """With which engine; the memory's own where none is named."""

    engine = serializers.CharField(required=False, allow_null=True)


class EnginesView(APIView):
    """GET engines."""

    @extend_schema(operation_id="engines", responses=EnginesShape)
    def get(self, request: Request) -> Response:
        return Response(engines.choices())


class MemoryVectors(APIView):
    """POST memories/{id}/vectors: build them, as a task, with another engine where one is named."""

    @extend_schema(request=VectorsInput, responses={202: dict})
    def post(self, request: Request, memory_id: int) -> Response:
        actor = person_of(request)
        memory = permissions_memory.get_memory(actor, memory_id, Memory.Kind.MEMORY)
        permissions_memory.require(actor, "settings", memory)
        engine = bodies.text(bodies.json_object(request), "engine")
        run = vectors.request_build(actor=actor, memory_id=memory.pk, engine=engine)
        return Response({"task": task_json(run)}, 202)
