"""MNIST and the data sets in its format: 70,000 grey images of 28 × 28 in four IDX files of the same names."""

from lrtui.tasks.dataset import BuiltIn, Contents, Dataset, Idx, Layout, Pictures, Resource


def _read(contents: Contents) -> tuple[Pictures, Pictures]:
    import numpy

    def part(name: str) -> Pictures:
        images = numpy.frombuffer(contents[f"{name}-images-idx3-ubyte"], numpy.uint8)
        labels = numpy.frombuffer(contents[f"{name}-labels-idx1-ubyte"], numpy.uint8)
        return Pictures(images.reshape(-1, 1, 28, 28), labels.astype(numpy.int64))

    return part("train"), part("t10k")


def _mnist_like(key: str, name: str, *mirrors: str, labels_md5: str | None = None) -> BuiltIn:
    """One of them; `name` is that of torchvision's class."""
    files = {
        "train-images-idx3-ubyte": Idx((60_000, 28, 28)),
        "train-labels-idx1-ubyte": Idx((60_000,)),
        "t10k-images-idx3-ubyte": Idx((10_000, 28, 28)),
        "t10k-labels-idx1-ubyte": Idx((10_000,)),
    }
    addresses = tuple(f"{mirror}/train-images-idx3-ubyte.gz" for mirror in mirrors)
    known_by = ("t10k-labels-idx1-ubyte", labels_md5) if labels_md5 else None

    def resources() -> list[Resource]:
        from torchvision import datasets

        source = getattr(datasets, name)
        return [
            Resource(tuple(mirror + file for mirror in source.mirrors), file, md5) for file, md5 in source.resources
        ]

    return BuiltIn(
        Dataset(key, 10, 1, 28, 60_000, 10_000, (50_000, 5_000, 5_000)),
        _read,
        Layout((f"{name}/raw", name, "."), files, addresses, known_by),
        resources,
    )


BUILT_IN = (
    _mnist_like("mnist", "MNIST", "https://ossci-datasets.s3.amazonaws.com/mnist", "http://yann.lecun.com/exdb/mnist"),
    _mnist_like(
        "fashion-mnist",
        "FashionMNIST",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        labels_md5="15d484375f8d13e6eb1aabb0c3f46965",
    ),
    _mnist_like("kmnist", "KMNIST", "http://codh.rois.ac.jp/kmnist/dataset/kmnist"),
)
