"""Matrix products that stay on the calling thread."""

import numpy as np
from numpy.typing import NDArray

# OpenBLAS, numpy's on Linux, goes to all cores above rows · inner · columns = 2^18. Beside a training that keeps those
# cores busy its threads wait for each other: a 2 ms product then takes 30.
_ONE_THREAD = 1 << 18


def product(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """`a @ b`, a few rows of `a` at a time."""
    rows = max(1, _ONE_THREAD // max(1, b.size))
    result = np.empty((len(a), b.shape[1]))
    for start in range(0, len(a), rows):
        np.matmul(a[start : start + rows], b, out=result[start : start + rows])
    return result
