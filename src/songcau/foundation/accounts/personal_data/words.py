"""Codes → words. English here, Vietnamese in the catalogue of this app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REFUSALS = {
    "PURPOSE_MISSING": _("Please say for which other purpose you open these data."),
    "REQUEST_TEXT_MISSING": _("Please write what you ask for, at most %(limit)s characters."),
    "ANSWER_MISSING": _("Please write the answer, at most %(limit)s characters."),
    "GROUND_MISSING": _("Refusing, wholly or in part, needs a reason; please choose one."),
    "GROUND_UNNEEDED": _("What is granted wholly has no reason for a refusal; please choose none, or “partly”."),
    "REQUEST_OPEN_ALREADY": _("You have asked the same already and the answer is still to come."),
    "NOTHING_TO_CORRECT": _(
        "Data are corrected for a request for correction or deletion, after it was taken up and before it is answered."
    ),
    "FINDING_MISSING": _("Please write what you found out."),
    "ALARM_SETTLED_ALREADY": _("This alarm was settled already."),
}

PURPOSES = {
    "ACCOUNT_CARE": _("Looking after accounts"),
    "CASE_WORK": _("Handling a dossier"),
    "DATA_REQUEST": _("Answering a request about personal data"),
    "INSPECTION": _("Inspection"),
    "OTHER": _("Another purpose"),
}

REQUEST_KINDS = {
    "CORRECTION": _("Correction"),
    "DELETION": _("Deletion"),
    "RESTRICTION": _("Restriction of use"),
    "OBJECTION": _("Objection"),
}

REQUEST_STATES = {
    "RECEIVED": pgettext_lazy("request", "Received"),
    "IN_WORK": _("Being worked on"),
    "ANSWERED": _("Answered"),
    "WITHDRAWN": pgettext_lazy("request", "Withdrawn"),
}

OUTCOMES = {
    "GRANTED": pgettext_lazy("request", "Granted"),
    "PARTLY": _("Granted in part"),
    "REFUSED": _("Refused"),
}

GROUNDS = {
    "LOG_IS_KEPT": _("The audit log is kept unaltered, for security and for complaints"),
    "DUTY_RECORDS": _("Records of public service are kept under the law on archives"),
    "STILL_NEEDED": _("The data are needed for a duty that the law gives the agency"),
    "OTHERS_RIGHTS": _("It would harm the rights of other people"),
    "DATA_ARE_RIGHT": _("The data were checked and are right"),
    "NOT_HELD_HERE": _("These data are not held here"),
    "OTHER": _("Another reason, named in the answer"),
}

COLOURS = {
    "LATE": _("late"),
    "SOON": _("due soon"),
    "IN_TIME": _("in time"),
    "CLOSED": pgettext_lazy("request", "closed"),
    "CLOSED_LATE": _("answered late"),
}

# Beginnings of answers, which an officer completes: code → (outcome, ground, words).
# Which may fit a request of a kind: `OFFERED`.
TEMPLATES = {
    "CORRECTED": (
        "GRANTED",
        "",
        _("We have put your data right as you asked. Please look at them on the page “My data”."),
    ),
    "CONTACT_ERASED": (
        "PARTLY",
        "LOG_IS_KEPT",
        _(
            "We have erased your e-mail address and telephone number. Your name, your username and the entries of the "
            "audit log stay, because the log must show who did what."
        ),
    ),
    "LOG_STAYS": (
        "REFUSED",
        "LOG_IS_KEPT",
        _(
            "Entries of the audit log cannot be changed or erased by anybody. They are used only to find out what "
            "happened, and only by those who may read the log."
        ),
    ),
    "RECORDS_STAY": (
        "REFUSED",
        "DUTY_RECORDS",
        _("Which post and role you held, and when, is a record of public service and is kept as long as the law says."),
    ),
    "CHECKED_RIGHT": (
        "REFUSED",
        "DATA_ARE_RIGHT",
        _("We have checked the data with the agency that gave them; they are right. Our sources:"),
    ),
}
OFFERED = {
    "CORRECTION": ("CORRECTED", "CHECKED_RIGHT", "LOG_STAYS", "RECORDS_STAY"),
    "DELETION": ("CONTACT_ERASED", "LOG_STAYS", "RECORDS_STAY"),
    "RESTRICTION": ("LOG_STAYS", "RECORDS_STAY"),
    "OBJECTION": ("LOG_STAYS", "RECORDS_STAY"),
}
TEMPLATE_TITLES = {
    "CORRECTED": _("Corrected"),
    "CONTACT_ERASED": _("Contact data erased, the rest stays"),
    "LOG_STAYS": _("The log stays"),
    "RECORDS_STAY": _("Records of service stay"),
    "CHECKED_RIGHT": _("Checked and right"),
}
