import pytest
import torch
from torchvision import datasets

torch.set_num_threads(1)  # as in a worker; more of them only get in the way of tests that run beside these


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address torchvision knows for MNIST is one where nobody listens."""
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
