"""`lrtui completion`: the script that makes a shell complete lrtui's commands and options."""

import click
from click.shell_completion import get_completion_class

from lrtui.errors import unknown

SHELLS = {
    "bash": 'eval "$(lrtui completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(lrtui completion zsh)" in ~/.zshrc',
    "fish": "lrtui completion fish > ~/.config/fish/completions/lrtui.fish",
}


@click.command("completion", short_help="Print a shell's completion script.")
@click.argument("shell", metavar="bash|zsh|fish")
def completion_command(shell: str) -> None:
    """Print the completion script of a shell. To use it: eval "$(lrtui completion bash)" in ~/.bashrc."""
    if shell not in SHELLS:
        raise unknown("shell", shell, SHELLS)
    from lrtui.cli.main import cli

    completer = get_completion_class(shell)
    assert completer is not None
    print(completer(cli, {}, "lrtui", "_LRTUI_COMPLETE").source())
