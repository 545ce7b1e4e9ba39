"""Refusals of citizen reports in words: code → translatable sentence with %(parameters)s."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.systems.citizen_reports.pages.audit_words import ACTIONS as ACTIONS
from songcau.systems.citizen_reports.pages.code_words import JOBS as JOBS

REFUSALS: dict[str, Promise] = {
    "JURISDICTION_NAME_UNUSABLE": _("Please give the jurisdiction a name of its own, at most 120 characters long."),
    "JURISDICTION_ADDRESS_UNUSABLE": _(
        "Please enter an address that begins with https, such as https://example.vn/v2."
    ),
    "SERVICE_MAP_UNFIT": _("Please check the list of kinds of matters: %(category)s has no counterpart."),
    "JURISDICTION_UNKNOWN": _("There is no such jurisdiction."),
    "ADDRESS_NOT_PUBLIC": _("The picture's address is not one of the open internet; please send the picture itself."),
    "PICTURE_ELSEWHERE_GONE": _("There is no picture at the address, or it is too large."),
    "PICTURE_ELSEWHERE_AWAY": _("The picture's address does not answer now; it is tried again by itself."),
    "JURISDICTION_AWAY": _("The other jurisdiction does not answer now (%(why)s); it is tried again by itself."),
    "JURISDICTION_REFUSED": _("The other jurisdiction refused it: %(why)s"),
    "JURISDICTION_UNUSABLE": _("Nothing of this kind is forwarded there; the set-up of the jurisdiction says what is."),
    "FORWARDED_ALREADY": _("The other jurisdiction has this report already, or it came from there."),
    "REPORT_UNKNOWN": _("There is no such report here, or it is not one of yours."),
    "CATEGORY_UNKNOWN": _("Please choose what it is about from the list; this kind of matter is not in it."),
    "TOO_MANY_PICTURES": _("Please send at most %(most)s pictures with a report."),
    "API_KEY_NAME_UNUSABLE": _("Please give the key a name of its own, at most 120 characters long."),
    "API_KEY_UNKNOWN": _("There is no such key, or it was taken back already."),
    "REPORT_DONE": _("Nothing is being done about this report any more: it is resolved, closed, refused or withdrawn."),
    "WITHDRAW_TOO_LATE": _(
        "Work on this report has begun, because somebody may be in danger: it can no longer be withdrawn. You "
        "may ask that your name and contact be forgotten."
    ),
    "REOPEN_TOO_EARLY": _("This report is not resolved yet, so there is nothing to open again."),
    "REOPEN_TWICE": _(
        "You have opened this report again once already. If the matter is still there, please send a new report."
    ),
    "REOPEN_TOO_LATE": _(
        "A report can be opened again within %(days)s days after it was resolved. If the matter is still "
        "there, please send a new report."
    ),
    "REOPEN_REASON_MISSING": _(
        "Please say what is still not solved: at least %(least)s letters, at most %(limit)s characters."
    ),
    "RATING_UNFIT": _("Please choose from 1 to %(most)s stars."),
    "RATING_TEXT_TOO_LONG": _("The words beside your rating are too long: at most %(limit)s characters."),
    "RATED_ALREADY": _("This report was rated already."),
    "RATING_TOO_EARLY": _("You can rate this report once it is resolved."),
    "FIRST_REPORT_MISSING": _("Please name the first report of which this one is a duplicate."),
    "REPORTER_NOT_ASKED": _("Before a report is refused as unclear, please ask the reporter what is meant."),
    "REFUSAL_TEXT_MISSING": _("Please tell the reporter in words why this is refused: at least %(least)s letters."),
    "REFUSAL_TEXT_TOO_LONG": _("The reason is too long: at most %(limit)s characters."),
    "REPORT_TEXT_EMPTY": _("Please write what the matter is."),
    "REPORT_TEXT_TOO_LONG": _("The text has %(length)s characters; at most %(limit)s are allowed. Please shorten it."),
    "REPORT_WITHOUT_WORDS": _("Please say in words what the matter is: pictures and dots alone cannot be handled."),
    "CLOSING_UNFIT": _("This answer cannot be sent to the reporter."),
    "CLOSING_EMPTY": _("Please write what was done."),
    "CLOSING_TOO_SHORT": _("The answer is too short: please say what was done, in at least %(least)s letters."),
    "CLOSING_TOO_LONG": _("The answer is too long: at most %(limit)s characters."),
    "CLOSING_ONLY_FORWARDS": _(
        "“Passed on” is no answer. Please say what was done, by whom and when; if another unit has to act, "
        "hand the report over to it."
    ),
    "CLOSING_ONLY_RECEIVES": _("“Received” is no answer. Please say what was done about the matter."),
    "CLOSING_ONLY_PROMISES": _(
        "What will be done is no result. Please answer when it is done, or enter a plan with a date."
    ),
    "CLOSING_ONLY_CLAIMS": _("“Solved” alone says too little. Please say what was done, where and when."),
    "CLOSING_ONLY_THANKS": _("Thanks alone are no answer. Please say what was done."),
    "CLOSING_REPEATS_REPORT": _("The answer only repeats the report. Please say what was done."),
    "PHOTO_MISSING": _("Please add a picture that shows the place after the work."),
    "PHOTO_AFTER_MISSING": _("There is a picture of before; please add one of after the work."),
    "QUESTION_UNANSWERED": _("Please answer: %(question)s"),
    "ANSWER_TOO_LONG": _("Please answer in words, at most %(limit)s characters: %(question)s"),
    "ANSWER_NOT_OFFERED": _("Please choose one of the answers offered: %(question)s"),
    "ANSWER_NOT_YES_OR_NO": _("Please answer yes or no: %(question)s"),
    "ANSWER_NOT_A_NUMBER": _("Please answer with a number, at most %(most)s: %(question)s"),
    "ANSWERS_UNFIT": _("%(count)s answers have to be put right, first: %(question)s"),
    "QUESTIONS_UNFIT": _(
        "Question no. %(position)s of the category cannot be asked like this: please look at its key, kind, "
        "wording and answers offered."
    ),
    "TERM_METHOD_UNFIT": _("A time limit of reports is counted in working hours, working days or calendar days."),
    "VERIFY_HOURS_UNFIT": _("Verifying takes at least one working hour."),
    "NUDGE_TOO_EARLY": _("This report is still within its time. You can send a reminder once it is late."),
    "NUDGED_LATELY": _("You can send one reminder a day; the last one was less than a day ago."),
    "PLAN_UNFIT": _("A plan can be entered by the unit while it has the report."),
    "PLAN_DATE_UNFIT": _("The date of the plan must be after today and within two years."),
    "PLAN_REASON_MISSING": _(
        "Please tell the reporter why it takes until then: at least %(least)s letters, at most %(limit)s characters."
    ),
    "REPORTS_TOO_FAST": _(
        "Too many reports came from you in a short time (at most %(most)s in %(minutes)s minutes). Nothing "
        "you sent before is lost; please wait a little. In danger call 113, 114 or 115."
    ),
    "REPORTING_BLOCKED": _(
        "After several false reports you cannot send reports until %(until)s. You may appeal. In danger call "
        "113, 114 or 115."
    ),
    "APPEAL_TEXT_MISSING": _(
        "Please say why the warning or block is wrong: at least %(least)s letters, at most %(limit)s characters."
    ),
    "NOTHING_TO_APPEAL": _("There is no warning and no block against you."),
    "APPEAL_OPEN_ALREADY": _("You have appealed already; the answer is still to come."),
    "REPORT_CODE_UNREADABLE": _(
        "No report has such a code. It looks like PA-7K2M-9QX4; please compare it with your receipt."
    ),
    "PLACE_OF_ALERT_MISSING": _("Please say around which place: use your own place, or point on the map."),
    "RADIUS_UNFIT": _("Please choose one of these distances in metres: %(offered)s."),
    "REPORT_JOINED_ALREADY": _("You have reported this already, or said that you have seen it too. It counts once."),
    "REPORT_FOLLOWS_ANOTHER": _(
        "This report follows another one. Please work on that one, or loosen this one from it first."
    ),
    "REPORT_WORDS_MISSING": _("Please write something here, in words."),
    "REPORT_WORDS_TOO_LONG": _("This text is too long: at most %(limit)s characters."),
    "REPORT_PLACE_UNFIT": _("Please choose a point on the map, or one of the city's wards."),
    "REPORT_IS_PRIVATE": _(
        "This report cannot be published: its sender asked for that, or its category is not public."
    ),
    "REPORT_NOT_MODERATED": _("Only what the centre has accepted can be published."),
    "REPORT_NOT_SHOWN": _("This report is not public, so there is nothing to withhold."),
    "NOTHING_TO_MERGE": _("Please choose at least one other report of the same cause."),
    "TOO_MANY_TO_MERGE": _("At most %(most)s reports can be merged at once."),
    "REPORT_FOLLOWS_NONE": _("This report follows no other one."),
    "REPORT_AGENCY_NOT_OPEN": _("This agency is closed. Please choose one that came after it: %(names)s"),
    "REPORT_SAME_AGENCY": _("This agency has the report already."),
    "REPORT_OFFICER_UNFIT": _("Please choose somebody who handles reports in this agency."),
    "EVIDENCE_UNFIT": _("Pictures of before and of after can be added, at most %(most)s to a report."),
    "NO_SUCH_REPORT": _("No report has this code and secret. Please compare both with your receipt."),
    "SPOT_CHECK_MISSING": _("This report was not drawn for a check."),
    "SPOT_CHECK_DONE": _("Somebody has checked this report already."),
    "REPORT_SOURCE_UNKNOWN": _("It is not known where this report came from, so nobody can be warned."),
    "WARNED_FOR_THIS_REPORT": _("Its sender was warned for this report already."),
    "BLOCK_UNFIT": _("A block lasts from one day to %(most)s days."),
    "TOO_MANY_REPORTS_AT_ONCE": _("At most %(most)s reports can be changed at once."),
    "REPORT_SET_UP_UNKNOWN": _("What you chose is not in use any more. Please reload the page."),
    "REPORT_SET_UP_NAME_MISSING": _("Please give a name, at most %(limit)s characters long."),
    "REPORT_SET_UP_TWICE": _("The same is set up already."),
    "CATEGORY_CODE_UNFIT": _(
        "A category's code is 2 to 40 of A–Z, 0–9 and underscore, begins with a letter, and is used by no other."
    ),
    "CATEGORY_LOOP": _("A category can neither stand under itself nor be replaced by itself."),
    "CATEGORY_HAS_CHILDREN": _("Categories that are in use stand under this one; retire or move them first."),
    "CATEGORY_RETIRED": _("This category is retired."),
    "REPORT_WARD_UNKNOWN": _("No ward of the city has this code."),
    "WARD_UNKNOWN": _("Choose a ward or commune of the city."),
    "TOO_MANY_ALERTS": _("At most %(most)s areas can be watched. Remove one first."),
    "REPORT_NO_UNIT_FITS": _("No rule says which unit gets it: choose one."),
    "REPORTS_NOT_CHOSEN": _("Please tick at least one report, and at most %(most)s."),
    "REPORT_BOXES_MALFORMED": _("What is to be blurred could not be read (box no. %(number)s). Please draw it again."),
    "REPORT_BOX_OUTSIDE": _("Box no. %(number)s lies outside the picture or is too small. Please draw it again."),
    "REPORT_TOO_MANY_BOXES": _(
        "At most %(most)s boxes can be blurred. Please draw one box over several, or withhold the picture."
    ),
    "REPORT_PICTURE_UNREADABLE": _("This picture cannot be opened, so no public copy can be made of it (%(why)s)."),
    "REPORT_BLURRING_BUSY": _("Another picture is being looked at; this one has its turn later, by itself."),
    "REPORT_BLURRING_AWAY": _(
        "The picture could not be blurred just now (%(exit)s). It is not public; songcau tries again."
    ),
    "REPORT_PICTURE_UNKNOWN": _("There is no such picture, or it was removed."),
    "REPORT_PICTURE_NOT_REVIEWABLE": _(
        "This picture cannot be reviewed: it is still being looked into, was refused, or is a film."
    ),
}
