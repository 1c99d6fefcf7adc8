"""The loop of `plain_loop.py` with lrtui's lines in it: paired seeds, a schedule, rows in the dashboard, pause, resume, stop.

lrtui run --loop examples/own_loop.py:main --steps 600 --eval-every 100 --schedulers constant,cosine --seeds 6
python examples/own_loop.py          # alone: trains once and stores nothing
"""

import torch
from sklearn.datasets import load_digits
from torch import nn

import lrtui


def main(run):
    """Train for `run.total_steps` steps at the learning rates that `run` sets."""
    torch.manual_seed(run.seed)
    digits = load_digits()
    x, y = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)
    test = slice(1400, None)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    run.attach(model=model, optimizer=optimizer)
    for step in run.steps():
        pick = torch.Generator().manual_seed(run.seed * 1_000_000 + step)
        batch = torch.randint(1400, (32,), generator=pick)
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        run.loss(loss)
        if run.evaluate_now:
            with torch.no_grad():
                logits = model(x[test])
            val_loss = nn.functional.cross_entropy(logits, y[test])
            run.log(val_loss=val_loss, score=(logits.argmax(1) == y[test]).float().mean().item())
    run.finish()


if __name__ == "__main__":
    with lrtui.run(steps=600, eval_every=100, schedule="cosine", base_lr=0.1) as alone:
        main(alone)
