"""Terms of term bases, and candidates that wait for a decision."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.accounts.page_sessions import person_of
from apps.ldm import permissions_memory
from apps.ldm.api import bodies
from apps.ldm.api import terms_shapes as shapes
from apps.ldm.api.files import start
from apps.ldm.services.memories import term_extraction
from apps.ldm.services.memories.term_extraction import Places
from apps.tm.models import Memory, Term
from apps.tm.selectors import terms as selectors
from apps.tm.selectors.terms import TermFilter
from apps.tm.services.terms import act as acts
from apps.tm.services.terms import candidates as waiting
from apps.tm.services.terms import edit as edits
from apps.tm.services.terms.values import TermEdit
from apps.tm.term_errors import StaleTerm
from locanext_project.api.paging import page
from locanext_project.errors import Invalid, NotFound

CANDIDATE_SORTS = {
    "occurrences": "occurrences",
    "source": "source",
    "created": "created_at",
    "decided": "decided_at",
}
_TEXTS = ("source", "target", "use", "part_of_speech", "definition", "note", "concept")


def _base(request: Request, memory_id: int, what: str | None = None) -> tuple[User, Memory]:
    """The person and a term base they see, and may do `what` to."""
    person = person_of(request)
    memory = permissions_memory.get_memory(person, memory_id, Memory.Kind.TERMS)
    if what is not None:
        permissions_memory.require(person, what, memory)
    return person, memory


def _base_of_term(request: Request, term_id: int) -> tuple[User, Memory]:
    """The same for the base of a live term, which the person may edit."""
    known = Term.objects.filter(pk=term_id) if -(2**63) <= term_id < 2**63 else Term.objects.none()
    memory_id = known.filter(removed_at__isnull=True).values_list("memory_id", flat=True).first()
    if memory_id is None:
        raise NotFound
    return _base(request, memory_id, "edit_entries")


def _edit(data: dict[str, Any]) -> TermEdit:
    """The values of a body. Raises Invalid."""
    texts = {name: bodies.text(data, name) for name in _TEXTS}
    return TermEdit(**texts, case_sensitive=bodies.flag(data, "case_sensitive"))


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


class MemoryTerms(APIView):
    """GET and POST memories/{id}/terms."""

    @extend_schema(operation_id="terms_list", parameters=shapes.TERM_QUERY, responses=shapes.TermPage)
    def get(self, request: Request, memory_id: int) -> Response:
        _person, memory = _base(request, memory_id)
        params = request.query_params
        wanted = TermFilter(
            search=bodies.query_text(request, "search"),
            fields=_list(bodies.query_text(request, "fields")) or selectors.DEFAULT_FIELDS,
            use=_list(bodies.query_text(request, "use")),
            part_of_speech=bodies.query_text(request, "part_of_speech") if "part_of_speech" in params else None,
            state=bodies.query_text(request, "state") or None,
            author=bodies.query_integer(request, "author") if params.get("author") else None,
            author_name=bodies.query_text(request, "author_name"),
        )
        found = selectors.matching(memory, wanted)
        order = selectors.order_of(bodies.query_text(request, "sort") or "id")
        shown = page(request, found, order, selectors.present)
        shown["total"] = memory.entries if wanted == TermFilter(use=[]) else found.count()
        if not params.get("cursor"):
            shown["parts_of_speech"] = selectors.parts_of_speech(memory)
        return Response(shown)

    @extend_schema(operation_id="terms_add", request=shapes.TermInput, responses={201: shapes.TermSchema})
    def post(self, request: Request, memory_id: int) -> Response:
        person, memory = _base(request, memory_id, "edit_entries")
        term = edits.add(actor=person, memory_id=memory.pk, term=_edit(bodies.json_object(request)))
        return Response(selectors.present(term), 201)


class OneTerm(APIView):
    """PATCH and DELETE terms/{id}."""

    @extend_schema(operation_id="terms_edit", request=shapes.TermEditInput, responses=shapes.TermSchema)
    def patch(self, request: Request, term_id: int) -> Response:
        person, _memory = _base_of_term(request, term_id)
        data = bodies.json_object(request)
        seen = bodies.whole_number(data, "rev", _("the revision of the term you saw"))
        try:
            term = edits.edit(actor=person, term_id=term_id, seen_rev=seen, changes=_edit(data))
        except StaleTerm as stale:
            stale.details["term"] = selectors.present(stale.term)
            raise
        return Response(selectors.present(term))

    @extend_schema(operation_id="terms_delete", responses={204: None})
    def delete(self, request: Request, term_id: int) -> Response:
        person, memory = _base_of_term(request, term_id)
        acts.act(actor=person, memory_id=memory.pk, act="delete", ids=[term_id])
        return Response(status=204)


class TermsAct(APIView):
    """POST memories/{id}/terms/act: one thing done to terms by id, or to all that match."""

    @extend_schema(
        operation_id="terms_act",
        request=shapes.TermsActInput,
        responses={200: shapes.TermsActDone, 202: shapes.TermsActDone},
    )
    def post(self, request: Request, memory_id: int) -> Response:
        person, memory = _base(request, memory_id, "edit_entries")
        data = bodies.json_object(request)
        name = bodies.text(data, "act")
        if name not in acts.ACTS:
            raise Invalid(_("act is one of %(choices)s.") % {"choices": ", ".join(acts.ACTS)}, field="act")
        if "ids" in data:
            changed = acts.act(actor=person, memory_id=memory.pk, act=name, ids=_ids(data))  # type: ignore[arg-type]
            return Response({"changed": changed, "task": None})
        wanted = _filter(data)
        if selectors.matching(memory, wanted).count() > shapes.MAX_IDS:
            args = {"memory_id": memory.pk, "act_name": name, "matching": asdict(wanted)}
            started = start(request, "ldm.terms_act", args, subject=("memory", memory.pk))
            return Response({"changed": None, **started.data}, 202)
        changed = acts.act(actor=person, memory_id=memory.pk, act=name, matching=wanted)  # type: ignore[arg-type]
        return Response({"changed": changed, "task": None})


def _filter(data: dict[str, Any]) -> TermFilter:
    """The filter of a body. Raises Invalid."""
    author = data.get("author")
    return TermFilter(
        search=bodies.text(data, "search") or "",
        fields=bodies.names(data, "fields") or selectors.DEFAULT_FIELDS,
        use=bodies.names(data, "use") or (),
        part_of_speech=bodies.text(data, "part_of_speech"),
        state=bodies.text(data, "state"),
        author=None if author is None else bodies.whole_number(data, "author", _("the id of a person")),
        author_name=bodies.text(data, "author_name") or "",
    )


def _ids(data: dict[str, Any], name: str = "ids", most: int = shapes.MAX_IDS) -> list[int]:
    """A list of ids of the body. Raises Invalid."""
    ids = data.get(name)
    if not isinstance(ids, list) or not all(type(pk) is int for pk in ids):
        raise Invalid(_("%(name)s is a list of ids.") % {"name": name}, field=name)
    if len(ids) > most:
        raise Invalid(_("%(name)s holds at most %(most)s ids.") % {"name": name, "most": f"{most:,}"}, field=name)
    return ids


class Candidates(APIView):
    """GET memories/{id}/candidates."""

    @extend_schema(operation_id="candidates_list", parameters=shapes.CANDIDATE_QUERY, responses=shapes.CandidatePage)
    def get(self, request: Request, memory_id: int) -> Response:
        _person, memory = _base(request, memory_id)
        decision = bodies.query_text(request, "decision") or "open"
        found = selectors.candidates(memory, decision, bodies.query_text(request, "search"))
        sort = bodies.query_text(request, "sort") or "-occurrences"
        name, sign = sort.removeprefix("-"), "-" if sort.startswith("-") else ""
        if name not in CANDIDATE_SORTS or (name == "decided" and decision == "open"):
            raise Invalid(_("sort is one of %(choices)s.") % {"choices": ", ".join(CANDIDATE_SORTS)}, field="sort")
        shown = page(request, found, [f"{sign}{CANDIDATE_SORTS[name]}", "pk"], selectors.present_candidate)
        return Response({**shown, "total": found.count()})


class CandidatesExtract(APIView):
    """POST memories/{id}/candidates/extract: search files for candidates, as a task."""

    @extend_schema(operation_id="candidates_extract", request=shapes.ExtractInput, responses={202: OpenApiTypes.OBJECT})
    def post(self, request: Request, memory_id: int) -> Response:
        person, memory = _base(request, memory_id, "edit_entries")
        data = bodies.json_object(request)
        folders = _ids(data, "folders", term_extraction.MOST_PLACES) if "folders" in data else []
        if data.get("folder") is not None:
            folders.append(bodies.whole_number(data, "folder", _("the id of a folder")))
        places = Places(
            files=_ids(data, "files", term_extraction.MOST_PLACES) if "files" in data else [],
            folders=folders,
            project=None if data.get("project") is None else bodies.whole_number(data, "project", _("an id")),
        )
        # What is wrong is said now, and not by a task that fails.
        options = bodies.options(data)
        term_extraction.rules_of(options)
        term_extraction.files_of(person, memory, places)
        args = {"memory_id": memory.pk, "places": asdict(places), "options": options}
        return start(request, "ldm.terms_extract", args, subject=("memory", memory.pk))


class CandidatesDecide(APIView):
    """POST memories/{id}/candidates/decide: accept, refuse or open again."""

    @extend_schema(operation_id="candidates_decide", request=shapes.DecideInput, responses=shapes.DecideDone)
    def post(self, request: Request, memory_id: int) -> Response:
        person, memory = _base(request, memory_id, "edit_entries")
        data = bodies.json_object(request)
        decision = bodies.text(data, "decision")
        if decision not in waiting.DECISIONS:
            raise Invalid(
                _("decision is one of %(choices)s.") % {"choices": ", ".join(waiting.DECISIONS)}, field="decision"
            )
        done = waiting.decide(
            actor=person,
            memory_id=memory.pk,
            ids=_ids(data),
            decision=decision,  # type: ignore[arg-type]
            targets=_targets(data),
        )
        return Response({"decided": done.decided, "terms": done.terms})


def _targets(data: dict[str, Any]) -> dict[int, str]:
    """The translations by candidate; JSON has texts for keys. Raises Invalid."""
    given = data.get("targets") or {}
    wrong = Invalid(_("targets is {id: translation}."), field="targets")
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        raise wrong
    try:
        return {int(pk): text for pk, text in given.items()}
    except ValueError:
        raise wrong from None
