"""Many files at once: folders, zips good and bad, cancelling."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.models import File, Folder, Original, Project, Row
from apps.ldm.services.files import import_many as module
from apps.ldm.services.files import unpacking
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.files.import_many import Imported, Item, import_many
from apps.ldm.services.tree.create import create_project
from apps.tasks.limits import limited
from locanext_project.errors import Conflict, Invalid
from tests.ldm.services.conftest import locstr

pytestmark = pytest.mark.django_db
GOOD = locstr([("A", "등대", "Lighthouse")])
Import = Callable[..., Imported]


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in members:
            packed.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def put(lead: User, project: Project) -> Import:
    """`put(item, ...)`: import (path, data) items into the project."""

    def run(*items: tuple[str, bytes], **more: object) -> Imported:
        wanted = [Item(path, data) for path, data in items]
        return import_many(actor=lead, project=project, folder=None, items=wanted, **more)  # type: ignore[arg-type]

    return run


def paths() -> list[str]:
    found = []
    for file in File.objects.select_related("folder__parent"):
        names, folder = [file.name], file.folder
        while folder is not None:
            names.append(folder.name)
            folder = folder.parent
        found.append("/".join(reversed(names)))
    return sorted(found)


def test_a_zip_keeps_its_paths_and_leaves_litter_behind(put: Import) -> None:
    done = put(
        (
            "drop/pack.zip",
            zipped(
                [
                    ("quest/deep/a.xml", GOOD), ("b.xml", GOOD), ("quest\\c.xml", GOOD), ("../../up.xml", GOOD),
                    ("/abs.xml", GOOD), ("__MACOSX/quest/._a.xml", b"x"), ("quest/._c.xml", b"x"),
                    ("quest/.DS_Store", b"x"), ("notes.doc", b"x"), ("empty/", b""),
                ]
            ),
        )
    )  # fmt: skip
    assert done.errors == []
    assert paths() == [
        "drop/abs.xml", "drop/b.xml", "drop/quest/c.xml", "drop/quest/deep/a.xml", "drop/up.xml",
    ]  # fmt: skip
    assert Folder.objects.count() == 3


@pytest.mark.parametrize("encoding", ["utf-8", "euc-kr"])
def test_korean_names_without_the_mark_of_utf8(put: Import, encoding: str) -> None:
    data = zipped([("XXXXXXXX.xml", GOOD)])
    name = "대사등대"[: 4 if encoding == "euc-kr" else 2] + ("" if encoding == "euc-kr" else "ab")
    raw = name.encode(encoding)
    assert len(raw) == 8
    put(("pack.zip", data.replace(b"XXXXXXXX", raw)))
    assert paths() == [f"{name}.xml"]


def test_western_names_stay_western(put: Import) -> None:
    put(("pack.zip", zipped([("XXXXX.xml", GOOD)]).replace(b"XXXXX", "élève".encode("cp437"))))
    assert paths() == ["élève.xml"]


def test_what_is_broken_is_listed_and_the_rest_is_in(put: Import) -> None:
    damaged = bytearray(zipped([("ok.xml", GOOD), ("hurt.xml", GOOD * 50)]))
    at = damaged.rindex(b"PK\x03\x04") + 60
    damaged[at : at + 20] = b"\xff" * 20
    nested = zipped([("in.zip", zipped([("x.xml", GOOD)])), ("fine.xml", GOOD)])
    done = put(
        ("good.xml", GOOD), ("broken.xml", b"<a><b></a>"), ("not.zip", b"PK\x03\x04nonsense"),
        ("hurt.zip", bytes(damaged)), ("nested.zip", nested), ("none.zip", zipped([("a.png", b"x")])),
        ("odd.bin", b"\x00"), ("deep/broken.xml", b"<a>"),
    )  # fmt: skip
    assert paths() == ["fine.xml", "good.xml", "ok.xml"]
    assert {error["path"] for error in done.errors} == {
        "broken.xml", "not.zip", "hurt.xml", "in.zip", "none.zip", "odd.bin", "deep/broken.xml",
    }  # fmt: skip
    assert all(error["message"] for error in done.errors)
    assert not Folder.objects.exists()


def test_an_encrypted_member_is_refused(put: Import) -> None:
    data = bytearray(zipped([("a.xml", GOOD), ("b.xml", GOOD)]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    done = put(("pack.zip", bytes(data)))
    assert [error["path"] for error in done.errors] == ["a.xml"]
    assert "password" in done.errors[0]["message"]
    assert paths() == ["b.xml"]


def test_bombs_and_crowds_are_refused_whole(put: Import, monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    monkeypatch.setattr(unpacking, "MAX_MEMBERS", 3)
    monkeypatch.setattr(unpacking, "RATIO_COUNTS_FROM", 100_000)
    settings.UPLOAD_MAX_MB = 1  # type: ignore[attr-defined]
    crowd = zipped([(f"{n}.xml", GOOD) for n in range(4)])
    bomb = zipped([("good.xml", GOOD), ("bomb.xml", b" " * 900_000)])
    big = zipped([(f"{n}.xml", b" " * 500_000) for n in range(3)])
    done = put(("crowd.zip", crowd), ("bomb.zip", bomb), ("big.zip", big), ("good.xml", GOOD))
    assert [error["path"] for error in done.errors] == ["crowd.zip", "bomb.zip", "big.zip"]
    assert paths() == ["good.xml"]


def test_no_bytes_make_a_zip_crash(put: Import) -> None:
    chance, whole = random.Random(3), zipped([("a.xml", GOOD), ("b/c.xml", GOOD * 3)])
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        done = put(("fuzz.zip", bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])))
        assert done.files or done.errors


def test_cancelling_leaves_whole_files_only(put: Import) -> None:
    class Cancelled(BaseException):
        pass

    def progress(done: int, total: int, step: str) -> None:
        assert total == 3
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        put(("x/a.xml", GOOD), ("y/b.xml", GOOD), ("z/c.xml", GOOD), progress=progress)
    assert paths() == ["x/a.xml", "y/b.xml"]
    assert sorted(Folder.objects.values_list("name", flat=True)) == ["x", "y"]
    assert Row.objects.count() == 2


def test_a_file_that_cannot_be_kept_leaves_no_folder(put: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.keep_incoming

    def refuse_one(**arguments: Any) -> list[File]:
        if arguments["incoming"].filename == "a.xml":
            raise Conflict("No.")
        return real(**arguments)

    monkeypatch.setattr(module, "keep_incoming", refuse_one)
    done = put(("new/deep/a.xml", GOOD), ("new/b.xml", GOOD), ("new/deep/a.xml", GOOD))
    assert [error["message"] for error in done.errors] == ["No.", "No."]
    assert paths() == ["new/b.xml"]
    assert list(Folder.objects.values_list("name", flat=True)) == ["new"]


def test_each_file_is_read_within_the_limits(put: Import, settings: object) -> None:
    entered = []

    class Guard:
        def __enter__(self) -> None:
            entered.append(1)

        def __exit__(self, *_: object) -> None:
            entered.append(-1)

    put(("a.xml", GOOD), ("b.zip", zipped([("c.xml", GOOD)])), guard=Guard)
    assert entered == [1, -1] * 4
    settings.PARSE_SECONDS = 30  # type: ignore[attr-defined]
    assert not put(("d.xml", GOOD), guard=limited).errors


def test_folders_are_joined_and_names_get_a_suffix(put: Import, lead: User, project: Project) -> None:
    put(("quest/a.xml", GOOD))
    done = put(("quest/a.xml", GOOD), ("quest/a.xml", GOOD))
    assert not done.errors
    assert paths() == ["quest/a (2).xml", "quest/a (3).xml", "quest/a.xml"]
    assert Original.objects.values("blob_id").distinct().count() == 1
    assert AuditEntry.objects.filter(action="file_imported").count() == 3


@pytest.fixture
def several(lead: User) -> Project:
    """A project that takes every language of a table."""
    return create_project(actor=lead, platform_id=None, name="All", source_language="ko", target_language="")


def test_only_the_chosen_variants(lead: User, several: Project) -> None:
    table = "key,source,en,ja,de\r\nK1,등대,Light,灯台,Licht\r\n".encode()
    files = import_file(actor=lead, project=several, folder=None, filename="t.csv", data=table)
    assert [file.name for file in files] == ["t [en].csv", "t [ja].csv", "t [de].csv"]
    (only,) = import_file(actor=lead, project=several, folder=None, filename="t.csv", data=table, variants=["ja"])
    assert (only.variant, only.name) == ("ja", "t.csv")
    with pytest.raises(Invalid):
        import_file(actor=lead, project=several, folder=None, filename="t.csv", data=table, variants=["xx"])


def test_a_very_long_name_is_cut_where_variants_need_it(lead: User, several: Project) -> None:
    table = "key,source,en,ja\r\nK1,등대,Light,灯台\r\n".encode()
    files = import_file(actor=lead, project=several, folder=None, filename="n" * 251 + ".csv", data=table)
    assert len({file.name for file in files}) == len(files) == 2
    assert all(len(file.name) <= 255 and file.name.endswith(".csv") for file in files)


def test_a_file_with_its_source_file(lead: User, project: Project) -> None:
    source, target = b"greet=\xeb\x93\xb1\xeb\x8c\x80\n", b"greet=Lighthouse\n"
    (file,) = import_file(
        actor=lead, project=project, folder=None, filename="m_en.properties", data=target,
        source=("m_ko.properties", source),
    )  # fmt: skip
    row = Row.objects.get(file=file)
    assert (row.source, row.target) == ("등대", "Lighthouse")
    original = Original.objects.get(pk=file.original_id)
    assert original.source_blob_id is not None
