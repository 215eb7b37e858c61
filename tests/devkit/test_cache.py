"""What a killed command leaves half made is never taken for whole."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from devkit import cache, process
from devkit.console import Failure


def test_folder_that_was_not_finished_is_not_complete(scratch):
    def break_off():
        with cache.building(scratch / "odoo", "key") as draft:
            (draft / "half").write_text("…")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        break_off()
    assert not (scratch / "odoo").exists()

    with cache.building(scratch / "odoo", "key") as draft:
        assert not list(draft.iterdir()), "what the killed one left must be gone"
        (draft / "whole").write_text("…")
    assert cache.is_complete(scratch / "odoo", "key")


def test_folder_of_another_key_is_replaced_whole(scratch):
    with cache.building(scratch / "odoo", "old") as draft:
        (draft / "old file").write_text("…")
    assert not cache.is_complete(scratch / "odoo", "new")
    with cache.building(scratch / "odoo", "new") as draft:
        (draft / "new file").write_text("…")
    assert [p.name for p in (scratch / "odoo").glob("* file")] == ["new file"]


def test_fingerprint_changes_with_names_and_contents_not_with_compiled_files(tmp_path):
    (tmp_path / "a.py").write_text("1")
    first = cache.fingerprint([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.cpython-311.pyc").write_text("…")
    assert cache.fingerprint([tmp_path]) == first
    (tmp_path / "a.py").write_text("2")
    second = cache.fingerprint([tmp_path])
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, cache.fingerprint([tmp_path])}) == 3


def test_full_disk_is_told_with_a_remedy(scratch):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(scratch / "file"))
    with pytest.raises(Failure, match="disk is full") as caught, cache.disk_errors():
        raise full
    assert "Free some space" in caught.value.hint


def test_full_disk_for_real(scratch):
    """/dev/full refuses every byte, as a full disk does."""
    with pytest.raises(Failure, match="disk is full"), cache.disk_errors():
        Path("/dev/full").write_text("…")


def test_full_disk_of_the_database_server_is_told(scratch):
    """What psycopg2 raises then is no OSError."""

    class DiskFull(Exception):
        pass

    said = (
        'could not extend file "base/1/2": No space left on device\nHINT:  Check free disk space.'
    )
    with pytest.raises(Failure, match="could not extend") as caught, cache.disk_errors():
        raise DiskFull(said)
    assert "Free some space" in caught.value.hint
    with pytest.raises(DiskFull), cache.disk_errors():
        raise DiskFull("for another reason")


def test_what_breaks_when_nothing_is_left_is_the_disks_fault(scratch, monkeypatch):
    """A server without room for its log of changes just goes; its client does not know why."""
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda path: SimpleNamespace(free=2**20))
    with pytest.raises(Failure, match="disk is full: connection lost"), cache.disk_errors():
        raise ConnectionError("connection lost")
    with pytest.raises(Failure, match="disk is full"):
        process.run(["sh", "-c", "echo the server went away; exit 1"])


def test_full_disk_is_found_in_long_output(scratch):
    command = "echo 'psycopg2: No space left on device'; seq 100; exit 1"
    with pytest.raises(Failure, match="disk is full: psycopg2"):
        process.run(["sh", "-c", command])


def test_too_little_space_is_told_before_anything_is_fetched(scratch):
    with pytest.raises(Failure, match="GiB are free") as caught:
        cache.require_space(scratch, gib=10**9)
    assert "INVENTORY_CACHE" in caught.value.hint


def test_cache_that_cannot_be_made_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("INVENTORY_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(Failure, match="cannot be made") as caught:
        cache.folder()
    assert "INVENTORY_CACHE" in caught.value.hint


def test_second_command_on_the_same_cache_is_told_who_is_first(scratch):
    second = cache.lock("postgres-x", "Busy")
    with cache.lock("postgres-x", "Busy"), pytest.raises(Failure, match=str(os.getpid())):
        second.__enter__()
    with cache.lock("postgres-x", "Busy"):
        pass
