"""Commands of whoever keeps the machine: accounts, safe-keeping, and the process that does long work."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from stations.cli.bar import draw_progress
from stations.errors import InputError
from stations.model.keys import Role
from stations.model.queries import read_key
from stations.services.accounts import add_account, list_accounts, remove_account, set_password, set_role
from stations.services.backups import backup, restore
from stations.services.build import build_region
from stations.services.jobs import run_jobs
from stations.services.office import Office
from stations.settings import Settings
from stations.store.snapshots import TableCount
from stations.texts import say

if TYPE_CHECKING:
    import argparse

    Rooms = argparse._SubParsersAction[ArgumentParser]

GRACE_S = 5.0
ROLES = "viewer|steward|admin"


def add_commands(rooms: Rooms, lang: str) -> None:
    """Add the commands of the office to a parser; their help is worded in `lang`."""

    def command(where: Rooms, name: str, run: Callable[..., None], key: str) -> ArgumentParser:
        parser = where.add_parser(name, help=say(lang, key))
        parser.set_defaults(run=run)
        return parser

    _add_users(rooms.add_parser("users", help=say(lang, "account.help")), lang, command)
    keep = command(rooms, "backup", write_backup, "backup.help_backup")
    keep.add_argument("file", type=Path, metavar="FILE")
    back = command(rooms, "restore", restore_backup, "backup.help_restore")
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--yes", action="store_true", help=say(lang, "backup.help_yes"))
    worker = command(rooms, "work", work, "job.help_work")
    worker.add_argument("--parent", type=int, metavar="PID", help=say(lang, "job.help_parent"))


def _add_users(parser: ArgumentParser, lang: str, command: Callable[..., ArgumentParser]) -> None:
    users = parser.add_subparsers(metavar="COMMAND", required=True)
    add = command(users, "add", add_user, "account.help_add")
    change = command(users, "password", change_password, "account.help_password")
    promote = command(users, "role", change_role, "account.help_role")
    remove = command(users, "remove", remove_user, "account.help_remove")
    command(users, "list", list_users, "account.help_list")
    for one in (add, change, promote, remove):
        one.add_argument("name", metavar="NAME")
    for one in (add, promote):
        one.add_argument("--role", required=True, metavar=ROLES)
    for one in (add, change):
        one.add_argument("--password-stdin", action="store_true", help=say(lang, "account.help_stdin"))
    for one in (promote, remove):
        one.add_argument("--force", action="store_true", help=say(lang, "account.help_force"))


def add_user(given: Namespace, settings: Settings, lang: str) -> None:
    """Add an account; its password is asked for twice."""
    role = read_key(Role, given.role, name="--role")
    password = _password(given, lang)
    with open_office(settings) as office:
        account = add_account(office, given.name, role, password)
    _print(say(lang, "account.added", name=account.name, role=say(lang, f"account.role_{account.role}")))


def change_password(given: Namespace, settings: Settings, lang: str) -> None:
    """Give an account another password, which ends its sessions."""
    password = _password(given, lang)
    with open_office(settings) as office:
        account = set_password(office, given.name, password)
    _print(say(lang, "account.changed", name=account.name))


def change_role(given: Namespace, settings: Settings, lang: str) -> None:
    """Give an account another role, which ends its sessions."""
    role = read_key(Role, given.role, name="--role")
    with open_office(settings) as office:
        account = set_role(office, given.name, role, last_admin_too=given.force)
    _print(say(lang, "account.changed", name=account.name))


def remove_user(given: Namespace, settings: Settings, lang: str) -> None:
    """Remove an account; what it wrote keeps its name."""
    with open_office(settings) as office:
        remove_account(office, given.name, last_admin_too=given.force)
    _print(say(lang, "account.removed", name=given.name))


def list_users(_given: Namespace, settings: Settings, lang: str) -> None:
    """Print all accounts: name, role and since when."""
    with open_office(settings) as office:
        accounts = list_accounts(office)
    for account in accounts:
        role = say(lang, f"account.role_{account.role}")
        _print(f"{account.name}\t{account.role} ({role})\t{account.made_at:%Y-%m-%d}")
    if not accounts:
        _print(say(lang, "account.none"))


def write_backup(given: Namespace, settings: Settings, lang: str) -> None:
    """Write all that the database holds to one file, while it is in use."""
    counts = backup(settings, given.file)
    _print(say(lang, "backup.written", file=given.file.name, tables=_counted(counts)))


def restore_backup(given: Namespace, settings: Settings, lang: str) -> None:
    """Put the database back to what a file holds, and publish the list that it is then."""
    if not given.yes:
        _ask_first(given.file, lang)
    counts = restore(settings, given.file)
    _print(say(lang, "backup.restored", file=given.file.name, tables=_counted(counts)))
    draw_progress(build_region(settings), lang)


def work(given: Namespace, settings: Settings, _lang: str) -> None:
    """Do long work until told to end, or until the process that started this one is gone."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    if given.parent is not None:
        threading.Thread(target=_end_with, args=(given.parent, ended), daemon=True).start()
    run_jobs(settings, until=ended.is_set)


def _end_with(parent: int, ended: threading.Event) -> None:
    """End this process soon after its parent, however that ended; a step of the work may be long, so not only ask."""
    while os.getppid() == parent:
        time.sleep(0.2)
    ended.set()
    time.sleep(GRACE_S)
    os._exit(1)


@contextmanager
def open_office(settings: Settings) -> Iterator[Office]:
    """Give the office of a region for as long as a command takes."""
    office = Office(settings)
    try:
        yield office
    finally:
        office.close()


def _password(given: Namespace, lang: str) -> str:
    """Return a password that is asked for without showing it; never an argument, which others could see."""
    if given.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError("account.no_terminal", field="--password-stdin")
    first = getpass(say(lang, "account.ask_password", name=given.name))
    if getpass(say(lang, "account.ask_again")) != first:
        raise InputError("account.not_the_same", field="password")
    return first


def _ask_first(file: Path, lang: str) -> None:
    if not sys.stdin.isatty():
        raise InputError("backup.not_asked", field="--yes")
    sys.stdout.write(say(lang, "backup.ask", file=file.name))
    sys.stdout.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes", "是"):
        raise InputError("backup.not_wanted")


def _counted(counts: tuple[TableCount, ...]) -> str:
    return ", ".join(f"{one.table} {one.rows}" for one in counts)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
