"""Terms are added, edited and acted on; each change is one revision; the recognition follows it."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.tm.matching.normalise import text_hash
from apps.tm.models import Memory, Term
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import term_indexes
from apps.tm.selectors import terms as selectors
from apps.tm.selectors.terms import TermFilter
from apps.tm.services import memories
from apps.tm.services.terms.act import act
from apps.tm.services.terms.edit import add, edit
from apps.tm.services.terms.values import TermEdit
from apps.tm.term_errors import DuplicateTerm, StaleTerm
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound
from tests.ldm.services.rows.threads import run_all
from tests.tm.services.builders import memory_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(lead: User) -> Memory:
    """An empty term base, Korean to English."""
    term_indexes.forget()
    return memory_named("Terms", lead, Memory.Kind.TERMS)


def check(base: Memory) -> Memory:
    """The base as it is now, after seeing that its counter and stamps are right."""
    base.refresh_from_db()
    terms = Term.objects.filter(memory=base)
    assert (base.entries, base.confirmed) == (terms.filter(removed_at__isnull=True).count(), 0)
    assert not terms.filter(rev__gt=base.revision).exists()
    assert all(term.source_hash == text_hash(term.source) for term in terms)
    return base


def scoped(*bases: Memory) -> list[ScopedMemory]:
    return [ScopedMemory(base.pk, base.name, rank) for rank, base in enumerate(bases)]


def targets(bases: list[ScopedMemory], text: str) -> list[str]:
    return [hit.term.target for hit in selectors.find(bases, text)]


# ---- one at a time ----
def test_a_term_is_added_with_its_values_trimmed(lead: User, base: Memory) -> None:
    values = TermEdit(" 검 ", " sword ", "forbidden", "noun", "A blade.", "Ask.", "c1", True)
    term = add(actor=lead, memory_id=base.pk, term=values)
    term.refresh_from_db()
    assert (term.source, term.target, term.use, term.part_of_speech) == ("검", "sword", "forbidden", "noun")
    assert (term.definition, term.note, term.concept, term.case_sensitive) == ("A blade.", "Ask.", "c1", True)
    assert (term.created_by_name, term.changed_by_name, term.rev) == ("Lea Lead", "Lea Lead", 1)
    assert check(base).entries == 1
    assert AuditEntry.objects.latest("id").action == "term_added"


def test_a_source_has_several_translations_but_each_once(lead: User, base: Memory) -> None:
    first = add(actor=lead, memory_id=base.pk, term=TermEdit("검", "sword"))
    add(actor=lead, memory_id=base.pk, term=TermEdit("검", "blade", "admitted"))
    with pytest.raises(DuplicateTerm) as refused:
        add(actor=lead, memory_id=base.pk, term=TermEdit("검", "sword", "forbidden"))
    assert (refused.value.details["id"], refused.value.status) == (first.pk, 409)
    assert check(base).revision == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"source": " "}, "source"),
        ({"target": "x"}, "source"),
        ({"source": "a" * 501}, "source"),
        ({"source": "a\0"}, "source"),
        ({"source": "a", "target": "\ud800"}, "target"),
        ({"source": "a", "target": "b" * 501}, "target"),
        ({"source": "a", "use": "banned"}, "use"),
        ({"source": "a", "part_of_speech": "n" * 41}, "part_of_speech"),
        ({"source": "a", "use": "forbidden"}, "target"),
    ],
)
def test_what_cannot_be_a_term_is_refused(lead: User, base: Memory, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(actor=lead, memory_id=base.pk, term=TermEdit(**values))  # type: ignore[arg-type]
    assert refused.value.details["field"] == field
    assert check(base).revision == 0


def test_a_memory_holds_no_terms(lead: User, memory: Memory) -> None:
    with pytest.raises(Invalid) as refused:
        add(actor=lead, memory_id=memory.pk, term=TermEdit("a", "b"))
    assert refused.value.code == "wrong_kind"
    with pytest.raises(NotFound):
        add(actor=lead, memory_id=memory.pk + 100, term=TermEdit("a", "b"))


def test_an_edit_is_refused_when_the_term_moved(lead: User, translator: User, base: Memory) -> None:
    term = add(actor=lead, memory_id=base.pk, term=TermEdit("검", "sword"))
    changed = edit(actor=translator, term_id=term.pk, seen_rev=1, changes=TermEdit(target="blade", note="n"))
    assert (changed.target, changed.rev, changed.changed_by_name, changed.created_by_name) == (
        "blade", 2, "Tran Slator", "Lea Lead",
    )  # fmt: skip
    with pytest.raises(StaleTerm) as refused:
        edit(actor=lead, term_id=term.pk, seen_rev=1, changes=TermEdit(target="sabre"))
    assert refused.value.term.target == "blade"
    assert edit(actor=lead, term_id=term.pk, seen_rev=2, changes=TermEdit(target=" blade ")).rev == 2
    assert check(base).revision == 2
    renamed = edit(actor=lead, term_id=term.pk, seen_rev=2, changes=TermEdit(source="칼"))
    assert renamed.source_hash == text_hash("칼")
    add(actor=lead, memory_id=base.pk, term=TermEdit("칼", "knife"))
    with pytest.raises(DuplicateTerm):
        edit(actor=lead, term_id=term.pk, seen_rev=3, changes=TermEdit(target="knife"))
    with pytest.raises(Invalid):
        edit(actor=lead, term_id=term.pk, seen_rev=3, changes=TermEdit(target="", use="forbidden"))
    with pytest.raises(NotFound):
        edit(actor=lead, term_id=term.pk + 999, seen_rev=1, changes=TermEdit(note=""))
    check(base)


# ---- many at once ----
def test_terms_are_deleted_restored_and_used_otherwise(lead: User, base: Memory) -> None:
    ids = [add(actor=lead, memory_id=base.pk, term=TermEdit(f"s{n}", f"t{n}" if n else "")).pk for n in range(5)]
    other = memory_named("Other", lead, Memory.Kind.TERMS)
    foreign = add(actor=lead, memory_id=other.pk, term=TermEdit("x", "y")).pk
    assert act(actor=lead, memory_id=base.pk, act="delete", ids=[*ids[:2], ids[0], foreign, 2**70]) == 2
    assert check(base).entries == 3 and base.revision == 6
    assert act(actor=lead, memory_id=base.pk, act="delete", ids=ids[:2]) == 0
    assert check(base).revision == 6
    with pytest.raises(NotFound):
        edit(actor=lead, term_id=ids[0], seen_rev=6, changes=TermEdit(note="x"))
    assert act(actor=lead, memory_id=base.pk, act="restore", matching=TermFilter(state="deleted")) == 2
    # A term without translation cannot be forbidden.
    assert act(actor=lead, memory_id=base.pk, act="forbid", ids=ids) == 4
    assert act(actor=lead, memory_id=base.pk, act="admit", matching=TermFilter(search="S3")) == 1
    assert act(actor=lead, memory_id=base.pk, act="prefer", ids=ids) == 4
    assert check(base).entries == 5
    assert AuditEntry.objects.filter(action="terms_changed").count() == 5
    for wrong in (
        {"act": "burn", "ids": ids},
        {"act": "delete"},
        {"act": "delete", "ids": [], "matching": TermFilter()},
    ):
        with pytest.raises(Invalid):
            act(actor=lead, memory_id=base.pk, **wrong)  # type: ignore[arg-type]


def test_restoring_makes_no_doubles(lead: User, base: Memory) -> None:
    first = add(actor=lead, memory_id=base.pk, term=TermEdit("s", "t"))
    act(actor=lead, memory_id=base.pk, act="delete", ids=[first.pk])
    second = add(actor=lead, memory_id=base.pk, term=TermEdit("s", "t"))
    assert act(actor=lead, memory_id=base.pk, act="restore", ids=[first.pk]) == 0
    act(actor=lead, memory_id=base.pk, act="delete", ids=[second.pk])
    assert act(actor=lead, memory_id=base.pk, act="restore", ids=[first.pk, second.pk]) == 1
    assert Term.objects.get(removed_at__isnull=True).pk == second.pk
    check(base)


# ---- what is asked ----
def test_terms_are_filtered_and_ordered(lead: User, translator: User, base: Memory) -> None:
    for n, (source, target, use, part) in enumerate(
        [
            ("검", "sword", "preferred", "noun"),
            ("칼", "knife", "forbidden", "noun"),
            ("베다", "to cut", "admitted", "verb"),
        ]
    ):
        actor = translator if n == 2 else lead
        values = TermEdit(source, target, use, part, note="Sharp" if n else "")
        add(actor=actor, memory_id=base.pk, term=values)
    gone = add(actor=lead, memory_id=base.pk, term=TermEdit("옛말", "old"))
    act(actor=lead, memory_id=base.pk, act="delete", ids=[gone.pk])

    def sources(**wanted: object) -> list[str]:
        found = selectors.matching(base, TermFilter(**wanted))  # type: ignore[arg-type]
        return [term.source for term in found.order_by(*selectors.order_of("id"))]

    assert sources() == ["검", "칼", "베다"]
    assert sources(use=["forbidden", "admitted"]) == ["칼", "베다"]
    assert sources(part_of_speech="noun") == ["검", "칼"]
    assert sources(part_of_speech="") == []
    assert sources(state="deleted") == ["옛말"]
    assert sources(author=translator.pk) == ["베다"]
    assert sources(search="SWORD") == sources(search="검") == ["검"]
    assert sources(search="sharp") == [] and sources(search="sharp", fields=["note"]) == ["칼", "베다"]
    assert sources(search="%") == sources(search="\0") == sources(search="x" * 2000) == []
    assert selectors.parts_of_speech(base) == ["noun", "verb"]
    assert [term.source for term in selectors.live(base.pk, chunk=2)] == ["검", "칼", "베다"]
    by_target = selectors.matching(base, TermFilter()).order_by(*selectors.order_of("-target"))
    assert [term.target for term in by_target] == ["to cut", "sword", "knife"]
    for wrong in ({"fields": ["key"]}, {"use": ["x"]}, {"state": "all"}):
        with pytest.raises(Invalid):
            selectors.matching(base, TermFilter(**wrong))  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        selectors.order_of("size")


# ---- recognition ----
def test_terms_of_several_bases_are_found(lead: User, base: Memory) -> None:
    far = memory_named("Far", lead, Memory.Kind.TERMS)
    add(actor=lead, memory_id=base.pk, term=TermEdit("여우", "fox", note="n"))
    add(actor=lead, memory_id=far.pk, term=TermEdit("여우", "vixen", "admitted"))
    add(actor=lead, memory_id=far.pk, term=TermEdit("여우", "fox"))
    add(actor=lead, memory_id=far.pk, term=TermEdit("소금 여우", "Salt Fox"))
    places = scoped(base, far)
    assert targets(places, "여우를, 소금여우는") == ["fox", "vixen", "Salt Fox"]
    hits = selectors.find(places, "그 여우를")
    shown = selectors.present_hits(places, hits)
    assert shown[0] == {
        "term_id": hits[0].term.term_id, "memory": {"id": base.pk, "name": "Terms"}, "source": "여우", "target": "fox",
        "use": "preferred", "note": "n", "part_of_speech": "", "start": 2, "end": 4,
    }  # fmt: skip
    assert selectors.find([], "여우") == []
    assert targets(scoped(far), "여우") == ["fox", "vixen"]


def test_a_trashed_base_and_a_memory_give_no_terms(lead: User, base: Memory, memory: Memory) -> None:
    add(actor=lead, memory_id=base.pk, term=TermEdit("여우", "fox"))
    assert targets(scoped(base, memory), "여우") == ["fox"]
    memories.trash(actor=lead, memory_id=base.pk)
    assert targets(scoped(base, memory), "여우") == []


@pytest.mark.django_db(transaction=True)
def test_the_kept_index_follows_every_change(lead: User, base: Memory) -> None:
    places = scoped(base)
    fox = add(actor=lead, memory_id=base.pk, term=TermEdit("여우", "fox"))
    assert targets(places, "여우와 늑대") == ["fox"]
    kept = term_indexes.indexes([base.pk])[base.pk]
    add(actor=lead, memory_id=base.pk, term=TermEdit("늑대", "wolf"))
    assert targets(places, "여우와 늑대") == ["fox", "wolf"]
    fox = edit(actor=lead, term_id=fox.pk, seen_rev=fox.rev, changes=TermEdit(target="vixen"))
    assert targets(places, "여우와 늑대") == ["vixen", "wolf"]
    act(actor=lead, memory_id=base.pk, act="delete", ids=[fox.pk])
    assert targets(places, "여우와 늑대") == ["wolf"]
    act(actor=lead, memory_id=base.pk, act="restore", ids=[fox.pk])
    assert targets(places, "여우와 늑대") == ["vixen", "wolf"]
    assert term_indexes.indexes([base.pk])[base.pk] is kept
    # Another language reads the same terms otherwise: the index is made anew.
    memories.update(actor=lead, memory_id=base.pk, edit=memories.MemoryEdit(source_language="ja"))
    assert term_indexes.indexes([base.pk])[base.pk] is not kept


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_there(lead: User, base: Memory) -> None:
    places = scoped(base)
    add(actor=lead, memory_id=base.pk, term=TermEdit("여우", "fox"))
    assert targets(places, "여우와 늑대") == ["fox"]

    class Undo(Exception):
        pass

    with pytest.raises(Undo), workspaces.atomic():
        add(actor=lead, memory_id=base.pk, term=TermEdit("늑대", "dog"))
        assert targets(places, "여우와 늑대") == ["fox", "dog"]
        raise Undo
    assert targets(places, "여우와 늑대") == ["fox"]
    add(actor=lead, memory_id=base.pk, term=TermEdit("늑대", "wolf"))
    assert targets(places, "여우와 늑대") == ["fox", "wolf"]


@pytest.mark.django_db(transaction=True)
def test_an_index_of_an_id_given_twice_is_not_the_old_one(lead: User, base: Memory) -> None:
    add(actor=lead, memory_id=base.pk, term=TermEdit("여우", "fox"))
    assert targets(scoped(base), "여우") == ["fox"]
    pk = base.pk
    Term.objects.all().delete()
    base.delete()
    again = Memory.objects.create(
        pk=pk, kind=Memory.Kind.TERMS, name="New", source_language="ko", target_language="en", revision=1
    )
    assert targets(scoped(again), "여우") == []


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_keep_counters_and_revisions_right(lead: User, base: Memory) -> None:
    started = timezone.now()

    def write(number: int) -> None:
        for n in range(5):
            term = add(actor=lead, memory_id=base.pk, term=TermEdit(f"s{number}-{n}", "t"))
            if n % 2:
                act(actor=lead, memory_id=base.pk, act="delete", ids=[term.pk])
            selectors.find(scoped(base), "s1-0 s2-0")

    assert run_all([partial(write, number) for number in range(3)]) == []
    base = check(base)
    assert (base.entries, base.revision) == (9, 21)
    assert base.changed_at > started
    assert len(targets(scoped(base), "s0-0, s1-0, s2-2")) == 3
