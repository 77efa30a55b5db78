"""Packs the modules of a page into one file: a village line pays for every request and comment.

The modules stay as they are and are served beside the pack. What is understood is what our own
modules use: named imports on one statement, ``export`` before a declaration, comments that begin a
line, and words, ``w("中文", "English")`` or ``["中文", "English"]`` in a table, of which a
pack keeps its page's language (docs/decisions/0018).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from api.console.texts import LANGUAGES

IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"\./([\w./-]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const|let) (\w+))", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL)
TEXT = r'("[^"\\\n]*"|`[^`\\]*`)'
WORDS = re.compile(rf"(?:this\.)?\bw\(\s*{TEXT},\s*{TEXT},?\s*\)")
PAIR = re.compile(r'\["([^"\\\n]*[\u4e00-\u9fff][^"\\\n]*)", "([^"\\\n\u4e00-\u9fff]*)"\]')
"""Chinese and then none: nothing else looks so."""
KEPT = {"zh": r'["\1"]', "en": r'["", "\2"]'}
SPACE = re.compile(r"^[ \t]+|\n(?=\n)|[ \t]+$", re.MULTILINE)


def packed(files: Mapping[str, bytes], entry: str, language: str) -> bytes:
    """Return ``entry`` and all that it imports as one module, everything before what needs it."""
    numbers = {name: number for number, name in enumerate(in_order(files, entry))}
    parts = [wrapped(files[name].decode(), name, numbers) for name in numbers]
    return in_language("const m = [];\n" + "".join(parts), language).encode()


def in_language(source: str, language: str) -> str:
    """Return source that has its words in one language.

    >>> in_language('say(w("确认", "OK"), this.w(`${n} 张`, `${n} notes`), w(...name));', "en")
    'say("OK", `${n} notes`, w(...name));'
    >>> in_language('ok: ["确认", "OK"], sizes: ["1", "2"],', "zh")
    'ok: ["确认"], sizes: ["1", "2"],'
    """
    chosen = WORDS.sub(lambda match: match[1 + LANGUAGES.index(language)], source)
    return PAIR.sub(KEPT[language], chosen)


def in_order(files: Mapping[str, bytes], entry: str) -> list[str]:
    """Return the names of the modules, each one after those that it imports."""
    found: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"{name} imports itself"
        for _, path in IMPORT.findall(files[name].decode()):
            visit(beside(name, path), (*above, name))
        if name not in found:
            found.append(name)

    visit(entry, ())
    return found


def wrapped(source: str, name: str, numbers: Mapping[str, int]) -> str:
    """Return a module as a function of its own, whose exports are kept under its number."""
    exports = [exported for _, exported in EXPORT.findall(source)]

    def taken(match: re.Match[str]) -> str:
        names, path = match.groups()
        return f"const {{{names}}} = m[{numbers[beside(name, path)]}];\n" if names else ""

    body = lean(EXPORT.sub(r"\1", IMPORT.sub(taken, source)))
    kept = f"return {{{', '.join(exports)}}};\n" if exports else ""
    return f"m[{numbers[name]}] = (() => {{\n{body}{kept}}})();\n"


def lean(source: str) -> str:
    """Return source of a module or a style sheet without comment lines, empty lines, indentation.

    >>> lean('/** Why. */\\nconst a = 1;\\n\\n  // because\\n  const b = "//";\\n')
    'const a = 1;\\nconst b = "//";\\n'
    """
    return SPACE.sub("", COMMENT.sub("", source)).lstrip("\n")


def beside(name: str, path: str) -> str:
    """Return the name of a module that stands in the same folder.

    >>> beside("terminal/desk.js", "bank.js")
    'terminal/bank.js'
    """
    return str(PurePosixPath(name).parent / path)
