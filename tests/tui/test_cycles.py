import pytest

from lrtui.tui.cycles import following


@pytest.mark.parametrize(
    ("item", "by", "then"),
    [("a", 1, "b"), ("c", 1, "a"), ("a", -1, "c"), ("none of them", 1, "a"), ("none of them", -1, "c")],
)
def test_the_item_after_one(item: str, by: int, then: str) -> None:
    assert following(item, "abc", by) == then
