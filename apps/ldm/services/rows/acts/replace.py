"""Find and replace over targets: all hits of a scope, or those that a person chose."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, Row
from apps.ldm.queries.bounded_regex import BadPattern
from apps.ldm.services.rows.acts.act import Act, Progress, Stale
from apps.ldm.services.rows.acts.code_spans import project_rules, reader
from apps.ldm.services.rows.acts.replace_text import BadReplacement, Hit, Replacer, Wish
from apps.ldm.services.rows.acts.scan import Scan
from apps.ldm.services.rows.acts.scope import Scope
from apps.ldm.services.rows.acts.text_acts import write_target
from apps.ldm.services.rows.change_rows import RowChange
from locanext_project.errors import Invalid
from locanext_project.said import said

MOST_NAMED = 10_000
"""Hits that one request may name."""
LONGEST = 1000
Chosen = Mapping[int, frozenset[int]]
"""Row id -> numbers of hits."""


@dataclass(slots=True)
class Replace(Act):
    """`only`: these hits, None for all; `left`: all but these."""

    name = "replace"
    kind = ChangeSet.Kind.REPLACE

    wish: Wish
    status: str = "translated"
    only: Chosen | None = None
    left: Chosen = field(default_factory=dict)
    replaced: int = 0
    kept: int = 0
    _replacer: Replacer | None = None

    def begin(self, actor: User, file: File) -> None:
        """Raises Forbidden; Invalid for an expression or a replacement that is none."""
        Act.begin(self, actor, file)
        self._replacer = replacer(self.wish, file)
        self.replaced = self.kept = 0

    def size(self, actor: User, file: File, scope: Scope) -> int:
        return len(self.only) if self.only is not None else Act.size(self, actor, file, scope)

    def choose(self, actor: User, file: File, scope: Scope, progress: Progress) -> array[int]:
        """Rows that have a hit: of many rows few do."""
        if self.only is not None:
            return array("q", sorted(self.only))
        engine = replacer(self.wish, file)
        scan = Scan(actor, file, scope, ("target",), narrowed=narrowed(self.wish))
        found: array[int] = array("q")
        for portion in scan.portions():
            for (target,), place in portion:
                if engine.hits(target):
                    found.append(place.row_id)
            if portion:
                progress(portion[-1][1].passed, scan.total, "looking")
        return found

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        assert self._replacer is not None  # noqa: S101 (begin comes first)
        hits = self._replacer.hits(row.target)
        if self.only is not None and not self.only[row.pk] <= {hit.number for hit in hits}:
            raise Stale
        wanted = [hit for hit in hits if self._wanted(row.pk, hit)]
        usable = [hit for hit in wanted if not hit.codes]
        if not wanted:
            return None
        if not usable:
            raise Invalid(refusal_words(wanted[0].codes), code="codes")
        after = self._replacer.apply(row.target, usable)
        if not self._replacer.keeps_codes(row.target, after):
            raise Invalid(refusal_words("adds"), code="codes")
        change = write_target(actor, file, row, after, self.status)
        if change is not None:
            self.replaced += len(usable)
            self.kept += len(wanted) - len(usable)
        return change

    def _wanted(self, row_id: int, hit: Hit) -> bool:
        if self.only is not None:
            return hit.number in self.only[row_id]
        return hit.number not in self.left.get(row_id, ())

    def counts(self) -> dict[str, Any]:
        return {"hits": self.replaced, "hits_left": self.kept, "find": self.wish.find[:200], "with": self.wish.by[:200]}

    def plain(self) -> dict[str, Any]:
        only = self.only
        named = None if only is None else [{"row_id": pk, "index": n} for pk, some in only.items() for n in some]
        left = {str(pk): sorted(some) for pk, some in self.left.items()}
        return {"act": self.name, **self.wish.plain(), "status": self.status, "hits": named, "left": left}


def replacer(wish: Wish, file: File) -> Replacer:
    """A wish made ready for a file. Raises Invalid with the place of what is wrong."""
    try:
        return Replacer(wish, reader(project_rules(file.project)))
    except BadPattern as error:
        words = _("This expression is not valid: %(why)s.") % {"why": said(error).rstrip(".")}
        if not wish.find:
            words = _("Say what to look for.")
        raise Invalid(words, code="bad_regex", field="find", at=error.at) from None
    except BadReplacement as error:
        raise Invalid(error.message, code="bad_replacement", field="with", at=error.at) from None


def refusal_words(codes: str) -> str:
    """Why a hit that has to do with codes is left."""
    if codes == "inside":
        return _("This is part of a code. Codes are left as they are.")
    if codes == "spans":
        return _("This goes over the edge of a code. Codes are left as they are.")
    return _("The text would have other codes than before.")


def narrowed(wish: Wish) -> Q | None:
    """A condition that every text with a hit fulfils, and few others do; None where there is none."""
    if wish.regex:
        return None
    if wish.case or wish.find.lower() == wish.find.upper():
        return Q(target__contains=wish.find)
    # Without regard to case these three ASCII letters also are letters outside ASCII.
    if wish.find.isascii() and not set(wish.find.lower()) & set("iks"):
        return Q(target__icontains=wish.find)
    return None


def wish_of(data: Mapping[str, Any]) -> Wish:
    """What to find and what to put there, out of JSON. Raises Invalid."""
    texts = {name: data.get(name, "") for name in ("find", "with")}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise Invalid(_("%(name)s is a text.") % {"name": name}, field=name)
        if len(value) > LONGEST:
            limit = {"name": name, "most": f"{LONGEST:,}"}
            raise Invalid(_("%(name)s has at most %(most)s characters.") % limit, field=name)
    flags = {name: data.get(name) or False for name in ("regex", "case", "words", "codes")}
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise Invalid(_("%(name)s is true or false.") % {"name": name}, field=name)
    return Wish(find=texts["find"], by=texts["with"], **flags)


def only_of(value: Any) -> Chosen | None:
    """[{"row_id", "index"}] as chosen hits; None where there is none. Raises Invalid."""
    if value is None:
        return None
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_NAMED:
        raise Invalid(_("hits is a list of 1 to %(most)s hits.") % {"most": f"{MOST_NAMED:,}"}, field="hits")
    found: dict[int, set[int]] = {}
    for one in value:
        pk, index = (one.get("row_id"), one.get("index")) if isinstance(one, dict) else (None, None)
        if type(pk) is not int or type(index) is not int or not -(2**63) <= pk < 2**63:
            raise Invalid(_("A hit is {row_id, index}."), field="hits")
        found.setdefault(pk, set()).add(index)
    return {pk: frozenset(some) for pk, some in found.items()}


def left_of(value: Any) -> Chosen:
    """{"row id": [index, …]} as the hits that are left out. Raises Invalid."""
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MOST_NAMED:
        raise Invalid(_("left is {row id: [index, …]}, of %(most)s rows at most.") % {"most": f"{MOST_NAMED:,}"})
    found: dict[int, frozenset[int]] = {}
    for name, some in value.items():
        number = name.removeprefix("-")
        if not (number.isascii() and number.isdecimal() and isinstance(some, list)):
            raise Invalid(_("left is {row id: [index, …]}."), field="left")
        if not all(type(n) is int for n in some):
            raise Invalid(_("left is {row id: [index, …]}."), field="left")
        found[int(name)] = frozenset(some)
    return found
