"""Kill writers at any moment and look at what they leave: ``python -m tests.crash --rounds 200``.

On SQLite in a folder for the time being, and on the PostgreSQL of ``STATIONS_TEST_POSTGRES_URL`` where that is set; or
on the database of ``--url`` alone.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from tests.crash.rounds import kill_rounds
from tests.postgres import own_schema


def main() -> None:
    """Run the rounds on every database and print what was found."""
    asked = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    asked.add_argument("--rounds", type=int, default=200)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--url", help="a database with nothing in it")
    given = asked.parse_args()
    with _databases(given.url) as urls:
        for url in urls:
            found = kill_rounds(url, rounds=given.rounds, seed=given.seed)
            print(f"{make_url(url).get_backend_name()}: {found}", flush=True)  # noqa: T201


@contextmanager
def _databases(url: str | None) -> Iterator[list[str]]:
    postgres = os.environ.get("STATIONS_TEST_POSTGRES_URL")
    with tempfile.TemporaryDirectory() as folder:
        sqlite = f"sqlite:///{folder}/stations.sqlite"
        if url:
            yield [url]
        elif postgres:
            with own_schema(postgres) as own:
                yield [sqlite, own]
        else:
            yield [sqlite]


if __name__ == "__main__":
    main()
