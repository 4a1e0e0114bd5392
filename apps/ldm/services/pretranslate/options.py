"""What a pretranslation is asked to do, checked before anything is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from locanext_project.errors import Forbidden, Invalid

THRESHOLD = 75
LOWEST, HIGHEST = 50, 102
KINDS = ("context", "exact", "fuzzy", "repaired", "line")
EARLIER = "earlier"
_FLAGS = ("same_key_first", "use_earlier", "overwrite", "confirmed", "locked", "penalised")


@dataclass(frozen=True, slots=True)
class Options:
    """`threshold`: percent; 100 fills equal sources only, 101 only those in the same context, 102 in both contexts.

    `same_key_first`: a fuzzy match with the row's own key comes before better ones of other keys.
    `use_earlier`: rows without any match get their earlier translation, whatever its score.
    `overwrite`: rows that have a text, but that nobody confirmed. `confirmed`, `locked`: those as well.
    `penalised`: memories with a penalty fill too. `kinds`: of KINDS.
    """

    threshold: int = THRESHOLD
    same_key_first: bool = True
    use_earlier: bool = False
    overwrite: bool = False
    confirmed: bool = False
    locked: bool = False
    penalised: bool = False
    kinds: tuple[str, ...] = KINDS

    @property
    def every_kind(self) -> bool:
        return len(self.kinds) == len(KINDS)

    @property
    def wants_fuzzy(self) -> bool:
        """Whether anything but equal sources and lines can fill a row."""
        return self.threshold < 100 and ("fuzzy" in self.kinds or "repaired" in self.kinds)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self) | {"kinds": list(self.kinds)}


def options_of(given: Mapping[str, Any]) -> Options:
    """Options out of JSON; what is not there is as usual. Raises Invalid naming the field."""
    if unknown := set(given) - {"threshold", "kinds", *_FLAGS}:
        raise Invalid(_("There is no option “%(name)s”.") % {"name": min(unknown)}, field=min(unknown))
    threshold = given.get("threshold", THRESHOLD)
    if type(threshold) is not int or not LOWEST <= threshold <= HIGHEST:
        limits = {"least": LOWEST, "most": HIGHEST}
        raise Invalid(_("threshold is a number from %(least)s to %(most)s.") % limits, field="threshold")
    flags = {name: given[name] for name in _FLAGS if name in given}
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise Invalid(_("%(name)s is true or false.") % {"name": name}, field=name)
    kinds = given.get("kinds", list(KINDS))
    known = isinstance(kinds, list | tuple) and all(kind in KINDS for kind in kinds)
    if not known or not kinds:
        raise Invalid(_("kinds are some of %(kinds)s.") % {"kinds": ", ".join(KINDS)}, field="kinds")
    return Options(threshold=threshold, kinds=tuple(kind for kind in KINDS if kind in kinds), **flags)


def require_allowed(actor: User, options: Options, file_ids: Iterable[int]) -> None:
    """Raises Forbidden where the person may not write over what is asked for, in one of these files."""
    if not (options.confirmed or options.locked) or all(permissions.leads(actor, pk) for pk in file_ids):
        return
    if options.confirmed:
        raise Forbidden(_("Only leads may have confirmed rows written over."), code="role")
    if options.locked:
        raise Forbidden(_("Only leads may have locked rows written over."), code="role")
