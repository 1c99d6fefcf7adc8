"""Whether a file on the network could be fetched, without fetching it and without waiting long."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

SECONDS = 2.0


def unreachable(addresses: Sequence[str], seconds: float = SECONDS) -> str | None:
    """Why none of the addresses answers within the time, naming the first one's host and its reason; None where one does.

    Asked the way a download asks, through a proxy where the environment names one.
    """
    answers: SimpleQueue[tuple[str, str | None]] = SimpleQueue()
    for address in addresses:
        # Not a pool: looking up a name takes as long as it likes, and nobody must wait for it when the program ends.
        Thread(target=lambda url: answers.put((url, _refusal(url, seconds))), args=(address,), daemon=True).start()
    deadline = monotonic() + seconds
    reason = f"no answer within {seconds:g} s"
    for _ in addresses:
        try:
            address, refusal = answers.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            break
        if refusal is None:
            return None
        if address == addresses[0]:
            reason = refusal
    return f"{urlsplit(addresses[0]).hostname} cannot be reached ({reason})"


def _refusal(address: str, seconds: float) -> str | None:
    request = urllib.request.Request(address, method="HEAD", headers={"User-Agent": "lrtui"})
    try:
        with urllib.request.urlopen(request, timeout=seconds):
            return None
    except urllib.error.HTTPError as error:
        return f"it answers {error.code}"
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        return str(getattr(reason, "strerror", None) or reason)
