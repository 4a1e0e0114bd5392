"""Term bases are imported in four modes, exported, and read back; candidates become terms when a person says so."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.formats.tbx_terms import read_terms
from apps.ldm.formats.units import TermUnit
from apps.tm.matching.candidates import Candidate
from apps.tm.models import Memory, Term, TermCandidate
from apps.tm.selectors import terms as selectors
from apps.tm.services.terms import candidates, export_terms, load_terms, preview_terms
from apps.tm.services.terms.act import act
from apps.tm.services.terms.load import MODES
from locanext_project.errors import Invalid, NotFound
from tests.tm.services.builders import memory_named

pytestmark = pytest.mark.django_db
Pairs = list[tuple[str, str]]


@pytest.fixture
def base(lead: User) -> Memory:
    """A term base with three terms of two sources."""
    base = memory_named("Terms", lead, Memory.Kind.TERMS)
    units = [TermUnit("검", "sword", note="old note"), TermUnit("검", "blade", "admitted"), TermUnit("여우", "fox")]
    result = load_terms(actor=lead, memory_id=base.pk, units=units, mode="merge", origin="terms.tbx")
    assert (result.read, result.added, result.revision) == (3, 3, 1)
    base.refresh_from_db()
    return base


def live(base: Memory) -> Pairs:
    return sorted(Term.objects.filter(memory=base, removed_at__isnull=True).values_list("source", "target"))


def check(base: Memory) -> None:
    base.refresh_from_db()
    assert base.entries == len(live(base))
    assert not Term.objects.filter(memory=base, rev__gt=base.revision).exists()


FILE = [TermUnit("검", "sabre"), TermUnit("검", "sword", "forbidden", "noun"), TermUnit("용", "dragon")]


@pytest.mark.parametrize(
    ("mode", "expected", "figures"),
    [
        ("overwrite", [("검", "sabre"), ("검", "sword"), ("여우", "fox"), ("용", "dragon")], (1, 2, 0, 0)),
        ("merge", [("검", "blade"), ("검", "sword"), ("여우", "fox"), ("용", "dragon")], (1, 0, 0, 2)),
        (
            "keep_all",
            [("검", "blade"), ("검", "sabre"), ("검", "sword"), ("여우", "fox"), ("용", "dragon")],
            (2, 0, 0, 1),
        ),
        ("diff", [("검", "sabre"), ("검", "sword"), ("용", "dragon")], (1, 2, 1, 0)),
    ],
)
def test_the_modes(lead: User, base: Memory, mode: str, expected: Pairs, figures: tuple[int, ...]) -> None:
    ids = dict(Term.objects.values_list("target", "pk"))
    shown = preview_terms(memory_id=base.pk, units=FILE, mode=mode)  # type: ignore[arg-type]
    result = load_terms(actor=lead, memory_id=base.pk, units=FILE, mode=mode)  # type: ignore[arg-type]
    assert (result.added, result.changed, result.removed, result.unchanged) == figures
    assert (shown["new"], shown["changed"], shown["gone"], shown["unchanged"]) == figures
    assert live(base) == expected
    sword = Term.objects.get(target="sword")
    if mode in ("overwrite", "diff"):
        assert (sword.use, sword.part_of_speech, sword.note, sword.rev) == ("forbidden", "noun", "old note", 2)
        # The translation that took the place of another one keeps its row.
        assert Term.objects.get(target="sabre").pk == ids["blade"]
        assert {
            "source": "검", "target": "sabre", "use": "preferred", "term_id": ids["blade"], "target_before": "blade",
            "use_before": "admitted",
        } in shown["samples"]["changed"]  # fmt: skip
    else:
        assert (sword.use, sword.rev) == ("preferred", 1)
    check(base)
    assert base.revision == 2
    assert AuditEntry.objects.filter(action="memory_imported").count() == 2
    if mode != "keep_all":
        again = load_terms(actor=lead, memory_id=base.pk, units=FILE, mode=mode)  # type: ignore[arg-type]
        assert (again.added, again.changed, again.removed, again.revision) == (0, 0, 0, 2)


def test_a_preview_writes_nothing(base: Memory) -> None:
    shown = preview_terms(memory_id=base.pk, units=FILE)
    assert shown["samples"]["gone"] == [{"source": "여우", "target": "fox", "use": "preferred"}]
    assert shown["samples"]["new"] == [{"source": "용", "target": "dragon", "use": "preferred"}]
    base.refresh_from_db()
    assert (base.revision, len(live(base))) == (1, 3)


def test_what_a_file_may_hold_twice_or_wrongly(lead: User, base: Memory) -> None:
    units = [
        TermUnit(" 용 ", "dragon", note="first"),
        TermUnit("용", "dragon ", note="second"),
        TermUnit("", "x"),
        TermUnit("x", " "),
        TermUnit("a" * 501, "x"),
        TermUnit("y", "z\0"),
        TermUnit("z", "z", "odd"),
    ]
    result = load_terms(actor=lead, memory_id=base.pk, units=units, mode="overwrite")
    assert (result.read, result.added, result.merged, result.skipped) == (7, 1, 1, 5)
    assert [warning.place for warning in result.warnings] == ["3", "x", "a" * 80, "y", "z"]
    assert Term.objects.get(source="용").note == "second"
    check(base)


def test_an_error_of_the_reader_undoes_everything(lead: User, base: Memory) -> None:
    def broken() -> Iterator[TermUnit]:
        yield TermUnit("용", "dragon")
        raise ValueError("line 2")

    with pytest.raises(ValueError, match="line 2"):
        load_terms(actor=lead, memory_id=base.pk, units=broken(), mode="diff")
    assert len(live(base)) == 3
    with pytest.raises(Invalid):
        load_terms(actor=lead, memory_id=base.pk, units=[], mode="swap")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        load_terms(actor=lead, memory_id=base.pk + 99, units=[], mode="merge")


def test_the_modes_against_their_definition(lead: User) -> None:
    """Random bases and files: what is live afterwards follows from sets."""
    rng = random.Random(3)
    for number in range(40):
        base = memory_named(f"Random {number}", lead, Memory.Kind.TERMS)
        before = {(f"s{rng.randrange(4)}", f"t{rng.randrange(4)}") for _ in range(rng.randrange(8))}
        file = [(f"s{rng.randrange(4)}", f"t{rng.randrange(4)}") for _ in range(rng.randrange(8))]
        load_terms(actor=lead, memory_id=base.pk, units=[TermUnit(*pair) for pair in before], mode="keep_all")
        mode = rng.choice(MODES)
        result = load_terms(actor=lead, memory_id=base.pk, units=[TermUnit(*pair) for pair in file], mode=mode)
        sources = {source for source, _ in file}
        expected = {
            "keep_all": before | set(file),
            "merge": before | {pair for pair in file if pair[0] not in {source for source, _ in before}},
            "overwrite": {pair for pair in before if pair[0] not in sources} | set(file),
            "diff": set(file),
        }[mode]
        assert live(base) == sorted(expected)
        assert result.read == len(file) == result.added + result.changed + result.unchanged + result.merged
        check(base)


# ---- files ----
@pytest.mark.parametrize("name", ["terms.tbx", "terms.xlsx", "terms.tsv"])
def test_what_is_exported_is_read_again(lead: User, base: Memory, name: str) -> None:
    more = [
        TermUnit("소금 여우", 'Salt "Fox" & <co>', "forbidden", "noun", "A fox.\nOf salt.", "Ask", "c7", True),
        TermUnit("소금 여우", "salt fox", "preferred", "", "A fox.\nOf salt.", "", "c7", True),
    ]
    load_terms(actor=lead, memory_id=base.pk, units=more, mode="keep_all")
    base.refresh_from_db()
    stream = io.BytesIO()
    done = export_terms(actor=lead, memory=base, stream=stream, format=name.rpartition(".")[2])  # type: ignore[arg-type]
    assert (done["terms"], done["skipped"]) == (5, 0)
    read = list(read_terms(name, stream.getvalue(), "ko", "en"))
    same = preview_terms(memory_id=base.pk, units=read)
    assert (same["new"], same["changed"], same["gone"], same["unchanged"]) == (0, 0, 0, 5)
    assert set(more) <= set(read)
    assert AuditEntry.objects.latest("id").action == "memory_exported"
    with pytest.raises(Invalid):
        export_terms(actor=lead, memory=base, stream=io.BytesIO(), format="doc")  # type: ignore[arg-type]


def test_a_tbx_leaves_out_what_it_cannot_hold(lead: User, base: Memory) -> None:
    Term.objects.filter(target="fox").update(target="")
    Term.objects.filter(target="blade").update(note="bell \x07")
    done = export_terms(actor=lead, memory=base, stream=io.BytesIO(), format="tbx")
    assert (done["terms"], done["skipped"]) == (1, 2)
    assert {warning.place for warning in done["warnings"]} == {"여우", "검"}


# ---- candidates ----
FOUND = [
    Candidate("안개", 9, "fog", "안개가 걷힌다"),
    Candidate("등대", 4, "", "등대로"),
    Candidate("바다", 2, "sea", "바다"),
]


def test_candidates_wait_and_count_only_when_accepted(lead: User, base: Memory) -> None:
    assert candidates.keep(actor=lead, memory_id=base.pk, found=FOUND) == (3, 0, 0)
    base.refresh_from_db()
    assert (base.entries, base.revision) == (3, 1)
    fog, light, sea = selectors.candidates(base, "open").order_by("-occurrences")
    assert selectors.present_candidate(fog)["example"] == "안개가 걷힌다"
    done = candidates.decide(
        actor=lead, memory_id=base.pk, ids=[fog.pk, light.pk, fog.pk, 10**6], decision="accept",
        targets={light.pk: " lighthouse "},
    )  # fmt: skip
    assert done == (2, 2)
    assert candidates.decide(actor=lead, memory_id=base.pk, ids=[sea.pk], decision="refuse") == (1, 0)
    assert ("등대", "lighthouse") in live(base) and ("안개", "fog") in live(base) and len(live(base)) == 5
    check(base)
    assert base.revision == 2
    fog.refresh_from_db()
    assert (fog.decision, fog.decided_by_name) == ("accepted", "Lea Lead") and fog.decided_at is not None
    assert candidates.decide(actor=lead, memory_id=base.pk, ids=[fog.pk], decision="accept") == (0, 0)
    assert not selectors.candidates(base, "open").exists()


def test_what_was_refused_is_not_offered_again(lead: User, base: Memory) -> None:
    candidates.keep(actor=lead, memory_id=base.pk, found=FOUND)
    sea = TermCandidate.objects.get(source="바다")
    candidates.decide(actor=lead, memory_id=base.pk, ids=[sea.pk], decision="refuse")
    assert {"바다", "검", "여우"} == set(candidates.settled(base.pk))
    more = [Candidate("바다", 30, "ocean", ""), Candidate("안개", 10, "mist", "e"), Candidate("새", 2, "bird", "")]
    assert candidates.keep(actor=lead, memory_id=base.pk, found=more) == (1, 1, 1)
    assert TermCandidate.objects.get(source="바다").occurrences == 2
    fog = TermCandidate.objects.get(source="안개")
    assert (fog.occurrences, fog.suggestion, fog.example) == (10, "mist", "e")
    assert candidates.decide(actor=lead, memory_id=base.pk, ids=[sea.pk], decision="reopen") == (1, 0)
    sea.refresh_from_db()
    assert (sea.decision, sea.decided_at, sea.decided_by_name) == ("open", None, "")


def test_accepting_what_is_a_term_already_makes_none(lead: User, base: Memory) -> None:
    candidates.keep(actor=lead, memory_id=base.pk, found=[Candidate("검", 5, "sword", "")])
    pk = TermCandidate.objects.get().pk
    assert candidates.decide(actor=lead, memory_id=base.pk, ids=[pk], decision="accept") == (1, 0)
    base.refresh_from_db()
    assert base.revision == 1
    removed = Term.objects.filter(source="검").values_list("pk", flat=True)
    act(actor=lead, memory_id=base.pk, act="delete", ids=list(removed))
    candidates.decide(actor=lead, memory_id=base.pk, ids=[pk], decision="reopen")
    assert candidates.decide(actor=lead, memory_id=base.pk, ids=[pk], decision="accept") == (1, 1)
    check(base)


def test_wrong_decisions_are_refused(lead: User, base: Memory, memory: Memory) -> None:
    candidates.keep(actor=lead, memory_id=base.pk, found=FOUND)
    pk = TermCandidate.objects.first().pk  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        candidates.decide(actor=lead, memory_id=base.pk, ids=[pk], decision="maybe")  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        candidates.decide(actor=lead, memory_id=base.pk, ids=[pk], decision="accept", targets={pk: "x" * 501})
    with pytest.raises(Invalid):
        candidates.keep(actor=lead, memory_id=memory.pk, found=FOUND)
    with pytest.raises(Invalid):
        selectors.candidates(base, "none")
    other = memory_named("Other", lead, Memory.Kind.TERMS)
    assert candidates.decide(actor=lead, memory_id=other.pk, ids=[pk], decision="accept") == (0, 0)
    assert [one.source for one in selectors.candidates(base, "open", "FOG")] == ["안개"]
