"""The automated accessibility check of a page: axe, run inside it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it stands: "rule: element, element: why"."""
    script = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(f"() => {{ if (!window.axe) {{ {script} }} }}")
    result: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    assert result["passes"], "axe looked at nothing"
    return [
        f"{found['id']}: {', '.join(node['target'][0] for node in found['nodes'][:4])}: {found['help']}"
        for found in result["violations"]
        if found["impact"] in GRAVE
    ]
