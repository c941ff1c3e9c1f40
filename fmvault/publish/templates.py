"""The templates of a site: Jinja2, told apart from what a vault says, and errors told for people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from numbers import Number
from typing import TYPE_CHECKING, Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2 import TemplateError as AnyTemplateError
from jinja2.runtime import TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from msgspec import Struct

from fmvault.config.known import nearest
from fmvault.publish.contexts import SHIPPED, Texts, are_shipped

if TYPE_CHECKING:
    from jinja2 import Template

    from fmvault.publish.contexts import Rendered

# How one's own templates call those that fmvault brings.
SHORT = "!"
# Templates extend one another in so many steps at most.
_DEEPEST = 10


class TemplateError(TemplateRuntimeError):
    """A template that cannot be used: its name, the line, and what is wrong there."""


class _Undefined(StrictUndefined):
    """What is asked for and not there, told as people speak of it."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint or self._undefined_obj is missing:
            return super()._undefined_message
        if isinstance(self._undefined_obj, TemplateReference):
            return f"there is no block '{self._undefined_name}'"
        return f"{_noun(self._undefined_obj)} has no '{self._undefined_name}'"


def _noun(value: object) -> str:
    """What a value is called that a template is handed."""
    if isinstance(value, Struct):
        name = type(value).__name__
        # There are pages of many kinds, and each has a template of its own.
        words = (
            "page" if name.endswith("Page") else "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
        )
        return f"an {words}" if words[0] in "aeiou" else f"a {words}"
    if value is None:
        return "what is not there"
    kinds = {str: "a text", bool: "a yes or no", Number: "a number", Mapping: "a table", Sequence: "a list"}
    return next((noun for kind, noun in kinds.items() if isinstance(value, kind)), "a value")


class Templates:
    """Templates by name, each read when it is first asked for.

    One that is called ``!note.html`` is fmvault's own, even where there is another ``note.html`` before it.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        # A stranger's vault may bring templates; our own need no sandbox, and are twice as fast without.
        kind = _Environment if are_shipped(sources) else _Sandbox
        self._loader = _Loader(sources)
        self._environment = kind(
            loader=self._loader, autoescape=True, undefined=_Undefined, auto_reload=False, cache_size=-1
        )

    def prepare(self) -> None:
        """Read all pages' templates. Raises ``TemplateError``."""
        for name in self._sources:
            if "/" not in name:
                self._template(name)

    def unused(self) -> list[str]:
        """What one's own templates bring that no page has a place for, a line each: whole templates, and blocks."""
        shipped = {name.removeprefix(SHIPPED) for name in self._sources if name.startswith(SHIPPED)}
        own = {
            name: template
            for name, source in self._sources.items()
            if shipped and not name.startswith(SHIPPED) and self._sources.get(SHIPPED + name) != source
            if (template := self._parsed(name)) is not None
        }
        named = {name for template in own.values() for name in meta.find_referenced_templates(template)}
        found = [
            f"no page is made of the template '{name}'{_meant(name, shipped)}" for name in own.keys() - shipped - named
        ]
        for name, template in own.items():
            # A block within another is a part of that.
            blocks = [each for each in template.body if isinstance(each, nodes.Block)]
            if known := self._inherited(template):
                found += (
                    f"template '{name}', line {each.lineno}: there is no block '{each.name}' to stand in for"
                    f"{_meant(each.name, known)}"
                    for each in blocks
                    if each.name not in known
                )
        return sorted(found)

    def _inherited(self, template: nodes.Template) -> set[str]:
        """The blocks of the templates that one extends; none where that cannot be told."""
        found: set[str] = set()
        for _ in range(_DEEPEST):
            above = next(template.find_all(nodes.Extends), None)
            if above is None:
                return found
            if not isinstance(above.template, nodes.Const) or (parent := self._parsed(above.template.value)) is None:
                return set()
            template = parent
            found.update(block.name for block in template.find_all(nodes.Block))
        return set()

    def _parsed(self, name: str) -> nodes.Template | None:
        """A template as Jinja reads it; None where it is not there or cannot be read, which is told when it is used."""
        try:
            return self._environment.parse(self._loader.get_source(self._environment, name)[0], name)
        except (TemplateNotFound, TemplateSyntaxError):
            return None

    def render(self, page: Rendered) -> bytes:
        """The page as HTML. Raises ``TemplateError``."""
        template = self._template(page.template)
        try:
            html = template.render(frame=page.frame, page=page.content, extra=page.extra)
        except TemplateSyntaxError as error:
            raise _told(error) from None
        except (RecursionError, MemoryError) as error:
            name, line = _place(error, self._sources) or (page.template, 1)
            raise TemplateError(
                f"template '{name}', line {line}: it has no end, or needs more memory than there is; a template that "
                f"extends fmvault's own of the same name calls it '{SHORT}{name}'"
            ) from None
        except (AnyTemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            place = _place(error, self._sources)
            if place is None:
                raise
            raise TemplateError(f"template '{place[0]}', line {place[1]}: {_sentence(error)}") from error
        # A file's name may hold bytes that are no text.
        return html.encode("utf-8", "replace")

    def _template(self, name: str) -> Template:
        try:
            return self._environment.get_template(name)
        except TemplateSyntaxError as error:
            raise _told(error) from None
        except TemplateNotFound as error:
            raise TemplateError(f"there is no template '{error.name}'") from None


def _meant(name: str, names: Collection[str]) -> str:
    near = nearest(name, names)
    return f"; did you mean '{near}'?" if near else ""


class _Environment(Environment):
    """What fmvault's own templates are read in."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        # Texts may be called what a dictionary's methods are.
        if obj.__class__ is Texts and attribute != "get":
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that knows what it is handed: the fields of pages are plain values, and a text is what it is called."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Struct) and attribute in obj.__struct_fields__:
            return getattr(obj, attribute)
        return obj[attribute] if type(obj) is Texts and attribute != "get" else super().getattr(obj, attribute)


class _Loader(BaseLoader):
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        name = template
        if template.startswith(SHORT):
            name = SHIPPED + template.removeprefix(SHORT)
            if name not in self._sources:
                name = template.removeprefix(SHORT)
        if name not in self._sources:
            raise TemplateNotFound(template)
        # The second is what a traceback calls it.
        return self._sources[name], name, lambda: True


def _told(error: TemplateSyntaxError) -> TemplateError:
    name = error.filename or error.name or ""
    return TemplateError(f"template '{name}', line {error.lineno}: {_sentence(error)}")


def _place(error: BaseException, sources: Mapping[str, str]) -> tuple[str, int] | None:
    """The template and line in which an error came up; None if it did in none."""
    found, trace = None, error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in sources:
            found = name, trace.tb_lineno
        trace = trace.tb_next
    return found


def _sentence(error: Any) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template '{error.name}'"
    message = str(getattr(error, "message", None) or error or type(error).__name__)
    return message.rstrip(".")
