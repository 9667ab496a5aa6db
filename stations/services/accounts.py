"""Accounts: made, changed and removed by whoever sits at the machine; checked when somebody logs in."""

from __future__ import annotations

import ipaddress
import math
import unicodedata
from datetime import UTC, datetime

from werkzeug.security import check_password_hash, generate_password_hash

from stations.errors import InputError, NotAllowedError
from stations.model.accounts import Account
from stations.model.keys import Role
from stations.services.office import Office
from stations.store.accounts import FailureLimits, Throttled, name_key

METHOD = "scrypt:32768:8:3"
"""32 MB and about 0.2 s for each try: the OWASP Password Storage Cheat Sheet's row N=2^15, r=8, p=3.

Its rows are equally hard to guess against; this one bounds what all threads of all workers take when everybody logs in
at once.
"""
SALT_BYTES = 16
FEWEST_CHARACTERS = 10
MOST_CHARACTERS = 200
MOST_NAME_CHARACTERS = 60
LIMITS = FailureLimits(of_name=5, of_client=20)
_WORDS = """
    0000000000 0123456789 1111111111 1122334455 11111111111 12345678910 123456789a 1234567890 12345678900 1234512345
    1234554321 123123123a 123123123123 123321123321 147258369a 1qaz2wsx3edc 1q2w3e4r5t 1q2w3e4r5t6y 5201314520
    5845201314 6666666666 8888888888 88888888888 9876543210 9999999999 a123456789 a1234567890 aa123456789 aaaaaaaaaa
    abc1234567 abcd123456 abcd1234567 abcdefghij admin12345 admin123456 administrator asdfghjkl; iloveyou123
    passw0rd123 password01 password11 password12 password123 password1234 q1w2e3r4t5 qazwsxedcrfv qq123456789 qwer123456
    qwerty1234 qwerty12345 qwerty123456 qwertyuiop woaini1314 woaini5201314 zxcvbnm123
"""
COMMONEST = frozenset(_WORDS.split())
_NOBODY = f"{METHOD}${'0' * SALT_BYTES}${'0' * 128}"  # what no password gives; checked where there is no account


def add_account(office: Office, name: str, role: Role, password: str) -> Account:
    """Add an account and return it.

    Raises
    ------
    InputError
        The name is taken or cannot be one, or the password is too easy.
    """
    shown = _checked_name(name)
    now = datetime.now(UTC)
    # Begun at the clock, so that a name that is given again never has the epoch of one that was removed.
    account = Account(shown, role, now, epoch=int(now.timestamp()))
    office.accounts.add(account, _hash(_checked_password(password, shown)))
    return account


def set_password(office: Office, name: str, password: str) -> Account:
    """Give an account another password, which ends its sessions.

    Raises
    ------
    UnknownThingError
        There is no such account.
    InputError
        The password is too easy.
    """
    password_hash = _hash(_checked_password(password, name))
    return office.accounts.change(name, moment=datetime.now(UTC), password_hash=password_hash)


def set_role(office: Office, name: str, role: Role, *, last_admin_too: bool = False) -> Account:
    """Give an account another role, which ends its sessions.

    Raises
    ------
    UnknownThingError
        There is no such account.
    InputError
        It is the last administrator.
    """
    return office.accounts.change(name, moment=datetime.now(UTC), role=role, last_admin_too=last_admin_too)


def remove_account(office: Office, name: str, *, last_admin_too: bool = False) -> None:
    """Remove an account, which ends its sessions; what it wrote keeps its name. Raises as `set_role` does."""
    office.accounts.remove(name, last_admin_too=last_admin_too)


def list_accounts(office: Office) -> tuple[Account, ...]:
    """Return all accounts by name."""
    return office.accounts.listed()


def check_login(office: Office, name: str, password: str, *, client: str, moment: datetime) -> Account:
    """Return the account whose name and password these are.

    A try takes the same work whether there is such a name or not. After 5 failures of a name, or 20 of a client,
    within 15 minutes no more are tried; a success clears those of the name.

    Parameters
    ----------
    client
        The address that the try came from; stored only as a hash salted with the secret key, for a day. Of IPv6 the
        network (/64) counts, for one machine has all of its addresses.
    moment
        When, with a time zone.

    Raises
    ------
    NotAllowedError
        ``account.wrong_login``, with how many tries are `left`; or ``account.throttled``, with the `failures` that were
        counted and the `minutes` to wait.
    StoreError
        The database does not answer.
    """
    accounts = office.accounts
    reserved = accounts.reserve(name, _network(client), moment=moment, limits=LIMITS, salt=office.secret_key)
    if isinstance(reserved, Throttled):
        minutes = max(1, math.ceil((reserved.until - moment).total_seconds() / 60))
        raise NotAllowedError("account.throttled", failures=reserved.failures, minutes=minutes)
    found = accounts.find(name) if _is_name(name) else None
    given = _comparable(password) if len(password) <= MOST_CHARACTERS else ""
    fits = check_password_hash(found.password_hash if found else _NOBODY, given)
    if found is None or not fits:
        raise NotAllowedError("account.wrong_login", left=reserved.left)
    accounts.succeed(reserved)
    return found.account


def find_session_account(office: Office, name: str, epoch: int) -> Account | None:
    """Return the account that a session was begun for; `None` if it went, or changed since.

    Raises
    ------
    StoreError
        The database does not answer.
    """
    found = office.accounts.find(name) if _is_name(name) else None
    return found.account if found and found.account.epoch == epoch else None


def _checked_name(name: str) -> str:
    shown = unicodedata.normalize("NFC", name).strip()
    if not _is_name(shown):
        raise InputError("account.name", field="name", value=name[:MOST_NAME_CHARACTERS], most=MOST_NAME_CHARACTERS)
    return shown


def _is_name(name: str) -> bool:
    return 0 < len(name_key(name)) <= MOST_NAME_CHARACTERS and name.isprintable()


def _checked_password(password: str, name: str) -> str:
    given = _comparable(password)
    if len(given) < FEWEST_CHARACTERS:
        raise InputError("account.password_short", field="password", least=FEWEST_CHARACTERS)
    if len(given) > MOST_CHARACTERS:
        raise InputError("account.password_long", field="password", most=MOST_CHARACTERS)
    if name_key(given) == name_key(name):
        raise InputError("account.password_is_name", field="password")
    if name_key(given) in COMMONEST:
        raise InputError("account.password_common", field="password")
    return given


def _comparable(password: str) -> str:
    """Return a password as every keyboard gives it: a Chinese one may write full-width letters."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode("utf-8")


def _hash(password: str) -> str:
    return generate_password_hash(password, METHOD, SALT_BYTES)


def _network(client: str) -> str:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)
