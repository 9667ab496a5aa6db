"""Pure functions on arrays and shapes: no files, no clocks, no databases."""
