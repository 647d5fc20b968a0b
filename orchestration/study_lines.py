"""A study file as YAML: parsed within bounds, and the line of a key or of a value under it.

Only places are found here; what they mean is ``study``'s. A file that unfolds beyond bounds is
refused before anything is made of it, as aliases let a few lines stand for any number of values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

# The seed study has 9 kB and 500 values. A file of nine nested lists of aliases took 57 s and
# gigabytes to check, one of 30 MB 45 s to parse.
MOST_BYTES = 262_144
MOST_VALUES = 50_000
DEEPEST = 20


class StudyTextError(ValueError):
    """Text that no study can be read from; the message is a sentence, ``line`` its line from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def read_text(path: Path) -> str:
    """The text of a study file.

    Raises:
        StudyTextError: the file is too large.
    """
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise StudyTextError(
            f"the file is larger than the {MOST_BYTES // 1024} kB that a study may have; leave "
            "out what is no part of it"
        )
    return content.decode("utf-8")


class Lines:
    """The lines of one YAML text, and what it says.

    Args:
        text: the file's text.

    Attributes:
        data: mappings, lists and scalars.

    Raises:
        StudyTextError: the text is no YAML, says a key twice, or is beyond the bounds.
    """

    def __init__(self, text: str) -> None:
        try:
            loader = yaml.SafeLoader(text)
            self._root = loader.get_single_node()
            if self._root is not None:
                _refuse_beyond_bounds(self._root)
            # Constructed from the nodes that were looked at, and parsed once.
            self.data = None if self._root is None else loader.construct_document(self._root)
        except RecursionError:
            raise StudyTextError(_TOO_DEEP) from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = ": ".join(part for part in (error.context, error.problem) if part)
            line = mark.line + 1 if mark else None
            raise StudyTextError(f"{said}; correct the YAML there", line) from error

    def of(self, path: Sequence[str | int], word: str | None = None) -> int:
        """The line of a place, from 1.

        Args:
            path: keys and list positions from the top; as many as are there are followed.
            word: a value under that place, such as a variable's name, whose line is told instead.
        """
        line, node = self._at(path)
        if word is not None and node is not None:
            inside = next((n for n in _scalars(node) if n.value == word), None)
            return inside.start_mark.line + 1 if inside is not None else line
        return line

    def under(self, path: Sequence[str | int]) -> list[int]:
        """The lines of all values under a place, from 1, in the order of the file."""
        _, node = self._at(path)
        return [] if node is None else [one.start_mark.line + 1 for one in _scalars(node)]

    def _at(self, path: Sequence[str | int]) -> tuple[int, yaml.Node | None]:
        line, node = 1, self._root
        for step in path:
            found = _step(node, step)
            if found is None:
                break
            line, node = found
        return line, node


_TOO_DEEP = f"lists and mappings lie more than {DEEPEST} deep in one another; a study needs five"


def _refuse_beyond_bounds(root: yaml.Node) -> None:
    """Count values as if every alias were written out, without writing any out."""
    sizes: dict[int, tuple[int, int]] = {}
    open_: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting[-1]
        if id(node) in sizes:
            waiting.pop()
        elif id(node) in open_:
            inside = [sizes[id(child)] for child in _children(node)]
            size = 1 + sum(count for count, _ in inside)
            depth = 1 + max((deep for _, deep in inside), default=0)
            line = node.start_mark.line + 1
            if size > MOST_VALUES:
                raise StudyTextError(
                    f"with every alias written out there are more than {MOST_VALUES:,} values; "
                    "use fewer aliases (*name)",
                    line,
                )
            if depth > DEEPEST:
                raise StudyTextError(_TOO_DEEP, line)
            sizes[id(node)] = size, depth
            open_.discard(id(node))
            waiting.pop()
        else:
            open_.add(id(node))
            _refuse_doubles(node)
            for child in _children(node):
                if id(child) in open_:
                    raise StudyTextError(
                        "an alias (*name) stands inside what it is the name of; write the values",
                        child.start_mark.line + 1,
                    )
                waiting.append(child)


def _refuse_doubles(node: yaml.Node) -> None:
    """YAML would keep the last of two entries of one name, and say nothing of the first."""
    seen: dict[tuple[str, str], int] = {}
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            line = key.start_mark.line + 1
            if (key.tag, key.value) in seen:
                raise StudyTextError(
                    f"{key.value} stands here a second time (first in line "
                    f"{seen[key.tag, key.value]}); give each a name of its own",
                    line,
                )
            seen[key.tag, key.value] = line


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair


def _step(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _scalars(one)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
