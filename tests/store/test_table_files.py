from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import time

import numpy as np
import pytest

from stations.errors import DamagedArtefactError
from stations.store import table_files
from stations.store.table_files import publish, published, read_bundle, remove_old, write_bundle
from stations.texts import LANGUAGES, say

ARRAYS = {
    "costs": np.arange(1000, dtype=np.uint32),
    "walk.lonlat": np.array([[116.8, 35.5], [np.nan, np.inf]]),
    "empty": np.empty((0, 3), dtype=np.int16),
    "one": np.array(7, dtype=np.int64),
    "fortran": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "names": np.array(["兖州", "b"]),
    "flags": np.array([True, False]),
}
META = {
    "roads": "abc",
    "limit_ms": {"walk": 2_100_000},
    "counts": [1, 2.5, None],
    "name": "兖州",
    "numbers": {10: 1, 9: 2},
}


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "tables" / "f1"
    write_bundle(folder, ARRAYS, META)
    return folder


def test_what_was_written_comes_back(bundle):
    arrays, meta = read_bundle(bundle)

    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
    assert meta == {**META, "numbers": {"10": 1, "9": 2}}  # JSON's keys are words
    assert sorted(file.name for file in bundle.parent.iterdir()) == ["f1"]


def test_arrays_are_mapped_and_cannot_be_written(bundle):
    arrays, _ = read_bundle(bundle)

    assert isinstance(arrays["costs"], np.memmap)
    for array in arrays.values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_a_missing_bundle_is_simply_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_bundle(tmp_path / "none")


def _flip(path, position):
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


def _forge(folder, **changes):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest.update(changes)
    manifest.pop("checksum")
    (folder / "manifest.json").write_bytes(table_files._signed(manifest))


DAMAGE = {
    "array cut": lambda folder: os.truncate(folder / "costs.npy", 2000),
    "array emptied": lambda folder: os.truncate(folder / "costs.npy", 0),
    "array longer": lambda folder: (folder / "costs.npy").write_bytes((folder / "costs.npy").read_bytes() + b"\0"),
    "last byte flipped": lambda folder: _flip(folder / "costs.npy", -1),
    "header byte flipped": lambda folder: _flip(folder / "costs.npy", 30),
    "array missing": lambda folder: (folder / "costs.npy").unlink(),
    "array of another bundle": lambda folder: np.save(folder / "costs.npy", ARRAYS["costs"] + np.uint32(1)),
    "manifest missing": lambda folder: (folder / "manifest.json").unlink(),
    "manifest cut": lambda folder: os.truncate(folder / "manifest.json", 100),
    "manifest emptied": lambda folder: os.truncate(folder / "manifest.json", 0),
    "manifest not text": lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe\x00"),
    "manifest a list": lambda folder: (folder / "manifest.json").write_text("[]"),
    "manifest of another program": lambda folder: (folder / "manifest.json").write_text('{"files": {}, "meta": {}}'),
    "manifest of another format": lambda folder: _forge(folder, format="stations-bundle-0"),
    "manifest altered": lambda folder: (folder / "manifest.json").write_text(
        (folder / "manifest.json").read_text().replace("abc", "abd")
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_noticed_told_and_mended_by_writing_again(bundle, damage):
    damage(bundle)

    with pytest.raises(DamagedArtefactError) as noticed:
        read_bundle(bundle)
    for lang in LANGUAGES:
        assert "f1/" in say(lang, noticed.value.key, **noticed.value.values)

    write_bundle(bundle, ARRAYS, META)
    np.testing.assert_array_equal(read_bundle(bundle)[0]["costs"], ARRAYS["costs"])
    assert [entry.name for entry in bundle.parent.iterdir()] == ["f1"]


def test_every_byte_of_an_array_file_counts(bundle):
    whole = (bundle / "flags.npy").read_bytes()
    for position in range(len(whole)):
        _flip(bundle / "flags.npy", position)
        with pytest.raises(DamagedArtefactError):
            read_bundle(bundle)
        (bundle / "flags.npy").write_bytes(whole)


def test_a_valid_bundle_is_not_written_again(bundle):
    before = (bundle / "costs.npy").stat()

    write_bundle(bundle, {"other": np.zeros(3)}, {})

    assert (bundle / "costs.npy").stat() == before
    assert set(read_bundle(bundle)[0]) == set(ARRAYS)


@pytest.mark.parametrize(
    ("arrays", "meta"),
    [
        ({"pickled": np.array([{}], dtype=object)}, {}),
        ({"../above": np.zeros(1)}, {}),
        ({"": np.zeros(1)}, {}),
        ({".hidden": np.zeros(1)}, {}),
        ({"a": np.zeros(1)}, {"nan": float("nan")}),
    ],
)
def test_what_cannot_be_written_leaves_nothing_behind(tmp_path, arrays, meta):
    with pytest.raises(ValueError, match=r".+"):
        write_bundle(tmp_path / "b", arrays, meta)

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def fill(*_, **__):
        raise OSError("1000 requested and 0 written")  # what numpy says then, without a number

    monkeypatch.setattr(np, "save", fill)
    with pytest.raises(OSError, match="No space left") as refused:
        write_bundle(tmp_path / "tables" / "f1", {"costs": np.arange(3)}, {})

    assert refused.value.errno == errno.ENOSPC
    assert list((tmp_path / "tables").iterdir()) == []


def test_a_manifest_cannot_reach_outside_its_folder(bundle):
    files = json.loads((bundle / "manifest.json").read_text())["files"]
    (bundle.parent / "costs.npy").write_bytes((bundle / "costs.npy").read_bytes())
    _forge(bundle, files={"../costs": files["costs"]})

    with pytest.raises(DamagedArtefactError):
        read_bundle(bundle)


def test_arrays_outlive_their_bundle(bundle):
    arrays, _ = read_bundle(bundle)

    remove_old(bundle.parent, keep=set())

    assert not bundle.exists()
    np.testing.assert_array_equal(arrays["costs"], ARRAYS["costs"])


def _write_again_and_again(folder, number):
    for _ in range(10):
        write_bundle(folder, {"costs": np.arange(200_000)}, {"by": number})
        read_bundle(folder)


def test_processes_that_write_one_bundle_at_once_end_with_one_whole_bundle(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write_again_and_again, args=(tmp_path / "t" / "f", k)) for k in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    np.testing.assert_array_equal(read_bundle(tmp_path / "t" / "f")[0]["costs"], np.arange(200_000))
    assert [entry.name for entry in (tmp_path / "t").iterdir()] == ["f"]


def _mend(folder):
    write_bundle(folder, {"costs": np.arange(1000)}, {})


def test_processes_that_mend_one_bundle_at_once_end_with_one_whole_bundle(bundle):
    os.truncate(bundle / "costs.npy", 10)
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_mend, args=(bundle,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert set(read_bundle(bundle)[0]) == {"costs"}
    assert [entry.name for entry in bundle.parent.iterdir()] == ["f1"]


def _write_without_end(folder):
    for number in range(10_000):
        write_bundle(folder / str(number), {"costs": np.arange(300_000)}, {})


def test_a_killed_writer_leaves_whole_bundles_and_rubbish_that_is_cleared_later(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    writer = spawn.Process(target=_write_without_end, args=(tmp_path / "t",))
    writer.start()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not (tmp_path / "t" / "3").exists():
        time.sleep(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    bundles = [entry for entry in (tmp_path / "t").iterdir() if not entry.name.startswith(".")]
    assert bundles
    for entry in bundles:
        read_bundle(entry)
    rubbish = tmp_path / "t" / ".left.x.tmp"
    rubbish.mkdir()
    remove_old(tmp_path / "t", keep={"1"})
    assert rubbish.exists()  # it could be of a writer at work
    long_ago = time.time() - 2 * table_files.ABANDONED_AFTER_S
    for entry in (tmp_path / "t").iterdir():
        if entry.name.startswith("."):
            os.utime(entry, (long_ago, long_ago))
    remove_old(tmp_path / "t", keep={"1"})
    assert [entry.name for entry in (tmp_path / "t").iterdir()] == ["1"]


def test_only_bundles_are_removed(tmp_path):
    write_bundle(tmp_path / "old", ARRAYS, {})
    (tmp_path / "mine").mkdir()
    (tmp_path / "current").write_text("old")

    remove_old(tmp_path, keep=set())
    remove_old(tmp_path / "not there", keep=set())

    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["current", "mine"]


def test_the_pointer_says_what_was_published_last(tmp_path):
    pointer = tmp_path / "tables" / "current"

    assert published(pointer) is None
    for name in ("f1", "0a.b-c_d"):
        publish(pointer, name)
        assert published(pointer) == name
    assert [entry.name for entry in pointer.parent.iterdir()] == ["current"]


@pytest.mark.parametrize("name", ["", "..", "../up", "a/b", "two\nlines", ".hidden", "a" * 101, "兖州"])
def test_only_plain_names_are_published(tmp_path, name):
    pointer = tmp_path / "current"
    publish(pointer, "before")

    with pytest.raises(ValueError, match="plain"):
        publish(pointer, name)

    assert published(pointer) == "before"


@pytest.mark.parametrize("content", [b"", b"\0\0", b"../up", b"\xff", b"f1\n"])
def test_a_pointer_that_holds_something_else_points_nowhere(tmp_path, content):
    (tmp_path / "current").write_bytes(content)

    assert published(tmp_path / "current") is None
