from __future__ import annotations

import multiprocessing

import pytest

from stations.errors import InputError, StoreError
from stations.services.secret_key import secret_key
from stations.settings import read_settings


def settings(folder, **environ):
    return read_settings({"STATIONS_INSTANCE": str(folder), **environ})


def test_a_key_that_is_given_is_used_and_not_written(tmp_path):
    given = settings(tmp_path / "instance", STATIONS_SECRET_KEY="k" * 32)

    assert secret_key(given) == "k" * 32
    assert not (tmp_path / "instance").exists()
    assert "kkk" not in repr(given)


def test_a_key_is_made_once_and_private(tmp_path):
    made = secret_key(settings(tmp_path / "instance"))

    assert len(made) >= 43  # 256 bits in base 64
    assert secret_key(settings(tmp_path / "instance")) == made
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "instance").iterdir()} == {0o600}
    assert secret_key(settings(tmp_path / "other")) != made


@pytest.mark.parametrize("inside", [b"", b"short\n", "密".encode() * 40])
def test_a_file_that_holds_no_key_is_named_and_left_alone(tmp_path, inside):
    (tmp_path / "secret_key").write_bytes(inside)

    with pytest.raises(InputError, match=r"account\.secret_key.*secret_key"):
        secret_key(settings(tmp_path))
    assert (tmp_path / "secret_key").read_bytes() == inside


def test_a_short_key_is_refused(tmp_path):
    with pytest.raises(InputError, match="STATIONS_SECRET_KEY"):
        secret_key(settings(tmp_path, STATIONS_SECRET_KEY="k" * 31))


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError, match=r"error\.cannot_write"):
        secret_key(settings(tmp_path / "file"))


def _tell(folder, results):
    results.put(secret_key(settings(folder)))


def test_processes_that_start_at_once_get_the_same(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    results = spawn.Queue()
    starters = [spawn.Process(target=_tell, args=(tmp_path, results)) for _ in range(4)]
    for starter in starters:
        starter.start()
    keys = {results.get(timeout=60) for _ in starters}
    for starter in starters:
        starter.join(60)

    assert len(keys) == 1
