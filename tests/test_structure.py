"""What holds for the tree as a whole."""

import subprocess
import sys
from pathlib import Path

import models
import nlp
import service
import training
from service.rendering import taxonomy_page

TOP = Path(__file__).parent.parent


def test_our_packages_resolve_to_our_tree():
    assert all(Path(package.__file__).is_relative_to(TOP) for package in (nlp, models, training, service))


def test_no_file_is_past_500_lines():
    long = [path for name in ("nlp", "models", "training", "service") for path in (TOP / name).rglob("*.py") if len(path.read_text().splitlines()) > 500]
    assert long == []


def test_the_taxonomy_page_is_the_taxonomy():
    assert (TOP / "docs" / "taxonomy.md").read_text() == taxonomy_page()


def test_serving_loads_no_training_library():
    code = "import sys, service.app, models.detector; print(*[name for name in ('transformers', 'datasets', 'sklearn', 'training') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TOP).stdout.strip() == ""


def test_the_readme_names_every_command():
    readme = (TOP / "README.md").read_text()
    assert all(
        command in readme
        for command in (
            "make serve",
            "make test",
            "secondstory analyze",
            "secondstory taxonomy",
            "secondstory train",
            "secondstory evaluate",
            "secondstory promote",
            "secondstory rollback",
            "secondstory corpus convert",
        )
    )
