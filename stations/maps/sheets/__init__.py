"""Printed sheets: district, township atlas and coverage, drawn in millimetres."""
