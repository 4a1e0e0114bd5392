"""Another process that has a memory open: says how many entries near a text it finds; `python -m` this module."""

from __future__ import annotations

import os
from typing import Any


def main() -> None:
    """Answer [memory id, text] with a number until nobody asks any more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "locanext_project.settings.server")
    import django

    django.setup()
    from apps.ldm.benchmarks.processes import answer_parent
    from apps.tm.indexes.store import IndexStore
    from apps.tm.matching.normalise import normalise
    from apps.tm.scope import ScopedMemory
    from locanext_project import workspaces

    def near(asked: Any) -> int:
        memory_id, text = asked
        return len(IndexStore([ScopedMemory(memory_id, "")]).nearest(normalise(text), 0.99, 1))

    with workspaces.use(workspaces.SERVER):
        answer_parent({}, near)


if __name__ == "__main__":
    main()
