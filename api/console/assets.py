"""Static files, held in memory and compressed once, under one hash over all of them.

The hash stands in the path, so that modules import each other by plain relative names, a browser
keeps what it got for good, and a new version of the program has new addresses.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.console.packing import lean, packed
from api.console.texts import LANGUAGES

AT = "/console/static"
FOR_GOOD = "public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
PACKED = frozenset({".css", ".js", ".json", ".svg"})
PACKS = {f"terminal.{language}.js": ("terminal/desk.js", language) for language in LANGUAGES}
"""Packs of modules by name: the module that each begins with, and the language of its words."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file; ``packed`` is its gzip, where that helps."""

    content: bytes
    media_type: str
    packed: bytes | None


class Assets:
    """All static files of the console."""

    def __init__(self, folder: Traversable | None = None) -> None:
        self.files = {
            name: asset_of(name, content)
            for name, content in contents(folder or files("api.console").joinpath("static"))
        }
        modules = self.modules()
        for name, (entry, language) in PACKS.items():
            self.files[name] = asset_of(name, packed(modules, entry, language))
        digest = blake2b(digest_size=6)
        for name in sorted(self.files):
            digest.update(name.encode() + self.files[name].content)
        self.version = digest.hexdigest()

    def modules(self) -> dict[str, bytes]:
        """Return the source of every module."""
        return {name: one.content for name, one in self.files.items() if name.endswith(".js")}

    def url(self, name: str) -> str:
        """Return the address of a file; a name that does not exist is a mistake of ours."""
        assert name in self.files, name
        return f"{AT}/{self.version}/{name}"

    async def answer(self, request: Request) -> Response:
        """Answer ``/console/static/{version}/{name}``; an older version is not kept for good."""
        asset = self.files.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        is_current = request.path_params["version"] == self.version
        headers = {
            "Cache-Control": FOR_GOOD if is_current else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.packed, headers=headers, media_type=asset.media_type)
        return Response(asset.content, headers=headers, media_type=asset.media_type)


def contents(folder: Traversable, prefix: str = "") -> Iterable[tuple[str, bytes]]:
    """Give the name and content of every file of a kind that we serve, folders included."""
    for file in folder.iterdir():
        if file.is_dir():
            yield from contents(file, f"{prefix}{file.name}/")
        elif suffix_of(file.name) in TYPES:
            yield f"{prefix}{file.name}", file.read_bytes()


def asset_of(name: str, content: bytes) -> Asset:
    suffix = suffix_of(name)
    if suffix == ".css":
        content = lean(content.decode()).encode()
    packed = gzip.compress(content, 9, mtime=0) if suffix in PACKED else None
    return Asset(content, TYPES[suffix], packed)


def suffix_of(name: str) -> str:
    """Return the last ending of a name.

    >>> suffix_of("map/guizhou.json")
    '.json'
    """
    return f".{name.rpartition('.')[2]}"
