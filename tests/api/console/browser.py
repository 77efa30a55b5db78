"""A browser without a screen: it keeps cookies, and sends the forms that pages show."""

from __future__ import annotations

import re
from html import unescape

import httpx2

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
HTML = {"Accept": "text/html"}


class Browser:
    """One browser at one address; ``follow=False`` shows a redirect itself."""

    def __init__(self, address: str) -> None:
        self.http = httpx2.Client(base_url=address, timeout=10, headers=HTML)

    def get(self, path: str, *, follow: bool = True) -> httpx2.Response:
        return self.http.get(path, follow_redirects=follow)

    def post(
        self,
        path: str,
        fields: dict[str, str],
        headers: dict[str, str] | None = None,
        *,
        follow: bool = True,
    ) -> httpx2.Response:
        return self.http.post(path, data=fields, follow_redirects=follow, headers=headers)

    def csrf(self) -> str:
        """The token of this session's pages, as any page shows it."""
        return hidden(self.get("/console/sign-in"))["csrf"]

    def sign_in(self, api_key: str, *, next: str = "", follow: bool = True) -> httpx2.Response:
        fields = {"csrf": self.csrf(), "api_key": api_key, "next": next}
        return self.post("/console/sign-in", fields, follow=follow)

    def close(self) -> None:
        self.http.close()


def hidden(page: httpx2.Response) -> dict[str, str]:
    """The hidden fields of a page's forms; of one name the last."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
