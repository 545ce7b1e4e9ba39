"""Database triggers: a look is never changed, and not deleted before its retention is over."""

from songcau.foundation.audit.guards import Guards

# INSERT is guarded too: SQLite's INSERT OR REPLACE deletes the old row without firing its DELETE trigger.
LOOKS = Guards(
    refusal="looks at personal data are only appended, and kept until their day",
    sqlite={
        "personal_data_look_update": "BEFORE UPDATE ON personal_data_look",
        "personal_data_look_delete": "BEFORE DELETE ON personal_data_look "
        "WHEN OLD.keep_until > strftime('%Y-%m-%d %H:%M:%f', 'now')",
        "personal_data_look_insert": "BEFORE INSERT ON personal_data_look "
        "WHEN EXISTS (SELECT 1 FROM personal_data_look WHERE id = NEW.id)",
    },
    postgresql={
        "personal_data_look_rows": "BEFORE UPDATE OR DELETE ON personal_data_look FOR EACH ROW",
        "personal_data_look_truncate": "BEFORE TRUNCATE ON personal_data_look FOR EACH STATEMENT",
    },
    function="personal_data_refuse",
    function_body="""
    IF TG_OP = 'DELETE' THEN
        IF OLD.keep_until <= clock_timestamp() THEN RETURN OLD; END IF;
    END IF;""",
)
