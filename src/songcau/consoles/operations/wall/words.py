"""Why a wall cannot be saved, in words."""

from django.utils.translation import gettext as _

from songcau.kernel.errors import Refused


def refusal(refused: Refused) -> str:
    words = {
        "WALL_NAME_TAKEN": _("There is a wall of this name already. Give another name."),
        "WALL_UNFIT": _("The tiles lie on each other or outside the wall."),
        "WALL_UNKNOWN": _("This wall is gone. Save it under a new name."),
        "WALL_WITHOUT_CENTRE": _("The city has no operations centre yet whose wall this could be."),
        "CHANGED_MEANWHILE": _("Somebody else has changed this wall meanwhile. Open it again."),
        "WORDS_MISSING": _("Give the wall a name."),
        "WORDS_TOO_LONG": _("The name is too long."),
    }
    return words.get(refused.code, _("The wall cannot be saved so."))
