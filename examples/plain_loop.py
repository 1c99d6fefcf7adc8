"""A training loop of 25 lines that knows nothing of lrtui; `own_loop.py` is the same loop with lrtui's lines in it."""

import torch
from sklearn.datasets import load_digits
from torch import nn

SEED, STEPS, LR = 0, 600, 0.1


def main():
    """Train, and print the accuracy on images that were not trained on."""
    torch.manual_seed(SEED)
    digits = load_digits()
    x, y = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)
    test = slice(1400, None)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=0.9)
    for step in range(STEPS):
        pick = torch.Generator().manual_seed(SEED * 1_000_000 + step)
        batch = torch.randint(1400, (32,), generator=pick)
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 100 == 99:
            with torch.no_grad():
                print(step + 1, (model(x[test]).argmax(1) == y[test]).float().mean().item())


if __name__ == "__main__":
    main()
