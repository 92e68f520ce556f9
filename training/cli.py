"""The maintainers' commands, which the command line `secondstory` takes in where this package is installed."""

import typer

from training import model_commands
from training.corpus_commands import app as corpus


def register(app: typer.Typer) -> None:
    """Add the commands of this package to the command line."""
    app.add_typer(corpus, name="corpus")
    for command in (
        model_commands.train,
        model_commands.average,
        model_commands.evaluate,
        model_commands.baseline,
        model_commands.promote,
        model_commands.rollback,
        model_commands.runs,
    ):
        app.command()(command)
