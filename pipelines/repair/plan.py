"""The plan of a repair: every change is a step, and replaying the steps over the original gives the repaired text."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from pipelines.errors import PlanError
from pipelines.records import Step

LOST = "\ufffd"


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement that a kind of repair asks for; `position` counts in the text it was given."""

    position: int
    before: str
    after: str
    rule: str
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What one kind of repair found: the damage by name, and the changes in ascending order, not overlapping."""

    damage: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text as it was published, as far as can be known.

    `steps` is the plan: `apply_plan(original, steps) == text`, always. `damage` names what was found, damage that
    cannot be repaired and oddities that are left alone included. `lost` lists the positions of U+FFFD in `text`.
    """

    text: str
    steps: tuple[Step, ...] = ()
    damage: tuple[str, ...] = ()
    lost: tuple[int, ...] = ()


def apply_plan(text: str, steps: Iterable[Step]) -> str:
    """Replay a plan over the text it was made for, layer by layer.

    Raises PlanError when a step does not find what it replaces, so a plan is never applied to another text.

    >>> apply_plan("環(huán)保", [Step(0, 0, "環(huán)", "环", "gloss", "", 1.0)])
    '环保'
    """
    for layer, group in groupby(steps, key=lambda step: step.layer):
        text = _apply_layer(text, layer, group)
    return text


def _apply_layer(text: str, layer: int, steps: Iterable[Step]) -> str:
    parts: list[str] = []
    end = 0
    for step in steps:
        if step.position < end or not text.startswith(step.before, step.position):
            raise PlanError(
                f"repair plan, layer {layer}, position {step.position}: {step.before!r} is not there; "
                "this plan was made for another text"
            )
        parts.append(text[end : step.position])
        parts.append(step.after)
        end = step.position + len(step.before)
    parts.append(text[end:])
    return "".join(parts)


def to_steps(changes: Iterable[Change], layer: int) -> tuple[Step, ...]:
    """Give the changes of one finding their place in the plan."""
    return tuple(Step(layer, c.position, c.before, c.after, c.rule, c.reason, c.confidence) for c in changes)


def find_lost(text: str) -> tuple[int, ...]:
    """Return the positions of U+FFFD."""
    positions: list[int] = []
    at = text.find(LOST)
    while at >= 0:
        positions.append(at)
        at = text.find(LOST, at + 1)
    return tuple(positions)
