"""Service stations for people who work on the road: find one, see the gaps, print the map."""
