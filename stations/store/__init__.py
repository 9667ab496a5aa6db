"""What outlives a process: the database and the artefacts on disk."""
