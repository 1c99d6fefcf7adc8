"""A schedule of your own: the share of the base LR at each optimizer step, as a pure function.

lrtui run --schedulers constant,cosine --schedule examples/own_schedule.py:curve --seeds 6
"""

import math


def curve(step, total, floor=0.05, sharpness=4.0):
    """Fall along a logistic curve from 1 to `floor`, steepest in the middle of the run."""
    z = step / max(1, total - 1)
    return floor + (1 - floor) / (1 + math.exp(2 * sharpness * (z - 0.5)))
