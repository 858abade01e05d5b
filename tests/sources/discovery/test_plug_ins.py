"""Plug-ins are found wherever the standard library finds them, without its help where there is none."""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tui_monitor.sources.discovery.plug_ins import PLUG_INS, installed_plug_ins

DECLARED = f"[{PLUG_INS}]\nacme = acme:Acme\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of packages, and one that does not exist."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "nowhere")])
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if _is_standard(finder)])
    return tmp_path


def _is_standard(finder: object) -> bool:
    return getattr(finder, "__module__", "").startswith("_frozen_importlib")


def write(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (folder / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(text)


def names() -> list[str]:
    return [plug_in.name for plug_in in installed_plug_ins()]


@pytest.mark.parametrize("folder", ["acme-1.0.dist-info", "acme-1.0.egg-info"])
def test_plug_in_of_an_installed_package_is_found(site: Path, folder: str) -> None:
    write(site / folder, DECLARED)
    assert names() == ["acme"]


def test_plug_in_of_an_egg_is_found(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site / "acme-1.0.egg").mkdir()
    write(site / "acme-1.0.egg" / "EGG-INFO", DECLARED)
    monkeypatch.setattr(sys, "path", [str(site / "acme-1.0.egg")])
    assert names() == ["acme"]


def test_plug_in_in_an_archive_is_found(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = site / "acme.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("acme-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
        file.writestr("acme-1.0.dist-info/entry_points.txt", DECLARED)
    monkeypatch.setattr(sys, "path", [str(archive)])
    assert names() == ["acme"]


def test_nothing_is_imported_for_packages_without_plug_ins(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(site / "other-1.0.dist-info", "[console_scripts]\nother = other:main\n")
    monkeypatch.setitem(sys.modules, "importlib.metadata", None)  # importing it fails
    assert names() == []
    (site / "acme-1.0.dist-info").mkdir()
    assert names() == []
