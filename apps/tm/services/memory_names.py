"""Names, languages and engines of memories: what is one, and which names are free."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext as _

from apps.ldm.formats import languages
from apps.tm.errors import NameTaken
from apps.tm.models import Memory
from apps.tm.models.memories import NAME_LENGTH
from locanext_project import workspaces
from locanext_project.errors import Invalid

T = TypeVar("T")
_SUFFIX = re.compile(r"^(?P<stem>.*\S) \((?P<number>\d{1,9})\)$", re.DOTALL)
_NO_CHARACTER = {"Cc", "Cs", "Zl", "Zp"}
_ENGINE = re.compile(r"(ngram|(static|transformer):\S(.*\S)?)?")
_ENGINE_LENGTH = 200


def clean_name(name: str) -> str:
    """The name as it is stored: trimmed and composed. Raises Invalid."""
    cleaned = unicodedata.normalize("NFC", name).strip()
    if not cleaned:
        raise Invalid(_("A name is needed."), field="name")
    if len(cleaned) > NAME_LENGTH:
        raise Invalid(_("A name has at most %(length)s characters.") % {"length": NAME_LENGTH}, field="name")
    if any(unicodedata.category(character) in _NO_CHARACTER for character in cleaned):
        raise Invalid(_("A name cannot hold control characters or line breaks."), field="name")
    return cleaned


def clean_language(code: str, field: str) -> str:
    """A language code as it is stored. Raises Invalid, also for the empty one."""
    if not code.strip():
        raise Invalid(_("A memory needs a source and a target language."), field=field)
    if languages.find(code) is None:
        raise Invalid(
            _("“%(code)s” is not a language code. Codes look like ko, en or pt-BR.") % {"code": code}, field=field
        )
    return languages.normal_code(code)


def clean_engine(engine: str) -> str:
    """The name of an embedder: "ngram", "static:NAME", "transformer:NAME", or "". Raises Invalid."""
    if len(engine) > _ENGINE_LENGTH or not _ENGINE.fullmatch(engine):
        raise Invalid(_("An engine is ngram, static:NAME or transformer:NAME."), field="engine")
    return engine


def free_name(name: str, kind: str = Memory.Kind.MEMORY) -> str:
    """`name`, or the first free of "name (2)", "name (3)", …; never longer than allowed."""
    stem, number = name, 2
    if found := _SUFFIX.match(name):
        stem, number = found["stem"], int(found["number"]) + 1
    candidate = name
    live = Memory.objects.filter(kind=kind, trashed_at__isnull=True)
    while live.filter(name=candidate).exists():
        suffix = f" ({number})"
        candidate = stem[: NAME_LENGTH - len(suffix)].rstrip() + suffix
        number += 1
    return candidate


def require_free(name: str, kind: str, *, but: int | None = None) -> None:
    """Raises NameTaken where another live memory of the kind has the name."""
    same = Memory.objects.filter(kind=kind, name=name, trashed_at__isnull=True)
    if (same if but is None else same.exclude(pk=but)).exists():
        raise NameTaken(name)


def saving(name: str, save: Callable[[], T]) -> T:
    """What `save` returns; where somebody took the name since it was found free, NameTaken."""
    try:
        with workspaces.atomic():
            return save()
    except IntegrityError as error:
        if "memory_name_unique" in str(error):
            raise NameTaken(name) from None
        raise
