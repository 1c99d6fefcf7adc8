"""SVHN: house numbers as Google's cars saw them, a digit an image, in MATLAB's format."""

from lrtui.tasks.dataset import BuiltIn, Contents, Dataset, Layout, Pictures, Resource


def _read(contents: Contents) -> tuple[Pictures, Pictures]:
    import io

    import numpy
    from scipy.io import loadmat  # not needed for the others

    def part(name: str) -> Pictures:
        matrices = loadmat(io.BytesIO(contents[name]))
        images = numpy.ascontiguousarray(matrices["X"].transpose(3, 2, 0, 1))
        return Pictures(images, matrices["y"].astype(numpy.int64).flatten() % 10)  # SVHN calls the digit 0 class 10

    return part("train_32x32.mat"), part("test_32x32.mat")


def _resources() -> list[Resource]:
    from torchvision import datasets

    return [Resource((url,), name, md5) for url, name, md5 in (datasets.SVHN.split_list[s] for s in ("train", "test"))]


BUILT_IN = (
    BuiltIn(
        Dataset("svhn", 10, 3, 32, 73_257, 26_032, (63_257, 5_000, 5_000)),
        _read,
        Layout(
            (".",),
            {
                "train_32x32.mat": "e26dedcc434d2e4c54c9b2d4a06d8373",
                "test_32x32.mat": "eb5a983be6a315427106f1b164d9cef3",
            },
            ("http://ufldl.stanford.edu/housenumbers/train_32x32.mat",),
        ),
        _resources,
    ),
)
