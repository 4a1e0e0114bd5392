"""The engines of this node: which there are, which work, and the ones this process has loaded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.tm.vectors import engines
from apps.tm.vectors.embedder import EngineUnavailable
from apps.tm.vectors.loading import Engines


def models() -> engines.Models:
    """Where this node's models are."""
    return engines.Models(Path(settings.MODELS_DIR), settings.MODELS_DOWNLOAD)


LOADED = Engines(models)
"""One instance of an engine a process, loaded in the background."""


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine that a memory may have; `why` says in one sentence why it does not work here, else ""."""

    name: str
    kind: str
    title: str
    available: bool
    why: str


def why(failure: EngineUnavailable) -> str:
    """The reason in one sentence for people. What it names of the machine is for the log, not for them."""
    sentences = {
        "not_installed": _("The neural engines are not installed on this computer. “start.py ml” installs them."),
        "no_model": _("This model is not in the model folder of this computer."),
        "offline": _("This model is not on this computer, and models are not downloaded here."),
        "damaged": _("The files of this model cannot be used. The log of the server says why."),
        "no_memory": _("This computer has not enough memory for this model."),
        "unknown": _("There is no such engine."),
    }
    return sentences[failure.code]


def problem(name: str) -> str:
    """Why an engine does not work here, as far as that is known without loading it; "" where nothing is."""
    try:
        kind, model = engines.split(name)
        engines.require_installed(kind)
    except EngineUnavailable as failure:
        return why(failure)
    _state, failed = LOADED.state(name)
    if failed is not None:
        return why(failed)
    if kind == engines.NGRAM or engines.folder_of(model, models()) is not None or model.count("/") == 1:
        # ORGANISATION/NAME may be in the cache of the hub, which only loading tells.
        return ""
    return why(EngineUnavailable("no_model"))


def choices() -> dict[str, Any]:
    """{"engines": those with a model here, "kinds": whether each kind works at all}, as the API shows them."""
    names = [engines.NGRAM, *engines.listed(models())]
    return {"engines": [asdict(_choice(name)) for name in names], "kinds": [_kind(kind) for kind in engines.KINDS]}


def _choice(name: str) -> EngineChoice:
    kind, model = engines.split(name)
    reason = problem(name)
    return EngineChoice(name, kind, model or _title(kind), not reason, reason)


def _kind(kind: str) -> dict[str, Any]:
    try:
        engines.require_installed(kind)
        reason = ""
    except EngineUnavailable as failure:
        reason = why(failure)
    return {"kind": kind, "title": _title(kind), "available": not reason, "why": reason}


def _title(kind: str) -> str:
    titles = {
        engines.NGRAM: _("Letters (built in)"),
        engines.STATIC: _("Static embeddings"),
        engines.TRANSFORMER: _("Neural model"),
    }
    return titles[kind]
