"""No package of the product is under a licence that would bind the product: GPL and AGPL stay out, LGPL may stay."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
FORBIDDEN = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
# Packages known to be GPL or AGPL that one could add without noticing.
NAMED = ("translate-toolkit", "pyqt5", "pyqt6", "levenshtein", "python-levenshtein", "konlpy", "unidecode")

EXCEPTIONS = {"pyinstaller": "exception", "pyinstaller-hooks-contrib": "apache"}
"""Tools that build the bundle, with what they say themselves: the starter that becomes part of a program is under an
exception from the GPL, and the hooks that do are under Apache's licence; the rest stays outside."""


def pinned(name: str) -> list[Requirement]:
    """The requirements of one compiled set that apply to this machine."""
    lines = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]
    return [item for item in wanted if item.marker is None or item.marker.evaluate()]


def statements(meta: metadata.PackageMetadata) -> list[str]:
    """What a package says of its licence: expression, classifiers, or the short form of the old field."""
    expression = meta.get("License-Expression")
    if expression:
        return [expression]
    found = [value for value in meta.get_all("Classifier") or [] if value.startswith("License ::")]
    # The field often holds the whole text, which may mention licences of others.
    old = (meta.get("License") or "").strip()
    return found + ([old] if old and len(old) < 120 else [])


def is_forbidden(statement: str) -> bool:
    """Whether no branch of the statement is free of GPL and AGPL."""
    branches = re.split(r"\s+OR\s+", statement)
    return all(FORBIDDEN.search(branch) for branch in branches)


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License", True),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", False),
        ("MIT AND GPL-2.0-only", True),
        ("Apache-2.0", False),
    ],
)
def test_the_check_knows_licences(statement: str, forbidden: bool) -> None:
    assert is_forbidden(statement) is forbidden


@pytest.mark.parametrize("name", ["base", "desktop", "ml"])
def test_no_package_is_under_gpl_or_agpl(name: str) -> None:
    installed, bad = 0, []
    for requirement in pinned(name):
        try:
            meta = metadata.metadata(requirement.name)
        except metadata.PackageNotFoundError:
            continue
        installed += 1
        if requirement.name in EXCEPTIONS:
            # Only while it says so itself.
            said = " ".join([meta.get("License") or "", *statements(meta)]).lower()
            assert EXCEPTIONS[requirement.name] in said
            continue
        bad += [f"{requirement.name}: {text}" for text in statements(meta) if is_forbidden(text)]
    if name == "base":
        assert installed > 50
    assert bad == []


def test_no_set_names_a_package_known_to_be_gpl() -> None:
    for path in REQUIREMENTS.iterdir():
        names = {re.split(r"[\s=<>~;\[]", line.strip().lower())[0] for line in path.read_text().splitlines()}
        assert names.isdisjoint(NAMED), path.name


def test_every_package_asked_for_is_pinned() -> None:
    for source in REQUIREMENTS.glob("*.in"):
        lines = [line.split(";")[0].strip() for line in source.read_text().splitlines()]
        asked = {Requirement(line).name.lower() for line in lines if line and not line.startswith(("#", "-"))}
        compiled = source.with_suffix(".txt").read_text()
        pins = {match.lower() for match in re.findall(r"^([A-Za-z0-9._-]+)==", compiled, re.MULTILINE)}
        assert {name.replace("_", "-") for name in asked} <= pins, source.name
        assert "--index-url" not in compiled and "--find-links" not in compiled


def test_the_sets_agree_on_versions() -> None:
    """They are installed into one environment, one after the other."""
    seen: dict[str, tuple[str, str]] = {}
    for name in ("base", "dev", "desktop", "ml"):
        for requirement in pinned(name):
            version = str(requirement.specifier)
            other, first = seen.setdefault(requirement.name.lower(), (version, name))
            assert other == version, f"{requirement.name}: {first} pins {other}, {name} pins {version}"


def test_the_bundle_takes_no_module_of_qt_that_is_gpl_only() -> None:
    from desktop_launcher.bundle import QT_MODULES

    gpl_only = {
        "Bodymovin", "Charts", "Charts2Qml", "Coap", "DataVisualization", "Graphs", "HttpServer", "Lottie", "Mqtt",
        "NetworkAuth", "OpcUa", "Quick3D", "Quick3DPhysics", "QuickTimeline", "ShaderTools", "VirtualKeyboard",
        "WaylandCompositor",
    }  # fmt: skip
    assert QT_MODULES.isdisjoint(gpl_only)
    assert "WebEngineCore" in QT_MODULES
