"""Where Odoo comes from, and what is said when it cannot be had."""

import os
import subprocess

import pytest

from devkit import odoo_source, process
from devkit.console import Failure


@pytest.fixture
def nothing_handed_over(monkeypatch):
    monkeypatch.delenv(odoo_source.HANDED_OVER, raising=False)


def fake_odoo(folder, version="(19, 0, 0, FINAL, 0, '')", stock=True):
    package = folder / "odoo"
    package.mkdir(parents=True)
    (package / "release.py").write_text(f"version_info = {version}\n")
    if stock:
        (package / "addons" / "stock").mkdir(parents=True)
    return folder


@pytest.mark.usefixtures("nothing_handed_over", "scratch")
class TestOdooHome:
    """``ODOO_HOME`` is taken at its word, or refused with the ways out."""

    def refused(self, monkeypatch, home):
        monkeypatch.setenv("ODOO_HOME", str(home))
        with pytest.raises(Failure) as caught:
            odoo_source.find()
        assert "branch 19.0" in caught.value.hint
        assert "Docker" in caught.value.hint
        return str(caught.value)

    def test_folder_that_does_not_exist(self, monkeypatch, tmp_path):
        assert "holds no Odoo" in self.refused(monkeypatch, tmp_path / "nowhere")

    def test_another_version(self, monkeypatch, tmp_path):
        home = fake_odoo(tmp_path, version="(18, 0, 0, FINAL, 0, '')")
        assert "holds Odoo 18.0" in self.refused(monkeypatch, home)

    def test_without_addons(self, monkeypatch, tmp_path):
        home = fake_odoo(tmp_path, stock=False)
        assert "has no addon 'stock'" in self.refused(monkeypatch, home)

    def test_unpacked_package(self, monkeypatch, tmp_path):
        home = tmp_path / "root"
        fake_odoo(home / odoo_source.DIST_PACKAGES)
        monkeypatch.setenv("ODOO_HOME", str(home))
        found = odoo_source.find()
        assert (found.pythonpath / "odoo" / "release.py").is_file()
        assert (found.addons / "stock").is_dir()


@pytest.fixture
def deb(tmp_path):
    """A small package, built with the real tool."""
    folder = tmp_path / "package"
    (folder / "DEBIAN").mkdir(parents=True)
    (folder / "DEBIAN" / "control").write_text(
        "Package: small\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\n"
        "Description: small\n"
    )
    (folder / "file").write_bytes(os.urandom(200_000))
    target = tmp_path / "small_1_all.deb"
    subprocess.run(["dpkg-deb", "-b", folder, target], check=True, capture_output=True)
    return target


def test_truncated_download_is_not_taken_for_odoo(deb, scratch):
    """A download that was cut off: unpacking fails, and nothing counts as complete."""
    from devkit import cache

    deb.write_bytes(deb.read_bytes()[:100_000])
    target = scratch / "odoo-debian"
    with pytest.raises(Failure, match="dpkg-deb ended"), cache.building(target, "key") as draft:
        odoo_source._unpack([deb], draft)
    assert not target.exists()


def test_machine_without_a_debian_archive_is_told_the_ways(monkeypatch, scratch):
    monkeypatch.setattr(odoo_source, "_archives", list)
    with pytest.raises(Failure, match="apt names no archive") as caught:
        odoo_source._download(scratch / "apt")
    assert "ODOO_HOME" in caught.value.hint


def test_run_tells_the_last_lines_and_the_log(tmp_path):
    log = tmp_path / "log"
    with pytest.raises(Failure, match="this is why") as caught:
        process.run(["sh", "-c", "echo this is why; exit 3"], log=log, hint="Mend it.")
    assert "exit code 3" in str(caught.value)
    assert "Mend it." in caught.value.hint
    assert str(log) in caught.value.hint
    assert log.read_text() == "this is why\n"
