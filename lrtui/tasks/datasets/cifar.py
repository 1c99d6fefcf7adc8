"""CIFAR-10 and CIFAR-100: 60,000 colour images of 32 × 32, in pickles that are read only where their digest is known."""

from lrtui.tasks.dataset import BuiltIn, Contents, Dataset, Layout, Pictures, Resource


def _read(contents: Contents) -> tuple[Pictures, Pictures]:
    import pickle

    import numpy

    def part(names: list[str]) -> Pictures:
        # A pickle, but read_file has compared its digest with the published one: these are CIFAR's own bytes.
        batches = [pickle.loads(contents[name], encoding="latin1") for name in names]
        images = numpy.concatenate([batch["data"] for batch in batches]).reshape(-1, 3, 32, 32)
        labels = [label for batch in batches for label in batch.get("fine_labels", batch.get("labels"))]
        return Pictures(images, numpy.array(labels, numpy.int64))

    test = [name for name in contents if name.startswith("test")]
    return part([name for name in contents if name not in test]), part(test)


def _cifar(key: str, name: str, classes: int, folder: str, files: dict[str, str]) -> BuiltIn:
    """One of the two; `name` is that of torchvision's class, `files` have the MD5 digests that it publishes."""

    def resources() -> list[Resource]:
        from torchvision import datasets

        source = getattr(datasets, name)
        return [Resource((source.url,), source.filename, source.tgz_md5)]

    address = f"https://www.cs.toronto.edu/~kriz/cifar-{classes}-python.tar.gz"
    return BuiltIn(
        Dataset(key, classes, 3, 32, 50_000, 10_000, (40_000, 5_000, 5_000), augment=True),
        _read,
        Layout((folder, "."), files, (address,)),
        resources,
        flips=True,
    )


BUILT_IN = (
    _cifar(
        "cifar10",
        "CIFAR10",
        10,
        "cifar-10-batches-py",
        {
            "data_batch_1": "c99cafc152244af753f735de768cd75f",
            "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
            "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
            "data_batch_4": "634d18415352ddfa80567beed471001a",
            "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
            "test_batch": "40351d587109b95175f43aff81a1287e",
        },
    ),
    _cifar(
        "cifar100",
        "CIFAR100",
        100,
        "cifar-100-python",
        {"train": "16019d7e3df5f24257cddd939b257f8d", "test": "f0ef6b0ae62326f3e7ffdfab6717acfc"},
    ),
)
