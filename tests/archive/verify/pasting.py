"""Pasting the commands of a report into a shell, as somebody does who does not take our word for it."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization

from tests.archive.log.authority import Authority

TOOLS: Final = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def paste(
    commands: Sequence[str], *, at: Path, authority: Authority, without: str = "wb-manager"
) -> dict[str, tuple[int, str]]:
    """Each line in one shell, with its exit code and what it printed."""
    root = at / "root.pem"
    root.write_bytes(authority.root.public_bytes(serialization.Encoding.PEM))
    lines = [line for line in commands if without not in line]
    script = "".join(f'{line}\necho "[exit $?]"\n' for line in lines)
    done = subprocess.run(
        ["bash"],
        input=script,
        cwd=at,
        env={"PATH": TOOLS, "authority": str(root), "TMPDIR": str(at)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = re.findall(r"(.*?)\[exit (\d+)\]\n", done.stdout, re.DOTALL)
    assert len(told) == len(lines)
    return {line: (int(code), said) for line, (said, code) in zip(lines, told, strict=True)}


def trace(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
