"""The demo of a first run: people everybody knows the passwords of, and a project of invented text."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.accounts.services.people import activate_user, create_user
from apps.audit.services import record
from apps.ldm import demo
from apps.ldm.formats.units_records import TermUnit
from apps.ldm.models import File, Platform, Project, Row, Status
from apps.ldm.services.files.import_many import Item, import_many
from apps.ldm.services.memories import create, settings
from apps.ldm.services.rows.set_status import set_status
from apps.ldm.services.tree.create import create_platform, create_project
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from apps.tm.services.entries.load import load
from apps.tm.services.terms.load import load_terms
from locanext_project import workspaces

FIRST_FILE = "chapter_1.xml"
STAGE = 60
"""Rows of each file that reached a status."""


def ensure() -> dict[str, Any]:
    """Make the demo where nobody has an account yet; switch its accounts on again where it exists.

    Returns {"created", "rows", "file_id", "username", "password"}; `username` is empty when the
    demo's accounts are gone, `file_id` None when its file is.
    """
    created = False
    if not User.objects.exists():
        _make()
        created = True
    people = list(User.objects.filter(username__in=[person.username for person in demo.DEMO_USERS]))
    for user in people:
        if not user.is_active:
            activate_user(actor=None, user_id=user.pk)
    first = next((user for user in people if user.username == demo.DEMO_USERS[0].username), None)
    project = Project.objects.filter(name=demo.PROJECT_NAME, trash__isnull=True).order_by("pk").first()
    file = File.objects.filter(project=project, name=FIRST_FILE, trash__isnull=True).order_by("pk").first()
    return {
        "created": created,
        "rows": project.counts()["rows"] if project else 0,
        "file_id": file.pk if file else None,
        "username": first.username if first else "",
        "password": demo.DEMO_USERS[0].password if first else "",
    }


def retire() -> dict[str, Any]:
    """Switch the demo's accounts off: their passwords are no secret. Returns {"retired": how many}."""
    names = [person.username for person in demo.DEMO_USERS]
    active = [user for user in User.objects.filter(username__in=names) if user.is_active]
    for user in active:
        with workspaces.atomic():
            # Not the service: it keeps the last admin, and here even that one must go.
            user.is_active = False
            user.save(update_fields=["is_active"])
            user.login_sessions.all().delete()
            record("demo_retired", target_kind="user", target_id=user.pk, target_name=user.username)
    return {"retired": len(active)}


def _make() -> None:
    people = [_person(person) for person in demo.DEMO_USERS]
    lead = people[0]
    platform: Platform = create_platform(actor=lead, name=demo.PLATFORM_NAME)
    project = create_project(
        actor=lead,
        platform_id=platform.pk,
        name=demo.PROJECT_NAME,
        source_language=demo.SOURCE_LANGUAGE,
        target_language=demo.TARGET_LANGUAGE,
    )
    done = import_many(
        actor=lead,
        project=project,
        folder=None,
        items=[Item(path, data) for path, data in demo.demo_files()],
    )
    if done.errors:
        raise RuntimeError(f"The demo's own files could not be imported: {done.errors}")
    for file in File.objects.filter(project=project).order_by("pk"):
        _work(file, people)
    _remember(lead, platform, project)


def _remember(lead: User, platform: Platform, project: Project) -> None:
    """The project's memory and glossary, and an older game's memory on the platform, which costs points."""
    here = Ref("project", project.pk)
    memory = _memory(lead, demo.MEMORY_NAME, here)
    load(actor=lead, memory_id=memory.pk, units=demo.memory_units(), mode="keep_all")
    legacy = _memory(lead, demo.LEGACY_NAME, Ref("platform", platform.pk))
    load(actor=lead, memory_id=legacy.pk, units=demo.legacy_units(), mode="keep_all")
    use = {"penalty": demo.LEGACY_PENALTY, "priority": 200, "writable": False}
    settings.change(actor=lead, memory_id=legacy.pk, changes=use)
    base = _memory(lead, demo.TERMS_NAME, here, kind=Memory.Kind.TERMS)
    load_terms(actor=lead, memory_id=base.pk, units=[TermUnit(*term) for term in demo.terms()], mode="keep_all")


def _memory(lead: User, name: str, to: Ref, kind: str = Memory.Kind.MEMORY) -> Memory:
    return create.create(
        actor=lead,
        name=name,
        kind=kind,
        source_language=demo.SOURCE_LANGUAGE,
        target_language=demo.TARGET_LANGUAGE,
        to=to,
    )


def _work(file: File, people: list[User]) -> None:
    """Some weeks of work: the beginning of a file is approved, then reviewed, confirmed and translated."""
    lead, translator, reviewer, _admin = people
    with_text = Row.objects.filter(file=file, target__gt="").order_by("position").values_list("pk", flat=True)
    ids = list(with_text[: STAGE * 4])
    stages = ((translator, Status.CONFIRMED, ids[: STAGE * 3]), (reviewer, Status.REVIEWED, ids[: STAGE * 2]),
              (lead, Status.APPROVED, ids[:STAGE]), (translator, Status.TRANSLATED, ids[STAGE * 3 :]))  # fmt: skip
    for actor, status, row_ids in stages:
        if row_ids:
            set_status(actor=actor, row_ids=row_ids, status=status)


def _person(person: demo.DemoUser) -> User:
    user, _temporary = create_user(
        actor=None,
        username=person.username,
        role=person.role,
        display_name=person.display_name,
        team=person.team,
        language=person.language,
    )
    with workspaces.atomic():
        user.set_password(person.password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        record("demo_account_made", target_kind="user", target_id=user.pk, target_name=user.username)
    return user
