"""What is born on a desktop and sent to its server: written to meanwhile, and sent again until somebody answers."""

from __future__ import annotations

from collections.abc import Callable

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row, Status
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.tree import offline_storage
from apps.sync.client import uploads
from apps.sync.models import PlaceOfUpload
from apps.sync.protocol import Refused, Unreachable
from apps.sync.simulation.connections import Crash
from apps.sync.simulation.script import Step
from apps.sync.simulation.templates import xml
from apps.sync.simulation.world import Desktop, World
from apps.tm.models import Memory
from locanext_project import workspaces

ROWS = 3
"""Of a file that is born on a desktop."""
Born = File | Memory
Write = Callable[[World, Desktop, User, Born], None]


def file(world: World, step: Step) -> None:
    """A file that was born on the desktop is sent to the server; one is made where there is none."""
    bring(world, step, _find, _make, _edit)


def bring(
    world: World,
    step: Step,
    find: Callable[[], Born | None],
    make: Callable[[World, Desktop, User], Born],
    write: Write,
) -> None:
    """What `find` finds or `make` makes goes to the server, written to before and, unanswered, in between."""
    desktop = world.desktops[step.node]
    with world.on(desktop) as person:
        born = find()
        if born is None:
            born = make(world, desktop, person)
        elif step.salt % 2:
            write(world, desktop, person, born)
        project = Project.objects.filter(pk__gt=0).first()
        if project is None:
            return
        if not _send(world, desktop, person, born, project) and step.salt % 3:
            # Nobody answered: the person goes on with it, and tries again.
            write(world, desktop, person, born)
            _send(world, desktop, person, born, project)


def _send(world: World, desktop: Desktop, person: User, born: Born, project: Project) -> bool:
    """Whether there was an answer."""
    kind, told = "file" if isinstance(born, File) else "memory", world.ledger.told_edited
    try:
        uploads.upload(
            world.peer(desktop), actor=person, kind=kind, local_id=born.pk, project_id=project.pk, folder_id=None
        )
    except Refused as refusal:
        told[born.name] += refusal.reason == "edited"
    except Unreachable:
        return False
    except Crash:
        # Behind the commit that ends the upload of what was edited meanwhile: nobody is told, and both stay.
        told[born.name] += not PlaceOfUpload.objects.filter(kind=kind, local_id=born.pk).exists() and _is_there(born)
        raise
    return True


def _is_there(born: Born) -> bool:
    """Whether the server has a copy."""
    with workspaces.use(workspaces.SERVER):
        return type(born)._default_manager.filter(name__startswith=born.name.removesuffix(".xml")).exists()


# ---- files ----
def _find() -> File | None:
    return File.objects.filter(pk__lt=0, trash__isnull=True).order_by("pk").first()


def _make(world: World, desktop: Desktop, person: User) -> File:
    world.texts += 1
    name, data = f"born{world.texts}x.xml", xml(ROWS, first=1000 * world.texts)
    place = offline_storage.ensure(actor=person)
    (born,) = import_file(actor=person, project=place, folder=None, filename=name, data=data)
    world.ledger.born[desktop.name].append(name)
    return born


def _edit(world: World, desktop: Desktop, person: User, born: Born) -> None:
    """The person goes on with a file that was born here, and may be on its way to the server."""
    row = Row.objects.filter(file_id=born.pk).order_by("pk").first()
    if row is None:
        return
    world.texts += 1
    text = f"{desktop.name} 번역 {world.texts}"
    edit = RowEdit(target=text, status=Status.TRANSLATED)
    try:
        edit_row(actor=person, row_id=row.pk, seen_text_rev=row.text_rev, edit=edit)
    finally:
        # A desktop that died behind its commit has kept it too.
        if Row.objects.filter(pk=row.pk, target=text).exists():
            world.ledger.born_texts[desktop.name, born.name].append(text)
