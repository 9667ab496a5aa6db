"""Run one command; an error is one sentence on stderr and exit status 2, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from stations.cli import commands
from stations.cli.commands import Serve
from stations.cli.parser import make_parser
from stations.errors import InputError, Problem, RefusedListError, StationsError, UnknownThingError
from stations.loaders.region import FILE_NAME
from stations.services.problem_words import say_problem
from stations.settings import read_settings
from stations.texts import say

MOST_PROBLEMS = 50
WRONG_INPUT = 2


def main(argv: Sequence[str], *, serve: Serve) -> int:
    """Return the exit status of one command.

    Parameters
    ----------
    argv
        The words after the program's name.
    serve
        What `serve` starts; the web stands beside the terminal, so it is handed in from above.
    """
    lang = _language()
    given = make_parser(lang).parse_args(argv)
    run: Callable[..., None] = given.run
    try:
        settings = read_settings(os.environ, region=given.region)
        if run is not commands.create_region and not (settings.region / FILE_NAME).is_file():
            raise UnknownThingError("error.region_folder", field="--region", value=settings.region, file=FILE_NAME)
        if run is commands.serve:
            run(given, settings, lang, serve)
        else:
            run(given, settings, lang)
    except RefusedListError as error:
        return _complain(lang, error, error.problems)
    except StationsError as error:
        return _complain(lang, error, ())
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:  # a full disk, a folder that may not be written to
        file, why = error.filename or "", error.strerror or str(error)
        return _complain(lang, InputError("error.cannot_write", file=file, why=why), ())
    return 0


def _complain(lang: str, error: StationsError, problems: tuple[Problem, ...]) -> int:
    lines = [say(lang, error.key, **error.values)]
    lines += [f"  {say_problem(lang, problem)}" for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        lines.append(f"  {say(lang, 'cli.more_problems', count=len(problems) - MOST_PROBLEMS)}")
    sys.stderr.write("\n".join(lines) + "\n")
    return WRONG_INPUT


def _language() -> str:
    """Return Chinese where the terminal speaks it, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"
