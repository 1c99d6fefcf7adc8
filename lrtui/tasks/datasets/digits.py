"""The handwritten digits that scikit-learn bundles: no files, no network."""

from lrtui.tasks.dataset import BuiltIn, Contents, Dataset, Pictures


def _read(contents: Contents) -> tuple[Pictures, None]:
    from sklearn.datasets import load_digits  # not needed for the others, and slow to import

    bundled = load_digits()
    return Pictures(bundled.images.astype("uint8")[:, None], bundled.target.astype("int64")), None


BUILT_IN = (BuiltIn(Dataset("digits", 10, 1, 8, 1397, 400, (1000, 197, 200), bundled=True), _read),)
