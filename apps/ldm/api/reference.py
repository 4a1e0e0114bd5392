"""The reference column: what another file has under the same keys."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies
from apps.ldm.models import File
from apps.ldm.selectors import reference
from locanext_project.errors import Invalid


class FileReference(APIView):
    """GET files/{id}/reference: files one may want beside it. POST: their rows beside some of its rows."""

    @extend_schema(
        responses=inline_serializer("ReferenceFiles", {"files": serializers.ListField(child=serializers.DictField())})
    )
    def get(self, request: Request, file_id: int) -> Response:
        person = person_of(request)
        file = permissions.get_file(person, file_id)
        found = reference.suggestions(file, permissions.visible_projects(person))
        return Response({"files": [_file_json(one) for one in found]})

    @extend_schema(
        request=inline_serializer(
            "ReferenceAsked",
            {
                "reference": serializers.IntegerField(),
                "match": serializers.ChoiceField(choices=reference.MATCHES, required=False),
                "ids": serializers.ListField(child=serializers.IntegerField(), max_length=reference.MOST_ROWS),
            },
        ),
        responses=inline_serializer(
            "ReferenceRows", {"file": serializers.DictField(), "rows": serializers.DictField()}
        ),
    )
    def post(self, request: Request, file_id: int) -> Response:
        person, data = person_of(request), bodies.json_object(request)
        file = permissions.get_file(person, file_id)
        other = permissions.get_file(person, bodies.whole_number(data, "reference", _("the id of the reference file")))
        ids = data.get("ids")
        if not isinstance(ids, list) or not all(isinstance(pk, int) and not isinstance(pk, bool) for pk in ids):
            raise Invalid(_("ids is a list of row ids."), field="ids")
        if len(ids) > reference.MOST_ROWS:
            raise Invalid(_("Ask for at most %(most)s rows.") % {"most": reference.MOST_ROWS}, field="ids")
        match = data.get("match", "key")
        if match not in reference.MATCHES:
            raise Invalid(_("match is %(choices)s.") % {"choices": " or ".join(reference.MATCHES)}, field="match")
        ids = [pk for pk in ids if -bodies.BIGGEST <= pk <= bodies.BIGGEST]
        return Response({"file": _file_json(other), "rows": reference.rows_beside(file, other, ids, match)})


def _file_json(file: File) -> dict[str, Any]:
    return {
        "id": file.pk,
        "name": file.name,
        "project": {"id": file.project_id, "name": file.project.name},
        "target_language": file.target_language or file.project.target_language,
    }
