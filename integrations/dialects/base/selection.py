"""What of an answer is shown: `fields=id,customer.name` and `expand=customer,payments`.

Both are checked against the shape that the endpoint declares, so nothing can be asked for
that the answer does not have. Fields only ever leave something out; an expansion puts in what
its own scope allows, loaded once for all rows of a page however deep it lies.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.actors import Actor
from integrations.dialects.base.fields import Refusal, Text
from integrations.dialects.base.query import InvalidParameter
from integrations.dialects.base.shapes import Many, Node, Shape, Value

FIELDS, EXPAND = "fields", "expand"
MAX_DEPTH = 4
# So many objects one answer may put in: an expansion of lists in lists multiplies.
MAX_EXPANDED = 10_000
_PATH = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60})*", re.ASCII)
_OPEN = ("labels", "open", "any")

Json = dict[str, Any]
# Name -> what is wanted below it; an empty tree stands for the whole.
Tree = dict[str, "Tree"]


@dataclass(frozen=True, kw_only=True)
class Paths(Text):
    """`id,customer.name`, as a Tree.

    Where the whole of something includes its parts, `customer` beside `customer.name` is the
    whole; otherwise, as in expansions, both are wanted.
    """

    most: int = 1000
    depth: int = 10
    includes_parts: bool = True

    def decode(self, value: Any) -> Any:
        text = super().decode(value)
        tree: Tree = {}
        for part in text.split(","):
            path = part.strip()
            if not _PATH.fullmatch(path):
                raise Refusal("invalid_format", "must be names, separated by commas")
            names = path.split(".")
            if len(names) > self.depth:
                raise Refusal("too_deep", f"goes deeper than {self.depth} levels: {path[:100]}")
            self._plant(tree, names)
        return tree

    def _plant(self, tree: Tree, names: list[str]) -> None:
        *above, last = names
        for name in above:
            if self.includes_parts and tree.get(name) == {}:
                return
            tree = tree.setdefault(name, {})
        if self.includes_parts:
            tree[last] = {}
        else:
            tree.setdefault(last, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """For whom an expansion loads: the caller, and what the presenters need to know."""

    actor: Actor
    today: Any

    @property
    def organization_id(self) -> int:
        return self.actor.organization_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """One name that `expand` takes on an object.

    `load` gives for each of the objects, in their order, what stands under that name, made
    anew for each; a constant number of statements however many there are. `noun` says what
    can be expanded further in it.
    """

    noun: str
    shape: Shape | Many
    scopes: tuple[str, ...]
    load: Callable[[Scene, Sequence[Json]], Sequence[Any]]


# What can be expanded in an object, by its kind.
Expansions = Mapping[str, Mapping[str, Expansion]]


@dataclass(slots=True)
class Selection:
    """What one request asked to see."""

    expansions: Expansions
    fields: Tree | None = None
    expand: Tree = field(default_factory=dict)

    def check(self, actor: Actor, answer: Any) -> None:
        """Raises InvalidParameter for unknown names, Forbidden for what needs a further scope."""
        shape, noun = row_of(answer), kind_of(answer)
        _check_expand(self.expand, noun, self.expansions, actor, [])
        if self.fields is not None:
            _check_fields(self.fields, self.shape_of(shape), [])

    def shape_of(self, shape: Any) -> Any:
        """The shape of an object with everything that is expanded in it."""
        return _expanded(shape, self.expand, kind_of(shape), self.expansions)

    def answer_shape(self, answer: Any) -> Any:
        """The shape of the whole answer with everything that is expanded in it."""
        row = row_of(answer)
        shape = self.shape_of(row)
        if row is answer or not isinstance(answer, Shape):
            return shape
        return replace(
            answer, name=f"{shape.name}List", fields={**answer.fields, "data": Many(shape)}
        )

    def apply(self, scene: Scene, content: Any, noun: str) -> Any:
        """The answer as asked for: a list's rows, or the object itself."""
        is_list = isinstance(content, dict) and content.get("object") == "list"
        rows = content["data"] if is_list else [content]
        expand = self.expand
        if self.fields is not None:
            expand = _wanted(expand, self.fields)
        _load(scene, rows, expand, noun, self.expansions, [0])
        if self.fields is None:
            return content
        chosen = [_choose(row, self.fields) for row in rows]
        return {**content, "data": chosen} if is_list else chosen[0]


def row_of(answer: Any) -> Any:
    """The shape of the object, or of the rows in the envelope of a list."""
    if isinstance(answer, Shape) and {"data", "has_more"} <= answer.fields.keys():
        rows = answer.fields["data"]
        if isinstance(rows, Many):
            return rows.item
    return answer


def kind_of(answer: Any) -> str:
    """The word in `object` of a whole resource; empty for what is none."""
    shape = row_of(answer)
    if not isinstance(shape, Shape) or "livemode" not in shape.fields:
        return ""
    word = shape.fields.get("object")
    return word.choices[0] if isinstance(word, Value) and word.choices else ""


def _check_fields(tree: Tree, node: Any, path: list[str]) -> None:
    while isinstance(node, Many):
        node = node.item
    for name, below in tree.items():
        where = ".".join([*path, name])
        if isinstance(node, Shape):
            if name not in node.fields and node.rest is None:
                raise _unknown(FIELDS, where, "a field of this answer")
            _check_fields(below, node.fields.get(name, node.rest), [*path, name])
        elif not (isinstance(node, Value) and node.kind in _OPEN):
            raise _unknown(FIELDS, where, "a field of this answer")


def _check_expand(
    tree: Tree, noun: str, expansions: Expansions, actor: Actor, path: list[str]
) -> None:
    for name, below in tree.items():
        expansion = expansions.get(noun, {}).get(name)
        if expansion is None:
            raise _unknown(EXPAND, ".".join([*path, name]), "something that can be expanded here")
        actor.require(*expansion.scopes)
        _check_expand(below, expansion.noun, expansions, actor, [*path, name])


def _unknown(parameter: str, where: str, what: str) -> InvalidParameter:
    return InvalidParameter(
        name=parameter, reason=f"names '{where[:100]}', which is not {what}", param=parameter
    )


def _expanded(node: Any, tree: Tree, noun: str, expansions: Expansions) -> Any:
    if not tree or not isinstance(node, Shape):
        return node
    fields: dict[str, Node] = dict(node.fields)
    for name, below in tree.items():
        expansion = expansions[noun][name]
        shape = expansion.shape
        if isinstance(shape, Many):
            inner = _expanded(shape.item, below, expansion.noun, expansions)
            fields[name] = replace(shape, item=inner)
        else:
            fields[name] = _expanded(shape, below, expansion.noun, expansions)
    name = f"{node.name}With{'And'.join(sorted(tree))}"
    return replace(node, name=name, fields=fields)


def _wanted(expand: Tree, fields: Tree) -> Tree:
    """The expansions that the chosen fields will show."""
    return {
        name: _wanted(below, fields[name]) if fields[name] else below
        for name, below in expand.items()
        if name in fields
    }


def _load(
    scene: Scene,
    objects: Sequence[Json],
    tree: Tree,
    noun: str,
    expansions: Expansions,
    count: list[int],
) -> None:
    if not objects:
        return
    for name, below in tree.items():
        expansion = expansions[noun][name]
        children: list[Json] = []
        for parent, value in zip(objects, expansion.load(scene, objects), strict=True):
            parent[name] = value
            children += _objects(value)
            if count[0] + len(children) > MAX_EXPANDED:
                raise InvalidParameter(
                    name=EXPAND,
                    reason=f"reaches more than {MAX_EXPANDED} objects: ask for fewer rows or less",
                    param=EXPAND,
                )
        count[0] += len(children)
        _load(scene, children, below, expansion.noun, expansions, count)


def _objects(value: Any) -> Iterable[Json]:
    if isinstance(value, dict):
        return (value,)
    return value or ()


def _choose(value: Any, tree: Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_choose(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _choose(value[name], tree[name]) for name in value if name in tree}
