"""Accounts, safe-keeping and the job runner at the terminal."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stations.cli import main
from stations.cli import office as commands
from stations.model.keys import Role
from stations.services.accounts import list_accounts
from stations.services.build import build_region
from stations.services.office import Office
from stations.services.region import load_region
from stations.settings import read_settings

ROOT = Path(__file__).parents[2]
GOOD = "correct horse 驿站"
LONGEST_S = 60


class Typed(io.StringIO):
    """What somebody types, at a terminal or through a pipe."""

    terminal = False

    def isatty(self):
        return self.terminal


class Desk:
    """A terminal of a town that was built, and its office."""

    def __init__(self, settings, capsys, patch):
        self.settings, self.capsys, self.patch = settings, capsys, patch
        self.office = Office(settings)

    def run(self, *words, typed=""):
        self.patch.setattr(sys, "stdin", Typed(typed))
        status = main(["--region", str(self.settings.region), *map(str, words)], serve=None)
        out, err = self.capsys.readouterr()
        assert "Traceback" not in out + err
        return status, out, err

    def at_a_terminal(self, *typed):
        """Let the next command be run by somebody who types these passwords."""
        answers = iter(typed)
        self.patch.setattr(commands, "getpass", lambda _prompt: next(answers))
        self.patch.setattr(Typed, "terminal", True)

    def accounts(self):
        return [(one.name, one.role) for one in list_accounts(self.office)]


@pytest.fixture
def desk(make_town, tmp_path, capsys, monkeypatch):
    town = make_town(tmp_path)
    list(build_region(town.settings))
    monkeypatch.setenv("STATIONS_INSTANCE", str(town.settings.instance))
    monkeypatch.delenv("STATIONS_DATABASE_URL", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

    made = Desk(town.settings, capsys, monkeypatch)
    yield made
    made.office.close()


def test_accounts_are_added_listed_changed_and_removed(desk):
    assert desk.run("users", "list")[1] == (
        "There are no accounts yet; add one: python app.py users add NAME --role admin\n"
    )
    assert desk.run("users", "add", "张伟", "--role", "admin", "--password-stdin", typed=GOOD + "\n")[0] == 0
    assert desk.run("users", "add", "Li", "--role", "viewer", "--password-stdin", typed=GOOD)[0] == 0
    assert desk.run("users", "role", "li", "--role", "steward") == (
        0,
        "Account Li was changed; all its sessions have ended\n",
        "",
    )
    assert desk.run("users", "password", "li", "--password-stdin", typed="another password\n")[0] == 0
    listed = desk.run("users", "list")[1].splitlines()
    assert [line.split("\t")[:2] for line in listed] == [["Li", "steward (steward)"], ["张伟", "admin (administrator)"]]
    assert GOOD not in "".join(listed)

    assert desk.run("users", "remove", "Li")[0] == 0
    assert desk.accounts() == [("张伟", Role.ADMIN)]


def test_the_last_administrator_is_kept_unless_it_is_meant(desk):
    desk.run("users", "add", "root", "--role", "admin", "--password-stdin", typed=GOOD)

    status, _, err = desk.run("users", "remove", "root")
    assert (status, err) == (2, "root is the last administrator; make another one first, or add --force\n")
    assert desk.run("users", "role", "root", "--role", "viewer")[0] == 2
    assert desk.run("users", "remove", "root", "--force")[0] == 0


def test_a_password_is_asked_for_twice_without_showing_it(desk):
    desk.at_a_terminal(GOOD, "a slip of the fingers")
    status, _, err = desk.run("users", "add", "root", "--role", "admin")
    assert (status, "differ" in err) == (2, True)
    assert desk.accounts() == []

    desk.at_a_terminal(GOOD, GOOD)
    assert desk.run("users", "add", "root", "--role", "admin") == (0, "Added account root (administrator)\n", "")


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("add", "x", "--role", "admin"), "", "--password-stdin"),
        (("add", "x", "--role", "admin", "--password-stdin"), "short", "at least 10"),
        (("add", "x", "--role", "king", "--password-stdin"), GOOD, "king"),
        (("add", "", "--role", "admin", "--password-stdin"), GOOD, "1 to 60"),
        (("password", "nobody", "--password-stdin"), GOOD, "nobody"),
        (("remove", "nobody"), "", "nobody"),
    ],
)
def test_what_cannot_be_is_told(desk, words, typed, said):
    status, out, err = desk.run("users", *words, typed=typed)

    assert (status, out) == (2, "")
    assert said in err
    assert desk.accounts() == []


def test_a_password_is_no_argument(desk):
    with pytest.raises(SystemExit):
        desk.run("users", "add", "x", "--role", "admin", "--password", GOOD)


# ---- Safe-keeping


def test_a_backup_is_restored_and_published(desk, tmp_path):
    file = tmp_path / "1.zip"
    desk.run("users", "add", "root", "--role", "admin", "--password-stdin", typed=GOOD)
    status, out, _ = desk.run("backup", file)
    assert status == 0
    assert out.startswith("Wrote 1.zip: account 1, ")
    assert "station 4" in out
    desk.run("users", "remove", "root", "--force")

    status, out, _ = desk.run("restore", file, "--yes")

    assert status == 0
    assert out.startswith("Restored from 1.zip: account 1, ")
    assert desk.accounts() == [("root", Role.ADMIN)]
    assert load_region(desk.settings).generation == desk.office.stations.generation() == 2


def test_restoring_asks_first(desk, tmp_path):
    file = tmp_path / "1.zip"
    desk.run("backup", file)
    desk.run("users", "add", "root", "--role", "admin", "--password-stdin", typed=GOOD)

    assert "--yes" in desk.run("restore", file)[2]
    desk.at_a_terminal()
    for typed in ("n\n", "\n", ""):
        assert desk.run("restore", file, typed=typed)[::2] == (2, "nothing was restored and nothing changed\n")
    assert desk.accounts() == [("root", Role.ADMIN)]

    assert desk.run("restore", file, typed="y\n")[0] == 0
    assert desk.accounts() == []


def test_a_file_that_is_no_backup_is_told(desk, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8 no backup")

    status, _, err = desk.run("restore", tmp_path / "photo.jpg", "--yes")

    assert status == 2
    assert "photo.jpg" in err


# ---- The job runner


def start_work(settings, *options, **more):
    environ = {key: value for key, value in os.environ.items() if not key.startswith("STATIONS_")}
    environ |= {"STATIONS_INSTANCE": str(settings.instance)}
    command = [sys.executable, "app.py", "--region", str(settings.region), "work", *options]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


def wait_for(what):
    stop_at = time.monotonic() + LONGEST_S
    while not (found := what()):
        assert time.monotonic() < stop_at
        time.sleep(0.05)
    return found


def test_work_publishes_and_ends_when_told_to(desk):
    process = start_work(desk.settings)
    try:
        job = desk.office.jobs.start("publish", {}, "")
        wait_for(lambda: desk.office.jobs.read(job.job_id).outcome == {"generation": 1})
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=LONGEST_S)
    finally:
        process.kill()
        process.wait()

    assert (process.returncode, out) == (0, b"")


def test_work_ends_with_the_process_that_started_it_even_when_that_is_killed(desk):
    nobody = 2**22 + 1  # above what the system gives to a process
    process = start_work(desk.settings, "--parent", str(nobody))
    try:
        assert process.wait(LONGEST_S) in (0, 1)
    finally:
        process.kill()
        process.communicate()


def test_no_setting_of_the_machine_is_used(desk, monkeypatch):
    monkeypatch.delenv("STATIONS_REAL_DATA", raising=False)  # which tests themselves are told

    assert read_settings(os.environ, region=desk.settings.region) == desk.settings
