"""Checks over a whole station list: one function per check, values in, problems out."""

from stations.services.list_checks.facts import ListFacts, facts_of
from stations.services.list_checks.listing import CHECKS, check_listing

__all__ = ["CHECKS", "ListFacts", "check_listing", "facts_of"]
