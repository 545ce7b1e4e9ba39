"""Refusals of directives in words: code → translatable sentence with %(parameters)s."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.systems.directives.pages.audit_words import ACTIONS as ACTIONS
from songcau.systems.directives.pages.code_words import JOBS as JOBS

REFUSALS: dict[str, Promise] = {
    "DIRECTIVE_UNKNOWN": _("There is no such directive here, or it is not one of yours."),
    "DIRECTIVE_NOT_AT_WORK": _(
        "This cannot be done with the directive now: it is not given yet, it was reported as done, or it has ended."
    ),
    "DIRECTIVE_TITLE_UNFIT": _(
        "Please say in a few words what is to be done: at least %(least)s letters, at most %(limit)s characters."
    ),
    "DIRECTIVE_CONTENT_UNFIT": _(
        "Please write what is to be done and what result is expected: at least %(least)s letters, at most %(limit)s "
        "characters."
    ),
    "DIRECTIVE_WORDS_UNFIT": _("Please write at least %(least)s letters here, at most %(limit)s characters."),
    "DIRECTIVE_TERM_UNFIT": _("Please give either a number of working days, from 1 to %(most)s, or a date; not both."),
    "DIRECTIVE_DATE_PAST": _("This date has passed already. Please choose one that lies ahead."),
    "DIRECTIVE_DATE_TOO_FAR": _("Please choose a date within the next %(years)s years."),
    "DIRECTIVE_SOURCE_UNFIT": _(
        "What this directive comes from cannot be linked. Please open the form again from its own page."
    ),
    "DIRECTIVE_BEYOND_GIVER": _(
        "A leader gives directives to agencies of their own area only. Outside of it: %(names)s."
    ),
    "TOO_MANY_SUPPORTING": _("Please name at most %(most)s supporting agencies."),
    "LEAD_ALSO_SUPPORTS": _("The leading agency cannot also be a supporting one. Please take it out of that list."),
    "PERCENT_UNFIT": _("Please give a whole number from 0 to 99. What is wholly done is reported as done."),
    "EVIDENCE_MISSING": _("Please add at least one picture or document that shows the result."),
    "TOO_MANY_FILES": _("At most %(once)s files come with one report, and %(most)s with a directive."),
    "EXTENSION_NOT_LATER": _("The new date must be later than the one that holds now."),
    "EXTENSION_WAITS": _("More time was asked for already; please wait for the answer."),
    "NO_EXTENSION_WAITS": _("Nothing waits for a decision any more: it was answered, or is not needed any longer."),
    "DIRECTIVE_AGENCY_NOT_OPEN": _("One of the agencies is closed. Its work is done by: %(names)s."),
    "DIRECTIVE_OFFICER_UNFIT": _("Please choose somebody who reports for the leading agency."),
    "DIRECTIVE_NUDGED_LATELY": _("They were reminded less than %(hours)s hours ago."),
}
