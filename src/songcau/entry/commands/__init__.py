"""The subcommands of `songcau`, grouped by what a person is doing."""
