"""What a category asked and somebody answered, in words: nobody reads the codes under which answers are stored."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Category, Report
from songcau.systems.citizen_reports.rules import Question, QuestionKind

Answer = object


class Answers:
    """For one report, or for a whole list of them without a query each."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._asked: dict[object, tuple[Question, ...]] = {}

    def of(self, report: Report) -> list[tuple[str, Answer]]:
        """Question and answer, as the category asks; numbers, yes and no are left to whoever writes them."""
        return [
            self._in_words(report, key, given) for key, given in sorted(report.answers.items(), key=self._place(report))
        ]

    def _place(self, report: Report) -> Callable[[tuple[str, Answer]], tuple[int, str]]:
        """PostgreSQL keeps the keys of an object in an order of its own: where a question stands is known by those
        who ask it, its own category or the one it was put under before.
        """
        keys = [one.key for one in self._questions(report.category)]
        if not report.answers.keys() <= set(keys):
            keys += [one.key for one in self._everywhere]
        return lambda answer: (keys.index(answer[0]) if answer[0] in keys else len(keys), answer[0])

    def _in_words(self, report: Report, key: str, given: Answer) -> tuple[str, Answer]:
        """What its category no longer asks (it was put under another, or the questions changed) is looked for in
        others; the key is shown only where no category asks it any more.
        """
        question = next(self._asking(self._questions(report.category), key, given), None) or next(
            self._asking(self._everywhere, key, given), None
        )
        if question is None:
            return key, given
        words = dict(question.offered(self.language)) if question.kind is QuestionKind.CHOICE else {}
        return question.said(self.language), words.get(str(given), given)

    def _asking(self, questions: Iterable[Question], key: str, given: Answer) -> Iterator[Question]:
        for one in questions:
            if one.key == key and (one.kind is not QuestionKind.CHOICE or given in one.options):
                yield one

    def _questions(self, category: Category) -> tuple[Question, ...]:
        if category.pk not in self._asked:
            self._asked[category.pk] = rules.checked_questions(category.questions)
        return self._asked[category.pk]

    @cached_property
    def _everywhere(self) -> tuple[Question, ...]:
        rows = Category.objects.exclude(questions=[]).order_by("retired_on", "order", "code")
        return tuple(question for row in rows for question in self._questions(row))
