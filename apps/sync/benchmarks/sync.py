"""`bench sync`: a first mirror, changes and edits over HTTP; saves while the network is bad; many threads at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from apps.accounts.models import LoginSession, User
from apps.accounts.services import open_session
from apps.accounts.tokens import access_token
from apps.ldm import permissions
from apps.ldm.benchmarks.live.server import started
from apps.ldm.benchmarks.place import bench_project
from apps.ldm.benchmarks.tables import Table, seconds
from apps.ldm.models import ChangeSet, File, Row, RowRevision, Status
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.rows.change_rows import RowChange, change_rows, lock_rows
from apps.sync.benchmarks import crowd, network
from apps.sync.benchmarks.desktop import fresh_desktop, log_in
from apps.sync.carriers.http import HttpPeer
from apps.sync.client import pull, push, snapshot
from apps.sync.models import PendingEdit
from apps.sync.protocol import SyncPeer
from apps.sync.server.rows import COLUMNS, from_wire, to_wire
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load

Say = Callable[[str], None]
ROWS = 100_000
EDITS = 10_000
COPIED = (*COLUMNS, "file_id", "rev")


def run(scale: float, say: Say) -> list[Table]:
    """Run everything; `scale` 1 is a file of 100,000 rows and 10,000 edits."""
    count, edits = max(2000, int(ROWS * scale)), max(200, int(EDITS * scale))
    with bench_project() as (lead, project):
        say(f"Importing {count:,} rows, and {count // 10:,} as another file")
        big, small = (
            import_file(actor=lead, project=project, folder=None, filename=f"sync{n}.xml", data=_file(n))[0]
            for n in (count, count // 10)
        )
        with _token(lead) as token, started(say) as port, fresh_desktop():
            url = f"http://127.0.0.1:{port}"
            peer = HttpPeer(url, lambda renew: token)
            table = Table(f"Sync over HTTP: a file of {count:,} rows")
            with workspaces.use(workspaces.OFFLINE):
                person = log_in(peer, url)
            _mirror(table, peer, big, small, count, say)
            _pulls(table, peer, lead, big, small, count, say)
            _push(table, peer, person, lead, big, edits, say)
            peer.close()
            many = Table("A desktop at work")
            crowd.measure(many, person, small, lambda: HttpPeer(url, lambda renew: token), say)
            network.measure(many, port, lead, small, say)
    return [table, many]


def _file(count: int) -> bytes:
    rows = "\n".join(
        f'<LocStr StringId="K{n}" StrOrigin="등대지기 {n}번째 편지가 아직 오지 않았다."'
        f' Str="{f"Letter {n} of the lighthouse keeper has not come yet." if n % 2 else ""}" />'
        for n in range(count)
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<LanguageData>\n{rows}\n</LanguageData>\n'.encode()


@contextmanager
def _token(person: User) -> Iterator[str]:
    """An access token of a person, for as long as the benchmark runs."""
    login = open_session(user=person, kind=LoginSession.Kind.API, device="bench")
    try:
        yield access_token(login.pk, person.pk, login.ends_at)[0]
    finally:
        LoginSession.objects.filter(pk=login.pk).delete()


def _whole(peer: SyncPeer, file_id: int) -> None:
    with workspaces.use(workspaces.OFFLINE):
        while not snapshot.resume(peer, file_id):
            pass


def _mirror(table: Table, peer: SyncPeer, big: File, small: File, count: int, say: Say) -> None:
    say("Mirroring")
    _whole(peer, small.pk)
    took, _ = seconds(lambda: _whole(peer, big.pk))
    plain = _plain_copy(big)
    table.add("plain copy of the rows", plain, "s")
    table.add("first mirror", took, "s", ratio=took / plain, against="plain copy")
    table.add("first mirror, rows a second", count / took, "/s", at_least=20_000)


def _plain_copy(file: File) -> float:
    """Seconds to read the server's rows and put them into a table of the desktop's database, and nothing else."""
    with workspaces.use(workspaces.OFFLINE):
        copy = File.objects.get(pk=file.pk)
        copy.pk, copy.name = None, "plain copy"
        copy.save(force_insert=True)

    def work() -> None:
        with workspaces.use(workspaces.SERVER):
            found = to_wire(Row.objects.filter(file_id=file.pk).order_by("pk").values_list(*COLUMNS))
        with workspaces.use(workspaces.OFFLINE), workspaces.atomic():
            names = [name for name in COPIED if name != "id"]
            bulk_load(Row, names, (_values(row, copy.pk, names) for row in found))

    return seconds(work)[0]


def _values(wire: Sequence[object], file_id: int, names: Sequence[str]) -> tuple[object, ...]:
    values = from_wire(wire) | {"file_id": file_id, "rev": 1}
    return tuple(values[name] for name in names)


def _pulls(table: Table, peer: SyncPeer, lead: User, big: File, small: File, count: int, say: Say) -> None:
    say("Pulling changes")
    idle, _ = seconds(lambda: _pull(peer, big.pk), 5)
    table.add("pull, nothing changed", idle * 1000, "ms")
    few, some = count // 1000, count // 100
    took: dict[tuple[int, int], float] = {}
    for file in (big, small):
        for changed in (few, some):
            _change(lead, file, changed)
            took[file.pk, changed], rows = seconds(lambda: _pull(peer, file.pk))  # noqa: B023
            if rows != changed:
                raise RuntimeError(f"{rows} rows came, not {changed}")
    one = took[big.pk, some]
    table.add(f"pull after {some:,} changes (1 %)", one * 1000, "ms")
    table.add(
        f"pull after {few:,} changes", took[big.pk, few] * 1000, "ms", ratio=one / took[big.pk, few], against="1 %"
    )
    table.add(
        f"the same {some:,} changes in a file of {count // 10:,} rows", took[small.pk, some] * 1000, "ms",
        ratio=one / took[small.pk, some], against="large to small file", at_most=2,
    )  # fmt: skip


def _pull(peer: SyncPeer, file_id: int) -> int:
    rows = 0
    with workspaces.use(workspaces.OFFLINE):
        while True:
            pulled = pull.pull(peer, file_id)
            rows += pulled.rows
            if not pulled.more:
                return rows


def _change(actor: User, file: File, count: int) -> None:
    """Another text in so many rows, spread over the file, as one act of the present workspace."""
    ids = list(Row.objects.filter(file_id=file.pk).order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, len(ids) // count)][:count]
    file = permissions.get_file(actor, file.pk)
    with workspaces.atomic():
        rows = lock_rows(file, chosen)
        fields = {"status": Status.TRANSLATED}
        changes = [RowChange(pk, {"target": f"{rows[pk].target[:40]} {rows[pk].rev + 1}", **fields}) for pk in chosen]
        change_set = ChangeSet.objects.create(
            file=file, kind=ChangeSet.Kind.BULK, author_id=actor.pk, author_name=actor.name
        )
        change_rows(
            actor=actor, file=file, rows=rows, changes=changes, change_set=change_set, kind=RowRevision.Kind.BULK
        )


def _push(table: Table, peer: SyncPeer, person: User, lead: User, file: File, edits: int, say: Say) -> None:
    say(f"Sending {edits:,} edits")
    with workspaces.use(workspaces.OFFLINE):
        _change(person, file, edits)
        waiting = PendingEdit.objects.count()
    history = RowRevision.objects.filter(row__file_id=file.pk).count()
    took, applied = seconds(lambda: _send(peer))
    written = RowRevision.objects.filter(row__file_id=file.pk).count() - history
    if not edits == waiting == applied == written:
        raise RuntimeError(f"{edits} edits: {waiting} waited, {applied} were applied, {written} are in the history")
    table.add(f"push of {edits:,} edits with history", took, "s")
    table.add("push, edits a second", edits / took, "/s", at_least=500)


def _send(peer: SyncPeer) -> int:
    applied = 0
    with workspaces.use(workspaces.OFFLINE):
        while True:
            sent = push.push(peer)
            applied += sent.applied
            if not sent.left or not sent.answered:
                return applied
