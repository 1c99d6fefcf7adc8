"""The optimizers a comparison can name."""

from collections.abc import Iterable

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from lrtui.comparison.spec import Spec
from lrtui.errors import unknown
from lrtui.tasks.catalogue import OPTIMIZERS


def make_optimizer(spec: Spec, parameters: Iterable[nn.Parameter], base_lr: float) -> Optimizer:
    """The spec's optimizer at the base LR, a Python float so that it is exactly what the scheduler says.

    One fused kernel updates all parameters: on the CPU too it is the fastest of torch's implementations, and for
    models as small as ours the optimizer is a large part of a step (AdamW, mlp on digits: 6.6 ms an epoch, not 9.7).

    Raises:
        UserError: there is no such optimizer.
    """
    if spec.optimizer == "sgd":
        return SGD(parameters, base_lr, momentum=spec.momentum, weight_decay=spec.weight_decay, fused=True)
    if spec.optimizer == "adam":
        return Adam(parameters, base_lr, weight_decay=spec.weight_decay, fused=True)
    if spec.optimizer == "adamw":
        return AdamW(parameters, base_lr, weight_decay=spec.weight_decay, fused=True)
    raise unknown("optimizer", spec.optimizer, OPTIMIZERS)
