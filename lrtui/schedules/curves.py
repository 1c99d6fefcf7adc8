"""What each scheduler does to the learning rate: pure functions of its parameters, without torch.

Every function takes the scheduler's full parameters (all names bound, torch's defaults included), the base LR and the
number of scheduler steps `n`, and returns the `n` learning rates in force before step 1, 2, … n of the scheduler.
Where torch has a closed form these follow it to the letter; property tests hold each against stepping the real class.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from lrtui.errors import UserError

Arguments = Mapping[str, Any]  # values are checked by Parameter.check; each function knows the types of its own
Multiplier = Callable[[int], float]


def constant(base_lr: float, n: int) -> list[float]:
    """The baseline: no scheduler at all."""
    return [base_lr] * n


def lambda_(multiplier: Multiplier, base_lr: float, n: int) -> list[float]:
    """LambdaLR: the base LR times a function of the epoch."""
    return [base_lr * multiplier(t) for t in range(n)]


def multiplicative(multiplier: Multiplier, base_lr: float, n: int) -> list[float]:
    """MultiplicativeLR: each epoch's LR is the last one times a function of the epoch."""
    return list(accumulate((multiplier(t) for t in range(1, n)), lambda lr, factor: lr * factor, initial=base_lr))[:n]


def exponential(p: Arguments, base_lr: float, n: int) -> list[float]:
    """ExponentialLR: base · gamma^t."""
    return [base_lr * p["gamma"] ** t for t in range(n)]


def step(p: Arguments, base_lr: float, n: int) -> list[float]:
    """StepLR: base · gamma^⌊t / step_size⌋."""
    return [base_lr * p["gamma"] ** (t // p["step_size"]) for t in range(n)]


def multistep(p: Arguments, base_lr: float, n: int) -> list[float]:
    """MultiStepLR: base · gamma^(milestones reached)."""
    return [base_lr * p["gamma"] ** sum(m <= t for m in p["milestones"]) for t in range(n)]


def plateau(p: Arguments, base_lr: float, n: int, metrics: Sequence[float]) -> list[float]:
    """ReduceLROnPlateau on the metric after each epoch; the LR drops once it has not improved for `patience` epochs."""
    sign = 1 if p["mode"] == "min" else -1
    lr, best, bad, cooling = base_lr, math.inf * sign, 0, 0
    rates = []
    for t in range(n):
        rates.append(lr)
        metric = metrics[t]
        bar = best * (1 - sign * p["threshold"]) if p["threshold_mode"] == "rel" else best - sign * p["threshold"]
        if sign * metric < sign * bar:
            best, bad = metric, 0
        else:
            bad += 1
        if cooling > 0:
            cooling -= 1
            bad = 0
        if bad > p["patience"]:
            lower = max(lr * p["factor"], p["min_lr"])
            if lr - lower > p["eps"]:
                lr = lower
            cooling, bad = p["cooldown"], 0
    return rates


def cosine(p: Arguments, base_lr: float, n: int) -> list[float]:
    """CosineAnnealingLR (Loshchilov & Hutter 2017): half a cosine down over T_max, then up again."""
    span = base_lr - p["eta_min"]
    return [p["eta_min"] + span * (1 + math.cos(math.pi * t / p["T_max"])) / 2 for t in range(n)]


def warmup_restarts(p: Arguments, base_lr: float, n: int) -> list[float]:
    """Cosine restarts with optional warm-up and decaying peak (Custom A and B).

    Cycle i has length T_i and peak base · gamma^i. In step t of a cycle the LR rises linearly from eta_min while
    t < warmup, then falls as half a cosine; T_{i+1} = (T_i - warmup) · T_mult + warmup. Without warm-up and with
    gamma 1 this is CosineAnnealingWarmRestarts (SGDR, Loshchilov & Hutter 2017) at whole steps.
    """
    eta_min, warmup, gamma = p["eta_min"], p.get("warmup", 0), p.get("gamma", 1.0)
    length, peak, t = p["T_0"], base_lr, 0
    rates = []
    for _ in range(n):
        if t == length:
            length, peak, t = (length - warmup) * p["T_mult"] + warmup, peak * gamma, 0
        if t < warmup:
            rates.append(eta_min + (peak - eta_min) * t / warmup)
        else:
            progress = (t - warmup) / (length - warmup)
            rates.append(eta_min + (peak - eta_min) * (1 + math.cos(math.pi * progress)) / 2)
        t += 1
    return rates


def cyclic(p: Arguments, base_lr: float, n: int) -> list[float]:
    """CyclicLR (Smith 2017): a triangle between base_lr and max_lr, constant, halved or shrunk by gamma^t."""
    lr_at = cyclic_at(p)
    return [lr_at(t) for t in range(n)]


def cyclic_at(p: Arguments) -> Multiplier:
    """CyclicLR's LR at one step."""
    low, up = p["base_lr"], float(p["step_size_up"])
    total = up + float(p["step_size_down"] or p["step_size_up"])
    ratio = up / total
    scales: dict[str, Callable[[int, int], float]] = {
        "triangular": lambda cycle, t: 1.0,
        "triangular2": lambda cycle, t: 1 / 2.0 ** (cycle - 1),
        "exp_range": lambda cycle, t: float(p["gamma"] ** t),
    }
    scale = scales[p["mode"]]

    def lr_at(t: int) -> float:
        cycle = math.floor(1 + t / total)
        x = 1 + t / total - cycle
        height = x / ratio if x <= ratio else (x - 1) / (ratio - 1)
        return float(low + (p["max_lr"] - low) * height * scale(cycle, t))

    return lr_at


def onecycle(p: Arguments, base_lr: float, n: int) -> list[float]:
    """OneCycleLR (Smith & Topin 2018): up to max_lr, down to far below the start; three_phase splits the descent."""
    lr_at = onecycle_at(p)
    return [lr_at(t) for t in range(n)]


def onecycle_at(p: Arguments) -> Multiplier:
    """OneCycleLR's LR at one step.

    The function raises UserError where torch divides by the length of a phase that has none.
    """
    total, peak = p["total_steps"], p["max_lr"]
    start = peak / p["div_factor"]
    floor = start / p["final_div_factor"]
    rise = p["pct_start"] * total - 1
    if p["three_phase"]:
        phases = [(rise, start, peak), (2 * p["pct_start"] * total - 2, peak, start), (total - 1, start, floor)]
    else:
        phases = [(rise, start, peak), (total - 1, peak, floor)]

    def lr_at(t: int) -> float:
        phase, begin = 0, 0.0
        while t > phases[phase][0] and phase < len(phases) - 1:
            phase, begin = phase + 1, phases[phase][0]
        end, from_lr, to_lr = phases[phase]
        if end == begin:
            raise UserError(
                f"pct_start={p['pct_start']:g} with total_steps={total}: a phase of no length, which OneCycleLR cannot divide"
            )
        return _anneal(from_lr, to_lr, (t - begin) / (end - begin), p["anneal_strategy"])

    return lr_at


def _anneal(start: float, end: float, part: float, strategy: str) -> float:
    if strategy == "linear":
        return (end - start) * part + start
    return end + (start - end) / 2 * (1 + math.cos(math.pi * part))


def linear_factor(p: Arguments) -> Multiplier:
    """Straight to zero over total_iters (Defazio et al. 2023, "When, Why and How Much? Adaptive Learning Rate Scheduling by Refinement")."""
    return lambda t: max(0.0, 1 - t / p["total_iters"])


def polynomial_factor(p: Arguments) -> Multiplier:
    """(1 - t/T)^power (the "poly" policy of DeepLab, Chen et al. 2017; torch's PolynomialLR)."""
    return lambda t: max(0.0, 1 - t / p["total_iters"]) ** float(p["power"])


def warmup_cosine_factor(p: Arguments) -> Multiplier:
    """Linear warm-up, then one half cosine to zero (Goyal et al. 2017 with Loshchilov & Hutter 2017)."""
    warmup, total = p["warmup_steps"], p["total_iters"]

    def factor(t: int) -> float:
        if t < warmup:
            return float((t + 1) / warmup)
        return float(1 + math.cos(math.pi * min(1.0, (t - warmup) / max(1, total - warmup)))) / 2

    return factor


def wsd_factor(p: Arguments) -> Multiplier:
    """Warm-up, stable, linear decay to zero (Hu et al. 2024, MiniCPM; Hägele et al. 2024)."""
    warmup, decay, total = p["warmup_steps"], p["decay_steps"], p["total_iters"]

    def factor(t: int) -> float:
        if t < warmup:
            return float((t + 1) / warmup)
        return float(max(0.0, min(1.0, (total - t) / decay)))

    return factor


def rex_factor(p: Arguments) -> Multiplier:
    """(1 - z) / (1/2 + (1 - z)/2) with z = t/T (Chen, Wolfe & Kyrillidis 2021, "REX: Revisiting Budgeted Training")."""

    def factor(t: int) -> float:
        left = max(0.0, 1 - t / p["total_iters"])
        return float(left / (0.5 + 0.5 * left))

    return factor


FACTORS: dict[str, Callable[[Arguments], Multiplier]] = {
    "linear": linear_factor,
    "polynomial": polynomial_factor,
    "warmup-cosine": warmup_cosine_factor,
    "wsd": wsd_factor,
    "rex": rex_factor,
}

CURVES: dict[str, Callable[[Arguments, float, int], list[float]]] = {
    "exponential": exponential,
    "step": step,
    "multistep": multistep,
    "cosine": cosine,
    "cosine-restarts": warmup_restarts,
    "cosine-restarts-warmup": warmup_restarts,
    "cosine-restarts-decay": warmup_restarts,
    "cyclic": cyclic,
    "onecycle": onecycle,
}
