"""Random crops and flips, for a whole epoch at once on the device that holds the images."""

from dataclasses import dataclass

import torch
from torch import Tensor

from lrtui.training.seeding import generator

PADDING = 4


@dataclass(frozen=True)
class Augmentation:
    """What happens to each image of an epoch: the crop's offset in the padded image [n, 2], and whether it is mirrored."""

    offsets: Tensor
    mirrored: Tensor

    def __call__(self, images: Tensor, black: Tensor, start: int) -> Tensor:
        """The images [n, C, H, W] at positions `start` and on of the epoch, cropped and mirrored.

        Args:
            images: in the epoch's order.
            black: the value of a black pixel in each channel [C], which is what lies around an image.
            start: the position of the first image in the epoch.
        """
        n, channels, height, width = images.shape
        offsets, mirrored = self.offsets[start : start + n], self.mirrored[start : start + n]
        padded = black.expand(n, height + 2 * PADDING, width + 2 * PADDING, channels).contiguous()
        padded[:, PADDING:-PADDING, PADDING:-PADDING] = images.permute(0, 2, 3, 1)
        down = torch.arange(height, device=images.device)
        across = torch.arange(width, device=images.device).expand(n, width)
        across = torch.where(mirrored[:, None], across.flip(1), across)
        rows = offsets[:, :1] + down
        columns = offsets[:, 1:] + across
        image = torch.arange(n, device=images.device)[:, None, None]
        return padded[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def epoch_augmentation(seed: int, epoch: int, n: int, flip: bool, device: torch.device) -> Augmentation:
    """The crops and flips of one epoch, decided by (seed, epoch) alone."""
    source = generator("augmentation", seed, epoch)
    offsets = torch.randint(0, 2 * PADDING + 1, (n, 2), generator=source)
    mirrored = torch.rand(n, generator=source) < 0.5 if flip else torch.zeros(n, dtype=torch.bool)
    return Augmentation(offsets.to(device), mirrored.to(device))
