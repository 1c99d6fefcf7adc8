import torch

from lrtui.training.augmentation import PADDING, Augmentation, epoch_augmentation
from lrtui.training.seeding import derived_seed, epoch_order, order_hash, seed_epoch

CPU = torch.device("cpu")


def test_an_epochs_order_is_a_permutation_that_seed_and_epoch_decide() -> None:
    order = epoch_order(5, 3, 1000)
    assert order.sort().values.tolist() == list(range(1000))
    torch.randn(7)
    assert torch.equal(order, epoch_order(5, 3, 1000))
    assert not torch.equal(order, epoch_order(5, 4, 1000))
    assert not torch.equal(order, epoch_order(6, 3, 1000))


def test_the_order_hash_covers_every_planned_epoch() -> None:
    assert order_hash(0, 3, 50) == order_hash(0, 3, 50)
    assert len({order_hash(0, 3, 50), order_hash(0, 4, 50), order_hash(1, 3, 50), order_hash(0, 3, 51)}) == 4


def test_purposes_and_numbers_do_not_run_into_each_other() -> None:
    seeds = {derived_seed(purpose, a, b) for purpose in ("order", "init") for a in range(30) for b in range(30)}
    assert len(seeds) == 2 * 30 * 30
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert derived_seed("order", 1, 12) != derived_seed("order", 11, 2)


def test_dropout_repeats_itself() -> None:
    seed_epoch(1, 2)
    first = torch.rand(5)
    seed_epoch(1, 2)
    assert torch.equal(torch.rand(5), first)


def test_each_image_is_a_crop_of_its_padded_self_perhaps_mirrored() -> None:
    images, black = torch.randn(40, 3, 10, 12), torch.tensor([-1.0, -2.0, -3.0])
    augmentation = epoch_augmentation(seed=0, epoch=1, n=100, flip=True, device=CPU)
    result = augmentation(images, black, start=30)
    assert result.shape == images.shape
    mirrored = 0
    for index, image in enumerate(images):
        padded = black[:, None, None].expand(3, 10 + 2 * PADDING, 12 + 2 * PADDING).clone()
        padded[:, PADDING:-PADDING, PADDING:-PADDING] = image
        down, across = augmentation.offsets[30 + index].tolist()
        crop = padded[:, down : down + 10, across : across + 12]
        if augmentation.mirrored[30 + index]:
            crop, mirrored = crop.flip(2), mirrored + 1
        assert torch.equal(result[index], crop)
    assert 8 < mirrored < 32
    assert augmentation.offsets.min() == 0
    assert augmentation.offsets.max() == 2 * PADDING


def test_without_flips_nothing_is_mirrored_and_the_middle_crop_changes_nothing() -> None:
    assert not epoch_augmentation(seed=0, epoch=1, n=100, flip=False, device=CPU).mirrored.any()
    middle = Augmentation(torch.full((5, 2), PADDING), torch.zeros(5, dtype=torch.bool))
    images = torch.randn(5, 1, 8, 8)
    assert torch.equal(middle(images, torch.zeros(1), 0), images)


def test_augmentation_depends_on_seed_and_epoch_alone() -> None:
    a, b = (epoch_augmentation(seed=3, epoch=2, n=50, flip=True, device=CPU) for _ in range(2))
    assert torch.equal(a.offsets, b.offsets)
    assert torch.equal(a.mirrored, b.mirrored)
    other = epoch_augmentation(seed=3, epoch=3, n=50, flip=True, device=CPU)
    assert not torch.equal(a.offsets, other.offsets)
