"""The vocabulary, read once from `taxonomy.toml`. Adding a category there needs no code here.

The order of the categories in the file is their precedence: where two fit the same words, the first wins.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from nlp.errors import UnknownLabelError

SOURCE = Path(__file__).with_name("taxonomy.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One attribution, system factor or action strength."""

    id: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One blame category. `marks` are examples that carry it, `leaves` examples that resemble it and do not.

    `shape` and `colour` say how the page underlines it; `standard` is the published rule behind it.
    """

    id: str
    name: str
    summary: str
    definition: str
    marks: tuple[str, ...]
    leaves: tuple[str, ...]
    standard: str
    shape: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """All labels; categories in order of precedence."""

    version: str
    categories: tuple[Category, ...]
    attributions: tuple[Label, ...]
    factors: tuple[Label, ...]
    action_strengths: tuple[Label, ...]

    def category(self, category_id: str) -> Category:
        """The category with this id.

        Raises:
            UnknownLabelError: there is none; the message lists those there are.
        """
        for category in self.categories:
            if category.id == category_id:
                return category
        known = ", ".join(category.id for category in self.categories)
        raise UnknownLabelError(f"There is no category {category_id!r}. Choose from: {known}.")


@lru_cache(maxsize=1)
def load() -> Taxonomy:
    """The taxonomy that ships with this version."""
    with SOURCE.open("rb") as file:
        source = tomllib.load(file)
    return Taxonomy(
        version=source["version"],
        categories=tuple(Category(**{**row, "marks": tuple(row["marks"]), "leaves": tuple(row["leaves"])}) for row in source["category"]),
        attributions=tuple(Label(**row) for row in source["attribution"]),
        factors=tuple(Label(**row) for row in source["factor"]),
        action_strengths=tuple(Label(**row) for row in source["action_strength"]),
    )


CategoryId = StrEnum("CategoryId", [(category.id.upper(), category.id) for category in load().categories])  # type: ignore[misc]  # members come from the file
