"""The page on formats names what there is."""

from pathlib import Path

import pytest

from training.formats import FORMATS
from training.formats.projects import PROJECTS
from training.formats.table import ColumnMap

PAGE = (Path(__file__).parents[3] / "docs" / "annotation-formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*(set(FORMATS) - {"corpus"}), *ColumnMap.model_fields])
def test_every_format_and_column_is_named(name):
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("tool", PROJECTS)
def test_every_project_file_is_named(tool):
    assert f"--tool {tool}" in PAGE
