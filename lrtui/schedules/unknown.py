"""A stand-in for a scheduler that a comparison was made with and that is not there today."""

from lrtui.errors import UserError
from lrtui.schedules.base import Family, Scheduler
from lrtui.schedules.parameters import Parameter
from lrtui.schedules.schedule import Schedule
from lrtui.schedules.torch_call import Call


class UnknownScheduler(Scheduler):
    """What was stored of its schedules can be read; their learning rates are those of the stored rows or the LR table."""

    family: Family = "unknown"
    torch_class = "not known"
    texts = {  # noqa: RUF012
        "en": {
            "what": "This lrtui does not have this scheduler: the comparison was made with another version or package.",
            "formula": "lr(t): see the stored learning rates",
            "when": "Install what the comparison was made with to train with it again.",
            "source": "Not known.",
        },
        "ko": {
            "what": "이 lrtui에는 이 Scheduler가 없다. 비교는 다른 버전이나 다른 패키지로 만들어졌다.",
            "formula": "lr(t): see the stored learning rates",
            "when": "다시 학습하려면 비교를 만든 때의 버전이나 패키지를 설치한다.",
            "source": "알 수 없음.",
        },
    }

    def __init__(self, key: str) -> None:
        self.key = self.name = key

    def parameter(self, name: str) -> Parameter:
        """A parameter of any name and value."""
        return Parameter(name, "free")

    def known(self, schedule: Schedule) -> bool:
        """No: nobody knows what it does."""
        return False

    def torch_call(self, schedule: Schedule) -> Call:
        """Refuse."""
        raise UserError(f"scheduler {self.key!r} is not there today: install what the comparison was made with")
