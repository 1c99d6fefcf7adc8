import numpy as np
import pytest

from lrtui.analysis import product as module
from lrtui.analysis.product import product


@pytest.mark.parametrize(("rows", "inner", "columns"), [(7, 3, 2), (0, 3, 2), (5, 1, 1), (4, 3, 0)])
def test_it_is_the_product_whatever_the_block(
    rows: int, inner: int, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(0)
    a, b = generator.normal(size=(rows, inner)), generator.normal(size=(inner, columns))
    for block in (1, 13, 1 << 18):
        monkeypatch.setattr(module, "_ONE_THREAD", block)
        assert product(a, b) == pytest.approx(a @ b, abs=1e-12)
