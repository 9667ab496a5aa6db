"""The words of the business as values."""
