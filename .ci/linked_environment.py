"""A virtual environment of some pinned sets only, its files linked from an environment that has them and more.

    .venv/bin/python .ci/linked_environment.py build/venv requirements/base.txt requirements/desktop.txt

Takes seconds where an installation takes minutes. Programs of the packages (`bin/`) are not linked: use `-m`.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import venv
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement


class NotHere(Exception):
    """This environment does not hold what a set pins."""


def wanted(lists: list[Path]) -> dict[str, Requirement]:
    """What the lists pin for this machine, by name."""
    lines = (line.split("#")[0].strip() for file in lists for line in file.read_text(encoding="utf-8").splitlines())
    found = (Requirement(line) for line in lines if line)
    return {one.name: one for one in found if one.marker is None or one.marker.evaluate()}


def installed(requirement: Requirement) -> Distribution:
    """The package as it is installed here. Raises NotHere where it is none of the pinned version."""
    try:
        found = distribution(requirement.name)
    except PackageNotFoundError:
        raise NotHere(f"{requirement.name} is not installed") from None
    if found.version not in requirement.specifier:
        raise NotHere(f"{requirement} is wanted, {found.version} is installed")
    if not found.files:
        raise NotHere(f"{requirement.name} has no list of its files")
    return found


def link(package: Distribution, target: Path) -> None:
    """Put the files of a package into another folder of packages; copies where links are not possible."""
    for file in package.files or ():
        source = Path(str(file.locate()))
        if ".." in file.parts or not source.is_file():
            continue
        place = target / file
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, place)
        except FileExistsError:
            continue  # a file of two packages of one namespace
        except OSError:
            shutil.copy2(source, place)


def main(folder: Path, lists: list[Path]) -> int:
    """Make the environment; 0, or 1 and a line that says what is missing here."""
    try:
        packages = [installed(one) for one in wanted(lists).values()]
    except NotHere as reason:
        sys.stderr.write(f"{reason}: nothing is linked.\n")
        return 1
    venv.create(folder, clear=True, symlinks=os.name != "nt")
    names = {"base": str(folder), "platbase": str(folder)}
    for package in packages:
        link(package, Path(sysconfig.get_path("purelib", "venv", names)))
    sys.stdout.write(f"{len(packages)} packages linked\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
