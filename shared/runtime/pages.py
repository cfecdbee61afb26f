"""Small pages for a person's browser: no script, no style, nothing that was sent to us is shown (P11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Button:
    """The one button of a page: it posts its field to the address at which the page was asked for."""

    label: str
    name: str
    value: str


@dataclass(frozen=True)
class Page:
    """What a browser is answered: a title over paragraphs of our own words and a button, or where to go."""

    status: int
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    location: str = field(default="", repr=False)
    button: Button | None = None
    methods: str = "GET"
    """What the address takes, told to who asked otherwise."""

    @property
    def headers(self) -> dict[str, str]:
        found = {"Content-Type": "text/html; charset=utf-8", **HEADERS}
        if self.location:
            found["Location"] = self.location
        if self.status == 405:
            found["Allow"] = self.methods
        if self.button is not None:
            policy = found["Content-Security-Policy"]
            found["Content-Security-Policy"] = policy.replace("form-action 'none'", "form-action 'self'")
        return found

    @property
    def html(self) -> str:
        if self.location:
            return ""
        lines = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.paragraphs) + self._form
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f"<title>{escape(self.title)}</title>\n</head>\n<body>\n"
            f"<h1>{escape(self.title)}</h1>\n{lines}\n</body>\n</html>\n"
        )

    @property
    def _form(self) -> str:
        if self.button is None:
            return ""
        name, value = escape(self.button.name), escape(self.button.value)
        return (
            f'\n<form method="post">\n<button name="{name}" value="{value}">{escape(self.button.label)}</button>'
            "\n</form>"
        )


def failed(status: int, text: str) -> Page:
    """The page for what went wrong here."""
    return Page(status, "That did not work", (text,))


def redirect(url: str) -> Page:
    """Go on elsewhere."""
    return Page(302, location=url)
