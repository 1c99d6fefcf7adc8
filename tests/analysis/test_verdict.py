from lrtui.analysis.result import RankRow
from lrtui.analysis.verdict import verdict


def rows(leaders: str, others: str = "", n: int = 10) -> list[RankRow]:
    return [
        RankRow(place, label, 0.1, n, 0.9, 0.8, 1.0, 0.0, 0.0, 0.0, 0.5, label in leaders, 5.0, 0.9, 0, 1.0)
        for place, label in enumerate(leaders + others, 1)
    ]


def say(leaders: str, others: str = "", n: int = 10, provisional: bool = False) -> str:
    return verdict(rows(leaders, others, n), 0.05, provisional=provisional)


def test_one_leader_is_named() -> None:
    assert say("a", "bc") == "a leads: no other schedule is in the 95 % leading group at n = 10"


def test_a_few_leaders_are_all_named() -> None:
    assert say("ab", "c") == "a and b lead and cannot be told apart at n = 10"
    assert say("abcd", "e") == "a, b, c and d lead and cannot be told apart at n = 10"


def test_many_leaders_are_counted() -> None:
    assert say("abcdefghi", "j") == "a, b, c, d and 5 more lead and cannot be told apart at n = 10"


def test_when_all_lead_nobody_leads() -> None:
    assert say("ab") == "a and b cannot be told apart at n = 10"
    assert say("abcdef") == "the 6 schedules cannot be told apart at n = 10"


def test_too_few_seeds_name_nobody() -> None:
    assert say("abc", n=3) == "3 seeds cannot show a difference: at least 6 are needed"
    assert say("abc", n=1) == "1 seed cannot show a difference: at least 6 are needed"


def test_one_schedule_has_no_rival() -> None:
    assert say("a") == "a is the only schedule with results: there is nothing to compare it with"


def test_a_provisional_ranking_says_so() -> None:
    assert say("a", "b", n=7, provisional=True).startswith("so far, a leads:")


def test_labels_are_cleaned() -> None:
    (row,) = rows("a")
    hostile = RankRow(**{name: getattr(row, name) for name in row.__slots__} | {"label": "x\x1b[31m" + "y" * 500})
    sentence = verdict([hostile], 0.05, provisional=False)
    assert "\x1b" not in sentence
    assert len(sentence) < 200
