"""The usual way to post from a topic, as most would write it: slack-sdk as it comes, post, then commit.

It is here to be compared with. It is not a straw man: it commits by hand, one record at a time and only after Slack
has said ok, it waits as long as a 429 asks, and it tries again after every error.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from http.client import HTTPException

import msgspec
from kafka import KafkaConsumer
from kafka.errors import KafkaError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from services.alerts.alert import Alert
from streams.topics import POLICY_ALERTS

GROUP = "usual_notifier"
PAUSE_SECONDS = 1.0


def main() -> None:
    """Post the first revision of every alert until told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["USUAL_SLACK_API_URL"], timeout=10)
    while True:
        try:
            serve(client)
        except KafkaError as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            time.sleep(PAUSE_SECONDS)


def serve(client: WebClient) -> None:
    """Read, post, commit; raises KafkaError."""
    consumer = KafkaConsumer(
        POLICY_ALERTS.name,
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP"],
        group_id=GROUP,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=int(os.environ["KAFKA_SESSION_TIMEOUT_MS"]),
        heartbeat_interval_ms=int(os.environ["KAFKA_SESSION_TIMEOUT_MS"]) // 6,
        max_poll_records=1,
    )
    try:
        while True:
            for records in consumer.poll(timeout_ms=200).values():
                for record in records:
                    post(client, msgspec.json.decode(record.value, type=Alert))
                    consumer.commit()
    finally:
        consumer.close(autocommit=False)


def post(client: WebClient, alert: Alert) -> None:
    """Until Slack says ok."""
    if alert.revision > 1:
        return
    metadata = {"event_type": "policy_alert", "event_payload": {"alert_id": alert.alert_id, "revision": 1}}
    while True:
        try:
            client.chat_postMessage(channel=os.environ["SLACK_CHANNEL"], text=alert.signal.headline, metadata=metadata)
            return
        except SlackApiError as error:
            wait = float(error.response.headers.get("Retry-After", PAUSE_SECONDS))
        except (OSError, HTTPException) as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            wait = PAUSE_SECONDS
        time.sleep(wait)


if __name__ == "__main__":
    main()
