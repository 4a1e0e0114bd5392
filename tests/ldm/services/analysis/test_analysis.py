"""Analysis: each row in one band, sums that are the total, scopes, rates, tables, tasks over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.models import File, Project, Row, Status
from apps.ldm.selectors.chosen_files import Chosen, files_of
from apps.ldm.services.analysis import rates, run, sheets
from apps.ldm.services.analysis.bands import BANDS, Figures, Size, band_of, summed
from apps.ldm.services.analysis.scope import EarlierTexts
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.tree.create import create_folder
from apps.ldm.services.tree.structure import Ref
from apps.ldm.services.tree.update import update_node
from apps.tasks.models import TaskRun
from apps.tasks.services import run_now
from apps.tm.models import Memory
from locanext_project.errors import Forbidden, Invalid
from tests.ldm.services.pretranslate.conftest import _fresh_readers, make_memory  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db
MakeFile = Callable[..., File]
MakeMemory = Callable[..., Memory]


def analyse(actor: User, *files: File, **options: Any) -> dict[str, Any]:
    return run.analyse(actor=actor, files=files_of(actor, Chosen(files=[file.pk for file in files])), **options)


def rows_in(one: dict[str, Any]) -> dict[str, int]:
    """Rows by band, without empty ones."""
    return {band: size[0] for band, size in one["bands"].items() if size[0]}


def test_every_row_is_in_the_band_of_what_is_known_of_it(
    make_file: MakeFile,
    make_memory: MakeMemory,  # noqa: F811
    translator: User,
) -> None:
    """Defect 13: the analysis called everything new, and its lowest band could not be reached."""
    file = make_file([
        ("S1", "등대지기가 안개 속에서 종을 친다", ""),
        ("X2", "고래가 노래하면 배가 돌아온다", ""),
        ("X3", "사과 7개를 성문으로 가져와라", ""),
        ("X4", "폐허가 된 탑의 꼭대기에 오르면 별이 보인다", ""),
        ("X5", "폐허가 된 탑의 꼭대기에 오르면 달이 보인다", ""),
        ("X6", "폐허가 된 탑의 꼭대기에 오르면 별이 보인다", ""),
        ("X7", "겨울 축제의 초대장", ""),
    ])  # fmt: skip
    make_memory([
        ("S1", "등대지기가 안개 속에서 종을 친다", "The keeper rings the bell in the fog"),
        ("Z2", "고래가 노래하면 배가 돌아온다", "When the whale sings the ships return"),
        ("Z3", "사과 3개를 성문으로 가져와라", "Bring 3 apples to the gate"),
    ])  # fmt: skip
    result = analyse(translator, file)
    found = rows_in(result["files"][0])
    assert found.pop("95-99") + found.pop("101") + found.pop("100") == 3
    assert found == {"new": 2, "internal": 1, "repetition": 1}
    without = rows_in(analyse(translator, file, internal=False)["files"][0])
    assert (without["new"], without.get("internal")) == (3, None)


def test_the_lowest_band_is_reached(make_file: MakeFile, make_memory: MakeMemory, translator: User) -> None:  # noqa: F811
    file = make_file([("A", "붉은 사막의 모래 폭풍을 피해 동굴로 들어가라", "")])
    make_memory([("Z", "붉은 사막의 모래 폭풍을 뚫고 마을까지 걸어라", "Walk through the sandstorm to the village")])
    (band,) = rows_in(analyse(translator, file)["files"][0])
    assert band in ("50-74", "75-84")


def test_without_memories_all_is_new_and_repeated(make_file: MakeFile, translator: User) -> None:
    file = make_file([("A", "하나", ""), ("B", "하나", ""), ("C", "둘", "")])
    result = analyse(translator, file)
    assert rows_in(result["files"][0]) == {"new": 2, "repetition": 1}
    assert result["files"][0]["memories"] == 0


def test_repetitions_reach_over_files_of_the_same_languages(
    make_file: MakeFile, project: Project, translator: User
) -> None:
    rows = [("A", "등불을 건네받는다", ""), ("B", "배가 떠난다", "")]
    first, second, third = (make_file(rows, name) for name in ("a 2.xml", "a 10.xml", "b.xml"))
    File.objects.filter(pk=third.pk).update(target_language="fr")
    result = analyse(translator, third, second, first)
    assert [one["name"] for one in result["files"]] == ["a 2.xml", "a 10.xml", "b.xml"]
    assert [rows_in(one) for one in result["files"]] == [{"new": 2}, {"repetition": 2}, {"new": 2}]
    assert {one["language"]: rows_in(one) for one in result["languages"]} == {
        "en": {"new": 2, "repetition": 2},
        "fr": {"new": 2},
    }


def test_confirmed_rows_can_be_left_out_and_are_repeated_all_the_same(
    make_file: MakeFile, project: Project, lead: User
) -> None:
    file = make_file([("A", "등불을 건네받는다", "x"), ("B", "등불을 건네받는다", ""), ("C", "끝", "")])
    row = Row.objects.get(file=file, key="A")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev,
             edit=RowEdit(target="The lantern", status=Status.CONFIRMED))  # fmt: skip
    result = analyse(lead, file, leave_confirmed=True)["files"][0]
    assert (result["left_out"][0], rows_in(result)) == (1, {"repetition": 1, "new": 1})
    assert analyse(lead, file)["files"][0]["left_out"] == [0, 0, 0, 0]


def test_words_are_counted_by_script_and_without_codes(make_file: MakeFile, translator: User) -> None:
    file = make_file([("A", "고래기름 {0}통을 가져와라", ""), ("B", "漢字かな", "")])
    File.objects.filter(pk=file.pk).update(source_language="")
    total = analyse(translator, file)["total"]["total"]
    assert total == [2, 3 + 4, 12 + 4, 10 + 4]


TEXT = st.text(alphabet="가나다 abc.{}0漢", max_size=12).filter(lambda text: text.strip() != "")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.tuples(TEXT, st.booleans()), min_size=1, max_size=15),
    known=st.lists(TEXT, max_size=6),
    internal=st.booleans(),
    leave=st.booleans(),
)
def test_the_bands_sum_to_the_total(
    texts: list[tuple[str, bool]],
    known: list[str],
    internal: bool,
    leave: bool,
    make_file: MakeFile,
    make_memory: MakeMemory,  # noqa: F811
    lead: User,
) -> None:
    file = make_file([(f"K{n}", "x", "") for n in range(len(texts))], f"{id(texts)}.xml")
    for row, (text, confirmed) in zip(Row.objects.filter(file=file).order_by("position"), texts, strict=True):
        Row.objects.filter(pk=row.pk).update(source=text, status=Status.CONFIRMED if confirmed else Status.NEW)
    Memory.objects.all().delete()
    make_memory([("", text, "y") for text in dict.fromkeys(known)], f"m{id(known)}")
    result = analyse(lead, file, internal=internal, leave_confirmed=leave)
    left = [text for text, confirmed in texts if leave and confirmed]
    one = result["files"][0]
    for unit in range(4):
        assert sum(size[unit] for size in one["bands"].values()) == one["total"][unit]
    assert one["total"][0] == len(texts) - len(left)
    assert one["left_out"][0] == len(left)
    whole = run.Figures()
    for row in Row.objects.filter(file=file):
        whole.add("new", Size(1, *run_counts(row.source)))
    assert [a + b for a, b in zip(one["total"], one["left_out"], strict=True)] == list(whole.total)
    assert result["total"]["total"] == one["total"]
    assert one["weighted"] <= one["total"][1]
    if not internal:
        assert one["bands"]["internal"][0] == 0


def run_counts(source: str) -> tuple[int, int, int]:
    from apps.ldm.formats.words import count_characters, count_words

    return count_words(source, "ko"), count_characters(source), count_characters(source, spaces=False)


def test_similar_earlier_sources_are_those_of_brute_force() -> None:
    from rapidfuzz.distance import Levenshtein

    from apps.tm.matching.normalise import normalise

    texts = [f"등대 {a} 안개 {b} 고래 {a * b % 5}" for a in range(8) for b in range(6)] + ["끝", "", "전혀 다른 말"]
    earlier = EarlierTexts()
    for text in texts:
        earlier.seen(text)
    found = earlier.similar(range(len(texts)))
    for number, text in enumerate(texts):
        scores = [Levenshtein.normalized_similarity(normalise(text), normalise(other)) for other in texts[:number]]
        best = max((score for score in scores if score >= 0.75), default=None)
        assert found.get(number) == (None if best is None or not text else pytest.approx(best)), text


def test_a_source_among_more_similar_later_ones_is_found() -> None:
    earlier = EarlierTexts()
    earlier.seen("등대지기가 종을 친다 ab")
    number, _ = earlier.seen("등대지기가 종을 친다")
    for n in range(40):
        earlier.seen(f"등대지기가 종을 친다{n % 10}{n // 10}")
    assert number in earlier.similar([number])


@pytest.mark.parametrize(
    ("score", "band"),
    [(102, "102"), (101, "101"), (100, "100"), (99, "95-99"), (95, "95-99"), (94, "85-94"), (84, "75-84"),
     (75, "75-84"), (74, "50-74"), (50, "50-74"), (49, "new"), (0, "new")],
)  # fmt: skip
def test_bands_have_their_limits(score: int, band: str) -> None:
    assert band_of(score) == band


def test_figures_add_up_and_weigh() -> None:
    one, other = Figures(), Figures()
    one.add("100", Size(1, 10, 40, 30))
    other.add("new", Size(2, 20, 80, 70))
    total = summed([one, other])
    assert total.total == Size(3, 30, 120, 100)
    assert total.weighted(rates.DEFAULTS) == 23
    assert set(rates.DEFAULTS) == set(BANDS)


def test_rates_are_the_projects_and_leads_set_them(project: Project, lead: User, translator: User) -> None:
    assert rates.rates_of(project) == rates.DEFAULTS
    with pytest.raises(Forbidden):
        rates.set_rates(actor=translator, project_id=project.pk, rates={"100": 0})
    Project.objects.filter(pk=project.pk).update(settings={"other": 1})
    rates.set_rates(actor=lead, project_id=project.pk, rates={"100": 10})
    rates.set_rates(actor=lead, project_id=project.pk, rates={"100": 10})
    project.refresh_from_db()
    assert rates.rates_of(project) == rates.DEFAULTS | {"100": 10}
    assert project.settings["other"] == 1
    assert AuditEntry.objects.filter(action="rates_changed").count() == 1
    for wrong in ({"101": -1}, {"101": 1001}, {"101": "5"}, {"101": True}, {"90": 5}):
        with pytest.raises(Invalid):
            rates.set_rates(actor=lead, project_id=project.pk, rates=wrong)


def test_tables_hold_the_figures(make_file: MakeFile, translator: User) -> None:
    first, second = make_file(name="=cmd.xml"), make_file(name="b.xml")
    result = analyse(translator, first, second)
    lines = list(csv.DictReader(io.StringIO(sheets.as_csv(result).decode("utf-8-sig"))))
    assert [line["File"] for line in lines] == ["'=cmd.xml", "b.xml", ""]
    assert [int(line["Total: words"]) for line in lines] == [
        result["files"][0]["total"][1], result["files"][1]["total"][1], result["total"]["total"][1],
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(sheets.as_xlsx(result)))
    assert book.sheetnames == ["Files", "Languages", "Rates"]
    table = list(book["Files"].iter_rows(values_only=True))
    assert (table[1][2], table[1][2].__class__) == ("=cmd.xml", str)
    place = table[0].index("Repetitions: rows")
    assert table[3][place] == result["total"]["bands"]["repetition"][0]
    assert [row[0] for row in book["Languages"].iter_rows(values_only=True)][1:] == ["en", "Total"]
    assert list(book["Rates"].iter_rows(values_only=True))[1][1:] == tuple(rates.DEFAULTS[band] for band in BANDS)


# ---- over HTTP ----
def test_an_analysis_of_a_project_is_a_task_with_tables_and_a_page(
    make_file: MakeFile, project: Project, translator: User, stranger: User, lead: User, client_for: Callable[..., Any]
) -> None:
    folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="deep")
    file = make_file()
    File.objects.filter(pk=file.pk).update(folder=folder)
    client = client_for(translator)
    for path in (f"projects/{project.pk}/analysis", f"folders/{folder.pk}/analysis", f"files/{file.pk}/analysis"):
        started = client.post(f"/api/v1/{path}", {})
        assert started.status_code == 202, started.content
    task = run_now(started.json()["task"]["id"])
    assert (task.status, task.error) == ("succeeded", "")
    shown = client.get(f"/api/v1/tasks/{task.pk}").json()
    assert shown["result"]["files"][0]["folder"] == "deep"
    assert sorted(one["name"].rpartition(".")[2] for one in shown["files"]) == ["csv", "xlsx"]
    assert client.get(f"/analysis/{task.pk}/").status_code == 200
    assert client_for(lead).get(f"/analysis/{task.pk}/").status_code == 200
    assert client_for(stranger).get(f"/analysis/{task.pk}/").status_code == 404
    other = client.post(f"/api/v1/files/{file.pk}/pretranslate", {}).json()["task"]["id"]
    assert client.get(f"/analysis/{other}/").status_code == 404
    for wrong in ({"internal": 1}, {"speed": True}):
        assert client.post(f"/api/v1/files/{file.pk}/analysis", wrong).status_code == 400
    assert client.post("/api/v1/analysis", {}).status_code == 400
    assert client.post("/api/v1/analysis", {"files": "x"}).status_code == 400


def test_rates_over_http(project: Project, lead: User, translator: User, client_for: Callable[..., Any]) -> None:
    path = f"/api/v1/projects/{project.pk}/rates"
    assert client_for(translator).get(path).json()["rates"] == rates.DEFAULTS
    assert client_for(translator).put(path, {"rates": {"new": 90}}).status_code == 403
    assert client_for(lead).put(path, {"rates": {"new": 90}}).json()["rates"]["new"] == 90
    assert client_for(lead).put(path, {"rates": [1]}).status_code == 400
    assert client_for(lead).put(path, {"rates": {"new": 9000}}).json()["error"]["details"] == {"field": "new"}


def test_a_pretranslation_over_http(
    make_file: MakeFile,
    make_memory: MakeMemory,  # noqa: F811
    project: Project,
    translator: User,
    stranger: User,
    lead: User,
    client_for: Callable[..., Any],
) -> None:
    make_memory([("S3", "안개가 걷힌다", "The fog lifts")])
    file, second = make_file(), make_file(name="two.xml")
    client = client_for(translator)
    dry = client.post(f"/api/v1/files/{file.pk}/pretranslate", {"threshold": 100, "dry_run": True})
    assert dry.status_code == 202
    task = run_now(dry.json()["task"]["id"])
    assert (task.result["filled"], task.result["dry_run"], task.silent) == (2, True, True)
    assert not Row.objects.filter(origin="tm").exists()
    many = client.post("/api/v1/pretranslate", {"files": [file.pk], "projects": [project.pk], "threshold": 100})
    done = run_now(many.json()["task"]["id"]).result
    assert (done["filled"], [one["name"] for one in done["files"]]) == (4, ["quest.xml", "two.xml"])
    assert all(one["change_set"] for one in done["files"])
    revert = client.post(f"/api/v1/change-sets/{done['files'][0]['change_set']}/revert", {})
    assert run_now(revert.json()["task"]["id"]).result["reverted"] == 2
    assert Row.objects.filter(file=second, origin="tm").count() == 2
    for wrong in ({"threshold": 3}, {"kinds": ["x"]}, {"dry_run": "yes"}, {"nothing": 1}):
        assert client.post(f"/api/v1/files/{file.pk}/pretranslate", wrong).status_code == 400
    assert client.post(f"/api/v1/files/{file.pk}/pretranslate", {"confirmed": True}).status_code == 403
    assert client_for(lead).post(f"/api/v1/files/{file.pk}/pretranslate", {"confirmed": True}).status_code == 202
    update_node(actor=lead, ref=Ref("project", project.pk), changes={"restricted": True})
    for body in ({"files": [file.pk]}, {"projects": [project.pk]}):
        assert client_for(stranger).post("/api/v1/pretranslate", body).status_code == 404
    before = TaskRun.objects.count()
    assert client_for().post("/api/v1/pretranslate", {"files": [file.pk]}).status_code == 401
    assert TaskRun.objects.count() == before
