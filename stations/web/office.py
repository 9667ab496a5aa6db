"""What requests of the office stand on: its database, and who asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from stations.errors import NotAllowedError
from stations.model.accounts import Account
from stations.model.changes import Authorship
from stations.model.keys import Role
from stations.services.accounts import find_session_account
from stations.services.office import Office
from stations.settings import Settings

Given = ParamSpec("Given")
View = Callable[Given, ResponseReturnValue]


def init_app(app: Flask, settings: Settings) -> None:
    """Keep the office of this worker, whose database is opened by the first request that needs it."""
    app.extensions["office"] = Office(settings)

    @app.context_processor
    def _account() -> dict[str, object]:
        return {"account": g.get("account")}  # known where the page asked for it, and only there


def current_office() -> Office:
    """Return the office of this worker."""
    return cast("Office", current_app.extensions["office"])


def current_account() -> Account | None:
    """Return who is logged in, `None` where nobody is or the account has been changed since."""
    if "account" not in g:
        name, epoch = session.get("account"), session.get("epoch")
        known = isinstance(name, str) and isinstance(epoch, int)
        g.account = find_session_account(current_office(), name, epoch) if known else None  # type: ignore[arg-type]
    return cast("Account | None", g.account)


def current_steward() -> Account | None:
    """Return who is logged in and may change what is kept, `None` where nobody is."""
    account = current_account()
    return account if account is not None and account.role.covers(Role.STEWARD) else None


def authorship(*, reason: str = "", source: str = "") -> Authorship:
    """Return the words by which history names who is logged in."""
    account = current_account()
    assert account is not None  # every view that writes asks for a role first
    return Authorship(account.name, reason=reason, source=source)


def require_role(role: Role) -> Callable[[View[Given]], View[Given]]:
    """Let only accounts of `role` or above into a view; nobody at all is sent to the login.

    Raises
    ------
    NotAllowedError
        The account may not do this; for `/api`, also where nobody is logged in.
    """

    def guard(view: View[Given]) -> View[Given]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
            account = current_account()
            if account is None:
                if request.path.startswith("/api/"):
                    raise NotAllowedError("error.login_needed")
                onward = request.full_path if request.method == "GET" else "/manage"
                return redirect(url_for("login.login", next=onward.rstrip("?"), lang=request.args.get("lang")))
            if not account.role.covers(role):
                raise NotAllowedError("error.role_needed", role=role)
            return view(*args, **kwargs)

        return guarded

    return guard
