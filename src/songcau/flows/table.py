"""Every event of the city, and what follows it in another system. `docs/generated/flows.md` is drawn from this table.

An event that nothing follows stands here too, with an empty tuple: that is a statement, not an omission.
What a system does on its own events stands in its `tasks.py`.
"""

from songcau.flows import (
    account_change_is_told,
    changed_way_is_told,
    citizen_reports_on_the_map,
    curiosity_alarms_officers,
    data_request_is_told,
    dead_letter_alarms_administrators,
    given_role_is_told,
    lent_role_is_told,
    moved_date_moves_data_request,
    moved_date_moves_report,
    moved_request_is_told,
    published_report_is_told_to_its_area,
    report_is_told_to_its_reporter,
    report_is_told_to_officials,
    waiting_report_is_told,
)
from songcau.foundation.accounts import events as accounts
from songcau.foundation.accounts.personal_data import events as personal_data
from songcau.foundation.calendar import events as calendar
from songcau.foundation.files import events as files
from songcau.foundation.notifications import events as notifications
from songcau.foundation.outbox import events as outbox
from songcau.foundation.outbox.reactions import Reaction
from songcau.foundation.places import events as places
from songcau.systems.citizen_reports import public as reports

TABLE: dict[type, tuple[Reaction, ...]] = {
    accounts.AgencyAdded: (),
    accounts.AgencyChanged: (),
    accounts.AgencyClosed: (),
    accounts.AgencyMoved: (),
    accounts.DelegationBegan: (),
    accounts.DelegationEnded: (),
    accounts.DelegationWithdrawn: (lent_role_is_told.TAKEN_BACK,),
    accounts.IdentityLinked: (changed_way_is_told.ADDED,),
    accounts.IdentityUnlinked: (changed_way_is_told.REMOVED,),
    accounts.OwnPasswordChanged: (account_change_is_told.REACTIONS[accounts.OwnPasswordChanged],),
    accounts.OwnSecondFactorChanged: (account_change_is_told.REACTIONS[accounts.OwnSecondFactorChanged],),
    accounts.PasswordReset: (account_change_is_told.REACTIONS[accounts.PasswordReset],),
    accounts.PersonAdded: (),
    accounts.PersonChanged: (),
    accounts.PersonDeactivated: (account_change_is_told.REACTIONS[accounts.PersonDeactivated],),
    accounts.PersonReactivated: (account_change_is_told.REACTIONS[accounts.PersonReactivated],),
    accounts.PersonSignedOut: (),
    accounts.PersonUnlocked: (),
    accounts.PostAdded: (),
    accounts.PostLeft: (),
    accounts.PostTaken: (),
    accounts.RoleEndChanged: (),
    accounts.RoleExpired: (given_role_is_told.EXPIRED,),
    accounts.RoleGranted: (given_role_is_told.GIVEN,),
    accounts.RoleLent: (lent_role_is_told.LENT,),
    accounts.RoleWithdrawn: (given_role_is_told.WITHDRAWN,),
    accounts.SecondFactorReset: (account_change_is_told.REACTIONS[accounts.SecondFactorReset],),
    calendar.CalendarChanged: (),
    calendar.DatePromised: (),
    calendar.ImpactsFound: (),
    calendar.PromiseCancelled: (),
    calendar.PromiseSettled: (),
    calendar.PromisedDateKept: (),
    calendar.PromisedDateMoved: (
        moved_date_moves_data_request.REACTION,
        moved_date_moves_report.REACTION,
    ),
    files.FileHeld: (),
    files.FileReleased: (),
    files.FileRemoved: (),
    files.FileScanned: (),
    files.FileSetAside: (),
    files.FileStored: (),
    notifications.NoticeRetried: (),
    notifications.NoticesGiven: (),
    notifications.PreferencesChanged: (),
    notifications.ZaloAuthorised: (),
    outbox.DeliveryDied: (dead_letter_alarms_administrators.REACTION,),
    outbox.JobDue: (),
    personal_data.CuriosityNoticed: (curiosity_alarms_officers.REACTION,),
    personal_data.CuriositySettled: (),
    personal_data.DataRequestAnswered: (data_request_is_told.ANSWERED,),
    personal_data.DataRequestDateMoved: (moved_request_is_told.REACTION,),
    personal_data.DataRequestReceived: (data_request_is_told.RECEIVED,),
    personal_data.DataRequestTaken: (),
    personal_data.DataRequestWithdrawn: (),
    personal_data.OwnDataExported: (),
    places.BoundariesApplied: (),
    places.UnitsLoaded: (),
    reports.PictureReceived: (),
    reports.ReportChanged: (
        waiting_report_is_told.DRAWN,
        citizen_reports_on_the_map.REACTIONS[reports.ReportChanged],
    ),
    reports.ReportEscalated: (waiting_report_is_told.LATE,),
    reports.ReportForwarded: (),
    reports.ReportNudged: (waiting_report_is_told.NUDGED,),
    reports.ReportPublished: (
        citizen_reports_on_the_map.REACTIONS[reports.ReportPublished],
        published_report_is_told_to_its_area.PUBLISHED,
    ),
    reports.ReportRated: (),
    reports.ReportStepTaken: (
        report_is_told_to_officials.STEP,
        report_is_told_to_its_reporter.STEP,
        citizen_reports_on_the_map.REACTIONS[reports.ReportStepTaken],
    ),
    reports.ReportSubmitted: (
        report_is_told_to_officials.SUBMITTED,
        report_is_told_to_its_reporter.RECEIVED,
        citizen_reports_on_the_map.REACTIONS[reports.ReportSubmitted],
    ),
    reports.ReportWithheld: (citizen_reports_on_the_map.REACTIONS[reports.ReportWithheld],),
    reports.ReporterAsked: (report_is_told_to_its_reporter.ASKED,),
    reports.ReporterLookedAt: (),
    reports.SetUpChanged: (),
    reports.SourceBlocked: (),
}
