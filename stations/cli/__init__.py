"""The terminal: parse, ask one service, print."""

from stations.cli.main import main

__all__ = ["main"]
