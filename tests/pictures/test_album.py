"""The pictures of the guides are there, small, and each is made by the album."""

from __future__ import annotations

import re

from fastapi.routing import APIRoute

from api.console.pages import ROUTERS
from tests.pictures.__main__ import FOLDER, LARGEST
from tests.pictures.album import ALBUM

NAMED = re.compile(r"img/([\w-]+)\.png")
LISTED = re.compile(r"\(([\w-]+)\.png\)")
NO_PAGES = frozenset(
    f"/console{path}"
    for path in (
        "/stream", "/session", "/operations/state", "/operations/points", "/language/{language}",
        "/terminal/tray", "/clock/now", "/class/now", "/class/sheet.csv",
    )
)  # fmt: skip
"""What answers with data for a page, a file, or a step to somewhere else."""


def test_every_picture_of_the_album_hangs_in_its_folder_and_is_small() -> None:
    for picture in ALBUM:
        assert (FOLDER / f"{picture.name}.png").stat().st_size < LARGEST


def test_every_picture_that_a_document_shows_is_there() -> None:
    root = FOLDER.parents[1]
    for document in [*root.glob("*.md"), *root.glob("docs/*.md")]:
        for name in NAMED.findall(document.read_text("utf-8")):
            assert (FOLDER / f"{name}.png").is_file(), f"{document.name} shows {name}"


def test_the_list_of_pictures_names_each_once() -> None:
    listed = LISTED.findall((FOLDER / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(picture.name for picture in ALBUM)
    assert sorted(listed) == sorted(file.stem for file in FOLDER.glob("*.png"))


def test_every_page_of_the_console_has_a_picture() -> None:
    """Every address that answers a reader with a page stands in the list."""
    said = (FOLDER / "README.md").read_text("utf-8")
    routes = (route for router in ROUTERS for route in router.routes)
    pages = (one for one in routes if isinstance(one, APIRoute) and "GET" in (one.methods or ()))
    paths = {one.path for one in pages}
    assert paths > NO_PAGES
    assert {path for path in paths - NO_PAGES if f"`{path}`" not in said} == set()
