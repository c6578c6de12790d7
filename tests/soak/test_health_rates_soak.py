"""How often health is wrong about bureaus that are merely uneven, and how soon it tells of a channel that falls silent."""

import json
import random
from pathlib import Path

import pytest

from tests.crawler.health_rates import Silences, count_false_alarms, measure_silences

REPORT = Path(__file__).with_name("health_rates.json")
CHANNELS, SITES, DAYS = 300, 10, 365


@pytest.mark.soak
def test_uneven_bureaus_hardly_ever_raise_an_alarm() -> None:
    seed = random.randrange(10**6)
    silences = measure_silences(CHANNELS, seed)
    alarms, crawls = count_false_alarms(SITES, DAYS, seed)
    years = sum(one.days for one in silences.values()) / 365
    false = sum(one.false for one in silences.values())
    report = {
        "command": "make soak",
        "seed": seed,
        "silence": {name: _describe(silences[name]) for name in sorted(silences)},
        "false_silences_a_channel_and_year": round(false / years, 3),
        "other_rules": {
            "crawls": crawls,
            "years_of_sites": SITES * DAYS / 365,
            "false": dict(alarms),
            "false_a_site_and_year": round(sum(alarms.values()) / (SITES * DAYS / 365), 3),
        },
    }
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    assert false / years < 0.06
    assert sum(alarms.values()) <= 2


def _describe(one: Silences) -> dict[str, float]:
    days = sorted(one.told_after)
    return {
        "channels": len(days) + one.untold,
        "years": round(one.days / 365, 1),
        "false": one.false,
        "false_a_year": round(one.false / one.days * 365, 3),
        "days_to_tell_median": days[len(days) // 2],
        "days_to_tell_p90": days[len(days) * 9 // 10],
        "never_told": one.untold,
    }
