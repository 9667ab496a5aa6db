"""Logging in and out: a signed cookie of this site alone, and a token in every form of the office."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Flask, g, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect

from stations.errors import InputError, NotAllowedError
from stations.services.accounts import check_login
from stations.services.secret_key import secret_key
from stations.settings import Settings
from stations.web.errors import answer_error
from stations.web.language import tell
from stations.web.office import current_account, current_office

bp = Blueprint("login", __name__)
SESSION_HOURS = 12
HOME = "/manage"
_READING = ("GET", "HEAD", "OPTIONS")

_OURS = re.compile(r"/(?![/\\])[!-~]*")

_csrf = CSRFProtect()


class _Cookie(SecureCookieSessionInterface):
    """A session cookie that goes over TLS alone wherever it was given over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def init_app(app: Flask, settings: Settings) -> None:
    """Sign cookies with the key of the settings, and ask every form of the office for its token."""
    app.secret_key = secret_key(settings)
    app.session_interface = _Cookie()
    app.config.update(
        SESSION_COOKIE_NAME="stations_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
        WTF_CSRF_CHECK_DEFAULT=False,  # riders' forms change nothing and set no cookie; see `guard_forms`
        WTF_CSRF_TIME_LIMIT=SESSION_HOURS * 3600,
        WTF_CSRF_SSL_STRICT=False,  # asks for a Referer, which our pages do not send
    )
    _csrf.init_app(app)
    app.register_error_handler(CSRFError, lambda _error: answer_error(InputError("error.form_token"), 400))


def guard_forms() -> None:
    """Check the token of a form; for `before_request` of the blueprints that write.

    Raises
    ------
    CSRFError
        The form has no token, an old one, or one of another session.
    """
    if request.method not in _READING:
        _csrf.protect()


def guard_office() -> None:
    """Check the token of who is logged in, as `guard_forms` does; who is not is told so by the view.

    It is for `before_request` of blueprints of which everything that writes asks for a role.
    """
    if request.method not in _READING and current_account() is not None:
        _csrf.protect()


bp.before_request(guard_forms)


@bp.get("/login")
def login() -> ResponseReturnValue:
    """Show the form, or go on where somebody is logged in already."""
    if current_account() is not None:
        return redirect(_onward())
    return _form()


@bp.post("/login")
def log_in() -> ResponseReturnValue:
    """Check name and password and go on to where the person wanted to be."""
    name = request.form.get("name", "").replace("\0", "").strip()  # PostgreSQL takes none
    try:
        password, client = request.form.get("password", ""), request.remote_addr or ""
        account = check_login(current_office(), name, password, client=client, moment=datetime.now(UTC))
    except NotAllowedError as error:
        return _form(name=name, wrong=tell(error.key, **error.values)), 401 if error.key != "account.throttled" else 429
    session.clear()
    session.update(account=account.name, epoch=account.epoch)
    session.permanent = True
    return redirect(_onward())


@bp.post("/logout")
def log_out() -> ResponseReturnValue:
    """Forget who was logged in."""
    session.clear()
    g.pop("account", None)
    return redirect("/login")


def _form(*, name: str = "", wrong: str = "") -> str:
    return render_template("login.html", name=name[:80], wrong=wrong, onward=_onward())


def _onward() -> str:
    """Return the page asked for, which must be one of ours."""
    wanted = request.values.get("next", "")
    return wanted if _OURS.fullmatch(wanted) else HOME
