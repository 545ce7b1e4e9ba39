"""Refusals of incidents in words: code → translatable sentence with %(parameters)s."""

from django.utils.functional import Promise

from songcau.systems.incidents.pages import case_words
from songcau.systems.incidents.pages.alert_rules import words as rule_words
from songcau.systems.incidents.pages.audit_words import ACTIONS as ACTIONS
from songcau.systems.incidents.pages.code_words import JOBS as JOBS

REFUSALS: dict[str, Promise] = {**case_words.REFUSALS, **rule_words.REFUSALS}
