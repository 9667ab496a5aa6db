"""A file in; values, or a report of problems, out."""
