"""JSON that people write: read strictly, with the place of each key and each value."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, TypeAlias

# The keys and indexes that lead to a value.
KeyPath: TypeAlias = tuple[str | int, ...]

# Levels of nesting, the document itself being the first.
MAX_DEPTH = 50
# Digits of a whole number: what fits into 64 bits.
_MAX_DIGITS = 18

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BLANKS = str.maketrans("\t\r\n", "   ")


class Broken(Exception):
    """A text that is not JSON as it is wanted; ``offset`` counts code points."""

    def __init__(self, offset: int, message: str) -> None:
        self.offset = offset
        super().__init__(message)


class Places:
    """Where keys and values stand in a JSON text, as offsets in code points; ``repeated`` has the keys given again."""

    def __init__(self, text: str) -> None:
        self.repeated: list[tuple[int, str]] = []
        self._found: dict[KeyPath, tuple[int, int]] = {(): (_first(text), _first(text))}
        import yaml

        # JSON is YAML but for tabs, line breaks between key and colon, and escapes; all of them can be blanked out.
        # Keys of more than a thousand characters are none to YAML: places within such a document are not told.
        try:
            root = yaml.compose(_blank(text), Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            return
        self._text = text
        self._walk(root, ())

    def __call__(self, path: KeyPath, *, key: bool = False) -> int:
        """Where the value at this path stands, or the last key of the path; of what is not there, where it would be."""
        while path not in self._found:
            path = path[:-1]
        return self._found[path][0 if key else 1]

    def _walk(self, node: Any, path: KeyPath) -> None:
        if node.id == "mapping":
            seen = set()
            for key, value in node.value:
                start = key.start_mark.index
                name = json.loads(self._text[start : key.end_mark.index])
                if name in seen:
                    self.repeated.append((start, name))
                seen.add(name)
                self._found[*path, name] = (start, value.start_mark.index)
                self._walk(value, (*path, name))
        elif node.id == "sequence":
            for index, value in enumerate(node.value):
                self._found[*path, index] = (value.start_mark.index,) * 2
                self._walk(value, (*path, index))


def read(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        Broken: it is not JSON, gives a key twice, nests too deeply, or holds a number that not every reader can hold.
    """
    repeats = False

    def gather(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        gathered = dict(pairs)
        repeats = repeats or len(gathered) < len(pairs)
        return gathered

    def integer(literal: str) -> int:
        return int(literal) if len(literal) <= _MAX_DIGITS else refuse(literal)

    def real(literal: str) -> float:
        number = float(literal)
        return number if abs(number) < 1e300 else refuse(literal)

    def refuse(literal: str) -> NoReturn:
        what = f"{literal} is no number of JSON" if literal[-1] in "yN" else "the number is too large"
        raise Broken(_blank(text).find(literal), what)

    try:
        value = json.loads(text, object_pairs_hook=gather, parse_int=integer, parse_float=real, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise Broken(error.pos, f"invalid JSON: {error.msg[:1].lower()}{error.msg[1:]}") from None
    except RecursionError:
        raise Broken(_first(text), f"nested more than {MAX_DEPTH} levels deep") from None
    if _deeper(value, MAX_DEPTH):
        raise Broken(_first(text), f"nested more than {MAX_DEPTH} levels deep")
    if repeats:
        for offset, name in Places(text).repeated:
            raise Broken(offset, f"'{name}' is given twice")
        raise Broken(_first(text), "a key is given twice")
    return value


def _deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    return not levels or any(
        _deeper(each, levels - 1) for each in (value.values() if isinstance(value, dict) else value)
    )


def _blank(text: str) -> str:
    """The text with nothing in its strings but ``x`` and all on one line, so that every offset stays as it was."""
    return _STRING.sub(lambda match: f'"{"x" * (len(match[0]) - 2)}"', text).translate(_BLANKS)


def _first(text: str) -> int:
    return len(text) - len(text.lstrip())
