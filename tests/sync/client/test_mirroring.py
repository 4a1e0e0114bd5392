"""The first mirror of a file: whole, resumable anywhere, parents first, under the server's ids."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Folder, Project, Row, RowText
from apps.ldm.services.tree.create import create_folder
from apps.ldm.services.tree.recount import recount_all
from apps.sync.client import snapshot, tree
from apps.sync.models import MirroredFile, MirroredRow
from apps.sync.server.rows import COLUMNS
from tests import factories
from tests.e2e.editing_pages import file_with
from tests.sync.client.site import Line, edit, mirror_of, offline, sync, texts

pytestmark = pytest.mark.django_db


def test_a_mirror_has_the_same_rows_under_the_same_ids(mirrored: File) -> None:
    columns = ("pk", "position", "segment", "key", "source", "target", "source_hash", "status", "origin", "words")
    there = list(Row.objects.filter(file=mirrored).order_by("pk").values_list(*columns))
    with offline():
        assert list(Row.objects.filter(file_id=mirrored.pk).order_by("pk").values_list(*columns)) == there
        assert MirroredRow.objects.count() == len(there)
        assert list(recount_all(repair=False)) == []
        assert File.objects.get(pk=mirrored.pk).rows_new == 8
    assert mirror_of(mirrored)["state"] == "current"


def test_a_cut_snapshot_goes_on_where_it_was_cut(file: File, line: Line, person: User) -> None:
    with offline():
        tree.mirror_path(line, file.pk)
        whole, cuts = False, 0
        while not whole:
            line.lost = [("snapshot", "answer")]
            with pytest.raises(ConnectionError):
                _raise_as_connection_error(lambda: snapshot.resume(line, file.pk))
            cuts += 1
            assert Row.objects.filter(file_id=file.pk).count() == MirroredRow.objects.count()
            whole = snapshot.resume(line, file.pk)
    assert cuts == 3
    assert sync(line, files=[file.pk]).trouble == ""
    with offline():
        here = texts(file.pk)
    assert here == texts(file.pk)


def _raise_as_connection_error(call: object) -> None:
    from apps.sync.protocol import Unreachable

    try:
        call()  # type: ignore[operator]
    except Unreachable as error:
        raise ConnectionError from error


@pytest.mark.parametrize("here_before", [0, 1, 70, 130])
def test_large_pages_may_find_some_of_their_rows_here(line: Line, person: User, lead: User, here_before: int) -> None:
    large = file_with(lead, [(f"K{n}", f"줄 {n}", "" if n % 2 else f"line {n}") for n in range(130)])
    line.limit = 130
    with offline():
        tree.mirror_path(line, large.pk)
        assert snapshot.resume(line, large.pk)
        kept = Row.objects.filter(file_id=large.pk).order_by("pk")
        if here_before:
            edit(person, large.pk, "K0", "not sent yet")
        # As in a snapshot that begins anew over what came of the one before.
        gone = list(kept.values_list("pk", flat=True)[here_before:])
        RowText.objects.filter(row_id__in=gone).delete()
        kept.filter(pk__in=gone).delete()
        list(recount_all(repair=True))
        snapshot.restart(large.pk)
        assert snapshot.resume(line, large.pk)
        assert list(recount_all(repair=False)) == []
        assert MirroredRow.objects.count() == 130
        here = texts(large.pk)
    there = texts(large.pk)
    assert here.pop("K0")[0] == ("not sent yet" if here_before else there["K0"][0])
    del there["K0"]
    assert here == there


def test_what_changes_while_it_is_fetched_comes_with_the_changes(
    file: File, line: Line, person: User, lead: User
) -> None:
    with offline():
        tree.mirror_path(line, file.pk)
        snapshot.resume(line, file.pk)
    edit(lead, file.pk, "K1", "changed meanwhile")
    assert sync(line, files=[file.pk]).trouble == ""
    with offline():
        here = texts(file.pk)
    assert here == texts(file.pk)
    assert here["K1"] == ("changed meanwhile", 2)


def test_no_child_is_ever_here_without_its_place(file: File, line: Line, person: User) -> None:
    nodes = line.path(file.pk)
    with offline():
        with pytest.raises(Exception, match="without its place"):
            tree.mirror_nodes(nodes[-1:])
        assert File.objects.count() == 0
        tree.mirror_nodes(nodes)
        assert File.objects.get().project_id == Project.objects.get().pk


def test_the_mirror_follows_moves_and_names_of_the_server(mirrored: File, line: Line, lead: User) -> None:
    folder = create_folder(actor=lead, project_id=mirrored.project_id, parent_id=None, name="Quests")
    File.objects.filter(pk=mirrored.pk).update(folder=folder, name="renamed.xml")
    with offline():
        tree.mirror_path(line, mirrored.pk)
        here = File.objects.get(pk=mirrored.pk)
        assert (here.name, here.folder_id) == ("renamed.xml", folder.pk)
        assert Folder.objects.get(pk=folder.pk).rows_new == 8
        assert list(recount_all(repair=False)) == []


def test_a_name_that_something_old_still_has_here_is_given_to_the_new(mirrored: File, line: Line, lead: User) -> None:
    from apps.ldm.services.files.import_file import import_file
    from apps.ldm.services.tree.delete import delete
    from apps.ldm.services.tree.structure import Ref
    from tests.e2e.editing_pages import locstr

    delete(actor=lead, items=[Ref("file", mirrored.pk)])
    project = Project.objects.get(pk=mirrored.project_id)
    (new,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=locstr([("A", "가", "")]))
    with offline():
        tree.mirror_path(line, new.pk)
        names = dict(File.objects.values_list("pk", "name"))
    assert names == {new.pk: "quest.xml", mirrored.pk: f"quest.xml ({mirrored.pk})"}


def test_mirrored_rows_are_found_by_search(mirrored: File) -> None:
    with offline():
        factories.run_queued_tasks()
        assert RowText.objects.filter(file_id=mirrored.pk).count() == 12
        assert File.objects.get(pk=mirrored.pk).searchable_revision == File.objects.get(pk=mirrored.pk).revision


def test_only_the_path_is_here_before_the_first_page(file: File, line: Line, person: User) -> None:
    with offline():
        tree.mirror_path(line, file.pk)
        assert MirroredFile.objects.get().state == "partial"
        assert Row.objects.count() == 0


def test_every_column_arrives_also_where_only_some_rows_have_something(file: File, line: Line, person: User) -> None:
    """What all rows of a page have in common with an empty row is left to the database."""
    some = list(Row.objects.filter(file=file).order_by("pk"))[3:9:2]
    for row in some:
        row.comment, row.context, row.plural, row.old_source, row.location = "note", "menu", "one", "옛", "page 3"
        row.score, row.max_length, row.codes, row.locked, row.blank_intended = 88, 40, {"1": "<b>"}, True, True
        row.edited_by_id, row.edited_by_name = person.pk, "Anna"
        row.assignee_id, row.assignee_name = person.pk, "Boris"
        row.edited_at = datetime(2026, 2, 3, 4, 5, 6, 789000, UTC)
        row.save()
    some[0].removed_at, some[0].position = datetime(2026, 3, 1, tzinfo=UTC), -1
    some[0].save()
    list(recount_all(repair=True))
    columns = [name for name in COLUMNS if name != "text_rev"]
    there = list(Row.objects.filter(file=file).order_by("pk").values_list(*columns))
    assert sync_whole(line, file) == there
    with offline():
        assert list(recount_all(repair=False)) == []


def sync_whole(line: Line, file: File) -> list[tuple[object, ...]]:
    """The columns that travel of a file that is fetched page by page."""
    columns = [name for name in COLUMNS if name != "text_rev"]
    with offline():
        tree.mirror_path(line, file.pk)
        while not snapshot.resume(line, file.pk):
            pass
        return list(Row.objects.filter(file_id=file.pk).order_by("pk").values_list(*columns))
