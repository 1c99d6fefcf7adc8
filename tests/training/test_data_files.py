import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
from torchvision import datasets

from lrtui.errors import UserError
from lrtui.tasks.data_files import (
    LAYOUTS,
    MissingFiles,
    TornFile,
    cache_folder,
    download_folder,
    find_files,
    read_file,
)
from tests.training.idx_files import SMALL, idx_bytes, shrink_mnist, write_idx

DEBIAN = Path("/usr/share/datasets/fashion-mnist")


@pytest.fixture(autouse=True)
def small_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_mnist(monkeypatch)


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("below", ["MNIST/raw", "MNIST", "."])
def test_files_are_found_below_torchvisions_root_and_in_the_folder_itself(
    below: str, zipped: bool, tmp_path: Path
) -> None:
    write_idx(tmp_path / below, zipped)
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    found = find_files("mnist", tmp_path)
    assert list(found) == list(SMALL)
    for name, path in found.items():
        assert read_file(path, SMALL[name]) == idx_bytes(name)[len(SMALL[name].header) :]
    assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


def test_without_a_folder_the_cache_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(MissingFiles, match=str(tmp_path)):
        find_files("mnist", None)
    assert cache_folder() == tmp_path / "lrtui" / "data"
    write_idx(download_folder("mnist", None))
    assert len(find_files("mnist", None)) == 4


def test_a_bundled_data_set_needs_no_files() -> None:
    assert find_files("digits", None) == {}


def test_missing_files_are_named_with_the_place_and_the_remedy(tmp_path: Path) -> None:
    write_idx(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(MissingFiles) as caught:
        find_files("mnist", tmp_path)
    message = str(caught.value)
    assert "no t10k-labels-idx1-ubyte in" in message
    assert "train-images" not in message
    assert str(tmp_path) in message
    assert "--data-dir" in message


@pytest.mark.parametrize("key", [key for key in LAYOUTS if key != "mnist"])
def test_every_data_set_that_is_not_there_says_so(key: str, tmp_path: Path) -> None:
    with pytest.raises(MissingFiles, match=next(iter(LAYOUTS[key].files))):
        find_files(key, tmp_path / "nowhere")


def cut(content: bytes) -> bytes:
    return content[:-1000]


def cut_to_nothing(content: bytes) -> bytes:
    return b""


def cut_in_the_header(content: bytes) -> bytes:
    return content[:9]


def extended(content: bytes) -> bytes:
    return content + b"x"


def other_magic(content: bytes) -> bytes:
    return b"\x00\x00\x0d\x03" + content[4:]


def other_size(content: bytes) -> bytes:
    return SMALL["t10k-images-idx3-ubyte"].header + content[16:]


def a_web_page(content: bytes) -> bytes:
    return b"<html>302 Found</html>"


DAMAGES = [cut, cut_to_nothing, cut_in_the_header, extended, other_magic, other_size, a_web_page]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("inside", ["plain", "zipped", "the zip"])
def test_a_torn_file_is_named_in_one_sentence(damage, inside: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    write_idx(tmp_path, zipped=inside != "plain")
    name = "train-images-idx3-ubyte"
    path = tmp_path / (name if inside == "plain" else f"{name}.gz")
    content = idx_bytes(name)
    if inside == "plain":
        path.write_bytes(damage(content))
    elif inside == "zipped":
        path.write_bytes(gzip.compress(damage(content)))
    else:
        path.write_bytes(damage(gzip.compress(content)))
    for look in (lambda: find_files("mnist", tmp_path), lambda: read_file(path, SMALL[name])):
        with pytest.raises(TornFile) as caught:
            look()
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_damage_in_the_middle_of_a_zip_is_found_when_it_is_read(tmp_path: Path) -> None:
    write_idx(tmp_path, zipped=True)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(TornFile, match="train-images"):
        read_file(path, SMALL["train-images-idx3-ubyte"])


@pytest.mark.parametrize("key", ["cifar10", "cifar100", "svhn"])
def test_a_pickle_or_matrix_that_is_not_the_published_one_is_never_opened(key: str, tmp_path: Path) -> None:
    for name in LAYOUTS[key].files:
        (tmp_path / name).write_bytes(b"cos\nsystem\n(S'touch /tmp/lrtui-executed'\ntR.")
    with pytest.raises(TornFile, match="expected MD5"):
        find_files(key, tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    write_idx(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").chmod(0)
    with pytest.raises(UserError, match=r"train-images.*Permission denied"):
        find_files("mnist", tmp_path)


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path: Path) -> None:
    folder = tmp_path / (300 * "n")  # too long for every file system
    with pytest.raises(UserError, match=r"n{300}.*File name too long"):
        find_files("mnist", folder)


def test_names_and_digests_are_torchvisions() -> None:
    for key, source in (("cifar10", datasets.CIFAR10), ("cifar100", datasets.CIFAR100)):
        assert LAYOUTS[key].files == dict(source.train_list + source.test_list)
        assert LAYOUTS[key].folders[0] == source.base_folder
    assert LAYOUTS["svhn"].files == {
        name: md5 for part in ("train", "test") for _url, name, md5 in (datasets.SVHN.split_list[part],)
    }
    for key, source in (("mnist", datasets.MNIST), ("fashion-mnist", datasets.FashionMNIST), ("kmnist", datasets.KMNIST)):  # fmt: skip
        assert [f"{name}.gz" for name in LAYOUTS[key].files] == [name for name, _md5 in source.resources]
        assert LAYOUTS[key].folders[0] == f"{source.__name__}/raw"


def test_the_command_line_can_check_files_without_torch() -> None:
    code = (
        "import sys, lrtui.tasks.data_files; print([m for m in ('torch', 'torchvision', 'numpy') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="needs Debian's dataset-fashion-mnist")
def test_debians_fashion_mnist_is_found_without_being_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert {path.parent for path in find_files("fashion-mnist", None).values()} == {DEBIAN}
    assert find_files("fashion-mnist", DEBIAN) == find_files("fashion-mnist", None)


@pytest.mark.skipif(
    not Path("/usr/share/datasets/fashion-mnist").is_dir(), reason="dataset-fashion-mnist not installed"
)
def test_fashion_mnist_is_not_taken_for_another() -> None:
    with pytest.raises(UserError, match="these are the files of fashion-mnist"):
        find_files("kmnist", Path("/usr/share/datasets/fashion-mnist"))
