"""`python -m lrtui` is the `lrtui` command."""

from lrtui.cli.main import main

if __name__ == "__main__":
    main()
