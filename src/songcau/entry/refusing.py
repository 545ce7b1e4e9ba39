"""Why a command cannot begin; in a file of its own so that a lean command need not load all settings to say it."""


class SettingsError(Exception):
    """The settings cannot be used; the message says which one, why, and what to do."""
