import pytest

from lrtui.stats.power import detectable_difference, launch_sentence, seeds_needed, too_few


@pytest.mark.parametrize(("alpha", "n"), [(0.05, 6), (0.0625, 6), (0.07, 5), (0.01, 8), (0.2, 4)])
def test_the_smallest_p_of_n_seeds_is_below_alpha_and_that_of_one_fewer_is_not(alpha: float, n: int) -> None:
    assert seeds_needed(alpha) == n
    assert 1 / 2 ** (n - 1) < alpha <= 1 / 2 ** (n - 2)


@pytest.mark.parametrize(("n", "effect"), [(10, 0.996), (34, 0.495), (199, 0.1995)])
def test_two_schedules_are_the_textbook_paired_t_test(n: int, effect: float) -> None:
    # Cohen's d_z at 80 % power and two-sided 5 %, from G*Power's tables.
    assert detectable_difference(n, 1.0) == pytest.approx(effect, abs=5e-4)


def test_it_grows_with_spread_and_schedules_and_shrinks_with_seeds() -> None:
    def points(n: int, sd: float, schedules: int) -> float:
        return detectable_difference(n, sd, schedules) or 0.0

    assert points(10, 0.02, 13) == pytest.approx(2 * points(10, 0.01, 13))
    assert points(20, 0.01, 13) < points(10, 0.01, 13) < points(7, 0.01, 13)
    assert points(10, 0.01, 2) < points(10, 0.01, 3) < points(10, 0.01, 13)


def test_what_cannot_be_shown_has_no_figure() -> None:
    assert detectable_difference(5, 0.01) is None
    assert detectable_difference(10, 0.01, schedules=1) is None
    assert too_few(6) is None


def test_the_sentence_before_a_launch() -> None:
    assert launch_sentence(10, 13) == (
        "10 seeds tell a schedule from 12 others in about 4 of 5 comparisons if it is 2 points better "
        "and differences vary by 1 (standard deviation)"
    )
    assert launch_sentence(3, 13) == "3 seeds cannot show a difference: at least 6 are needed"
    assert launch_sentence(10, 1) == "one schedule alone cannot be compared: pick at least two"
