"""Opening hours: expressions, holidays, wording, and the state at a moment."""
