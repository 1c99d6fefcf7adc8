import pytest
from torchvision import datasets

from lrtui.training import devices

assert devices  # torch is imported once, before the tests are timed


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address torchvision knows for MNIST is one where nobody listens."""
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
