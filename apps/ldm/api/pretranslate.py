"""Pretranslation over HTTP: of a file, a folder, a project, or several of them; always a task."""

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
from apps.ldm.selectors.chosen_files import Chosen, files_of
from apps.ldm.services.pretranslate import options as choices
from locanext_project.errors import Invalid


class PretranslateInput(serializers.Serializer[Any]):
    """How to fill; what is not there is as usual."""

    threshold = serializers.IntegerField(
        required=False, min_value=choices.LOWEST, max_value=choices.HIGHEST, help_text="Percent; 75."
    )
    dry_run = serializers.BooleanField(required=False, help_text="Count and show samples, write nothing.")
    same_key_first = serializers.BooleanField(required=False, help_text="True.")
    use_earlier = serializers.BooleanField(required=False)
    overwrite = serializers.BooleanField(required=False, help_text="Also rows with a text that nobody confirmed.")
    confirmed = serializers.BooleanField(required=False, help_text="Also confirmed rows (leads).")
    locked = serializers.BooleanField(required=False, help_text="Also locked rows (leads).")
    penalised = serializers.BooleanField(required=False, help_text="Memories with a penalty fill too.")
    kinds = serializers.ListField(child=serializers.ChoiceField(choices.KINDS), required=False)


class PlacesInput(serializers.Serializer[Any]):
    """Ids of what was chosen."""

    files = serializers.ListField(child=serializers.IntegerField(), required=False)
    folders = serializers.ListField(child=serializers.IntegerField(), required=False)
    projects = serializers.ListField(child=serializers.IntegerField(), required=False)


class PretranslateManyInput(PlacesInput, PretranslateInput):
    """Several places, and how to fill."""


def one_place(request: Request, kind: str, node_id: int) -> Chosen:
    """A file, folder or project that the person sees. Raises NotFound."""
    permissions.get_node(person_of(request), kind, node_id)
    return Chosen(**{f"{kind}s": [node_id]})


def several_places(data: dict[str, Any]) -> Chosen:
    """The places of a body, which are taken out of it. Raises Invalid."""
    given = {name: data.pop(name, None) or [] for name in ("files", "folders", "projects")}
    for name, ids in given.items():
        if not isinstance(ids, list) or not all(type(pk) is int for pk in ids):
            raise Invalid(_("%(name)s is a list of ids.") % {"name": name}, field=name)
    return Chosen(**given)


def _start(request: Request, chosen: Chosen, data: dict[str, Any], subject: tuple[str, int] | None) -> Response:
    person = person_of(request)
    dry_run = bodies.flag(data, "dry_run") or False
    data.pop("dry_run", None)
    options = choices.options_of(data)
    # What is wrong is said now, and not by a task that fails.
    choices.require_allowed(person, options, [one.file.pk for one in files_of(person, chosen)])
    args = {"chosen": asdict(chosen), "options": options.plain(), "dry_run": dry_run}
    return start(request, "ldm.pretranslate", args, subject=subject, silent=dry_run)


class Pretranslate(APIView):
    """POST files|folders|projects/{id}/pretranslate."""

    node_kind = ""

    @extend_schema(request=PretranslateInput, responses={202: TaskShape})
    def post(self, request: Request, node_id: int) -> Response:
        chosen = one_place(request, self.node_kind, node_id)
        return _start(request, chosen, bodies.json_object(request), (self.node_kind, node_id))


class PretranslateMany(APIView):
    """POST pretranslate: several files, folders and projects at once."""

    @extend_schema(operation_id="pretranslate_many", request=PretranslateManyInput, responses={202: TaskShape})
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        chosen = several_places(data)
        return _start(request, chosen, data, None)
