"""Writes the golden briefs anew, from the repository root: ``python -m tests.golden.write_briefs``. Read the diff."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec.structs import replace

from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.brief import Brief, BriefItem, Known, write_brief
from services.alerts.digest import write_digest
from services.signals.signal import Relation
from streams.rendering.card_samples.sample_alerts import NAMES
from streams.rendering.card_samples.situations import SITUATIONS

FOLDER = Path(__file__).parent / "briefs"
TOLD = (
    "supportive_confirmed",
    "restrictive_contradicted",
    "moved_before",
    "no_price",
    "sector_only",
    "chinese_evidence",
    "three_reports",
    "hostile_text",
    "correction",
)
KNOWN = Known(severity=Severity.ALERT, agreement=Agreement.NOT_YET)


def gather_alerts() -> list[Alert]:
    """Alerts of several situations of the cards, under ids that tell which."""
    return [replace(SITUATIONS[name]().alert, alert_id=f"alt_{name}"[:28]) for name in TOLD]


def correct(alert: Alert) -> Alert:
    """A second report has corrected it."""
    report = replace(alert.reports[0], signal_id="sig_later", relation=Relation.CORRECTION)
    return replace(alert, reports=(*alert.reports, report))


def make_item(alert: Alert, points: float) -> BriefItem:
    """As it was known before its market had answered."""
    return BriefItem(alert=alert, points=points, known=KNOWN)


def write_all() -> dict[str, dict[str, object]]:
    """A brief after a night, a digest at the open, and a digest of what was too much at once; by name."""
    alerts = gather_alerts()
    alerts[2] = correct(alerts[2])
    items = [make_item(alert, float(number)) for number, alert in enumerate(alerts)]
    night = Brief(title="Brief 07:00 HKT", waited=tuple(items))
    opening = Brief(
        title="Digest 09:30 HKT", waited=tuple(items[:2]), told=tuple(items[2:6]), changed=tuple(items[6:9])
    )
    return {
        "brief_after_a_night": write_brief(night, NAMES),
        "digest_at_the_open": write_brief(opening, NAMES),
        "digest_of_a_flood": write_digest(alerts, NAMES),
    }


def main() -> None:
    """One JSON file each."""
    FOLDER.mkdir(exist_ok=True)
    for name, payload in write_all().items():
        text = json.dumps(payload, ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
