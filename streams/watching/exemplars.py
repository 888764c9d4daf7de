"""From a point of a latency panel to the one alert behind it: exemplars, which Prometheus keeps beside a bucket."""

from __future__ import annotations

import re
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

WITH_EXEMPLARS = "application/openmetrics-text"
"""Only this way of writing has room for them; Prometheus asks for it by itself."""
# OpenMetrics allows 128 characters for names and values together, and the client raises beyond.
_WHOLE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def mark_with(name: str, record_id: str) -> dict[str, str] | None:
    """The exemplar that leads to one record, such as ``{"alert_id": "alt_1"}``; None for what cannot be an id of ours.

    Ids come from Kafka: what somebody else wrote there must stop neither the count nor the scrape.
    """
    return {name: record_id} if _WHOLE_ID.fullmatch(record_id) else None


def choose_writing(accept: str) -> tuple[Callable[[Collector], bytes], str]:
    """How to write metrics for whoever asks, and the content type: OpenMetrics where the ``Accept`` header names it."""
    if WITH_EXEMPLARS in accept:
        return openmetrics.generate_latest, openmetrics.CONTENT_TYPE_LATEST
    return generate_latest, CONTENT_TYPE_LATEST
