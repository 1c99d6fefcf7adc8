"""`lrtui`: the group all commands hang on, and how a mistake becomes one sentence and an exit code."""

import importlib
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

import click

from lrtui import __version__
from lrtui.errors import UserError, unknown
from lrtui.terminal_text import clean
from lrtui.workspace import Workspace, database_error

# Where each command is defined: `lrtui list` must not pay for what `lrtui demo` imports.
COMMANDS: dict[str, str] = {
    "demo": "run", "run": "run", "wait": "run", "plan": "plan",
    "list": "read", "show": "read", "rank": "read", "logs": "read", "spec": "read", "export": "read",
    "pause": "control", "resume": "control", "cancel": "control", "retry": "control", "delete": "control", "stop": "control",
    "schedulers": "catalogue", "preview": "catalogue", "explain": "catalogue",
    "trust": "trust", "backup": "copies", "import": "copies",
    "check": "check", "doctor": "doctor", "completion": "completion",
}  # fmt: skip


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used or its help line is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"lrtui.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is answered with the nearest."""
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing:
            raise unknown("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog="Without a command, lrtui opens the dashboard. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 finished but some runs failed, 130 interrupted.",
)
@click.option("--db", metavar="PATH", help="The database of comparisons. Default: $LRTUI_DB, else ./runs.db.")
@click.option("--web", is_flag=True, help="Show the dashboard in a browser, on this machine only.")
@click.option("--theme", metavar="NAME", help="The dashboard's colours. Default: $LRTUI_THEME, the settings file.")
@click.option(
    "--notify/--no-notify",
    default=None,
    help="Ring when the open comparison ends. Default: $LRTUI_NOTIFY, the settings file, no.",
)
@click.version_option(__version__, prog_name="lrtui")
@click.pass_context
def cli(ctx: click.Context, db: str | None, web: bool, theme: str | None, notify: bool | None) -> None:
    """Which learning-rate scheduler should I use, and is the difference real?"""
    ctx.obj = Workspace(db)
    if ctx.invoked_subcommand is not None:
        for flag, given in (("--web", web), ("--theme", theme is not None), ("--notify", notify is not None)):
            if given:
                raise UserError(
                    f"{flag} is for the dashboard: expected no command after it, and there is {ctx.invoked_subcommand!r}"
                )
    elif web:
        from lrtui.cli.web import serve_dashboard

        serve_dashboard(ctx.obj, theme=theme, notify=notify)
    else:
        from lrtui.cli.terminal import open_dashboard

        open_dashboard(ctx.obj, theme=theme, notify=notify)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    # The ranking's matrices are small: a second BLAS thread only waits for a core that a worker is using.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):  # a mark that the locale lacks is no reason to fail
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        status: Any = cli.main(args=None if argv is None else list(argv), prog_name="lrtui", standalone_mode=False)
        sys.stdout.flush()
    except UserError as error:
        _complain(str(error))
        status = error.exit_code
    except click.ClickException as error:
        _complain(_one_sentence(error))
        status = 2
    except (KeyboardInterrupt, click.Abort):
        print(file=sys.stderr)
        status = 130
    except BrokenPipeError:  # `lrtui list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except database_error() as error:  # damaged, full or locked for long
        _complain(f"the database cannot be used: {error} (`lrtui doctor` says more)")
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _one_sentence(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".").replace("\n", " ")
    context = getattr(error, "ctx", None)
    return f"{message} (`{context.command_path} -h` shows what is possible)" if context else message


def _complain(message: str) -> None:
    print(f"lrtui: {clean(message, limit=1000)}", file=sys.stderr)
