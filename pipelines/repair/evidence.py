"""The order of evidence: which damage is looked for first, and how the findings become one plan."""

from collections.abc import Callable

from pipelines.records import Step
from pipelines.repair.beyond import find_beyond_repair
from pipelines.repair.folds import find_oddities
from pipelines.repair.glosses import find_glosses
from pipelines.repair.language import Language
from pipelines.repair.marks import find_lost_marks
from pipelines.repair.plan import Finding, Repaired, apply_plan, find_lost, to_steps
from pipelines.repair.specimen import Specimen, prepare
from pipelines.repair.wrong_tables import find_wrong_tables

Find = Callable[[Specimen], Finding]

#: Glosses cannot be mistaken, and the bytes they shifted look like a wrong table, so they come first; a wrong table may
#: have hidden them, so they come again. The channel needs its marks as they came, so lost marks come after it. What is
#: left over then is beyond repair or not damage at all.
EVIDENCE: tuple[Find, ...] = (
    find_glosses,
    find_wrong_tables,
    find_glosses,
    find_lost_marks,
    find_beyond_repair,
    find_oddities,
)


def repair(text: str, language: Language, *, markup: bool = False) -> Repaired:
    """Repair a text. With `markup` it is the source of an HTML page, where damage may sit in attributes and across tags.

    Every line and the width of punctuation stay as they came. Healthy text comes back identical, with no steps.
    """
    steps: list[Step] = []
    damage: list[str] = []
    specimen = prepare(text, language, markup=markup)
    layer = 0
    for find in EVIDENCE:
        finding = find(specimen)
        damage.extend(name for name in finding.damage if name not in damage)
        if finding.changes:
            taken = to_steps(finding.changes, layer)
            specimen = prepare(apply_plan(specimen.text, taken), language, markup=markup)
            steps.extend(taken)
            layer += 1
    return Repaired(specimen.text, tuple(steps), tuple(damage), find_lost(specimen.text))
