"""What was answered with success is on disk: the log, the history, the snapshot."""
