"""`lantian repair`: text that was damaged on its way, given back, with the plan of what was done."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive.language import read_knowledge
from crawler.cli.options import every_command, this_run
from crawler.cli.output import print_json, print_table
from pipelines.decode import decode
from pipelines.repair import Repaired
from pipelines.repair import repair as repair_text


@click.command()
@click.argument("file", default="-", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--explain", is_flag=True, help="Show each step of the plan instead of the text.")
@every_command
def repair(file: Path, *, explain: bool) -> None:
    """Repair damaged Chinese text from FILE, or from standard input.

    Lines and the width of punctuation stay as they are. Exits 0 whether or not anything was changed.

    \b
    Example:
      lantian repair notice.txt
      lantian repair - --json < notice.txt
    """
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    text, _ = decode(data)
    repaired = repair_text(text, read_knowledge().language)
    if this_run().json:
        print_json(
            {
                "text": repaired.text,
                "damage": list(repaired.damage),
                "steps": [asdict(step) for step in repaired.steps],
                "lost": list(repaired.lost),
            }
        )
    elif explain:
        _explain(repaired)
    else:
        sys.stdout.buffer.write(repaired.text.encode("utf-8", "surrogatepass"))


def _explain(repaired: Repaired) -> None:
    rows = [
        (step.layer, step.position, step.before, step.after, step.rule, step.reason, f"{step.confidence:.2f}")
        for step in repaired.steps
    ]
    title = f"{len(rows)} {'step' if len(rows) == 1 else 'steps'}; damage: {', '.join(repaired.damage) or 'none'}; characters lost: {len(repaired.lost)}"
    print_table(title, ("layer", "position", "before", "after", "rule", "reason", "confidence"), rows)
