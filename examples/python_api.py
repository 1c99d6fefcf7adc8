"""Start a comparison from Python, wait for it, and read the answer.

python examples/python_api.py
"""

import lrtui


def main():
    """Compare three schedulers on the regression of `regression.py`, six seeds each."""
    workspace = lrtui.Workspace("runs.db")
    comparison = workspace.start(
        task="examples/regression.py:task",
        schedulers=["constant", "cosine", "onecycle"],
        seeds=6,
        epochs=30,
        base_lrs=[0.01, 0.003],
    )
    comparison.wait()
    print(comparison.ranking().to_markdown())


if __name__ == "__main__":
    main()
