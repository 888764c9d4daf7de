"""A process that ended between a receipt that keeps an alert quiet and the record of why leaves that record untold.

Its alert's record on the topic is not committed then, so it comes again: what the receipt says and the topic of
silences does not have is told at that moment, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from services.alerts.alert import Alert, Receipt, Silence, SilenceReason
from services.alerts.repeat import first_word
from services.alerts.silence import silence_signal
from streams import metrics
from streams.delivery.attempt_log import AttemptLog
from streams.logs import log as logger

MOST_REMEMBERED = 20_000
FIRST_POST_SECONDS = 30.0
WAITS_FOR = {one.value: one for one in (SilenceReason.QUIET_HOURS, SilenceReason.DIGEST_ONLY, SilenceReason.LATE)}
Said = tuple[str, str, SilenceReason]
"""Article, name of the channel, reason."""


class UntoldSilences:
    """``names`` maps channels of the attempt log to names; ``read`` gives the last records of the topic of silences."""

    def __init__(
        self,
        log: AttemptLog,
        names: Mapping[str, str],
        read: Callable[[], Iterable[Silence]],
        tell: Callable[[Silence], None],
    ) -> None:
        self._log = log
        self._names = names
        self._read = read
        self._tell = tell
        self._left: dict[tuple[str, str], Receipt] = {}
        self._seen: set[str] = set()
        self._said: frozenset[Said] | None = None

    def rebuild(self) -> None:
        """After the attempt log was read anew: these are the receipts of a process before."""
        self._seen.clear()
        self._said = None
        held = (one for channel in self._names for one in self._log.find_held(channel))
        self._left = {(one.alert_id, one.channel): one for one in held}

    def look(self, alert: Alert) -> None:
        """Before a record is acted on; only the first time since the rebuild counts. Raises Unavailable."""
        if alert.alert_id in self._seen:
            return
        for channel, name in self._names.items():
            receipt = self._left.get((alert.alert_id, channel)) or self._log.last(alert.alert_id, channel)
            # A newer revision means that the one which was kept quiet is committed, behind its silence.
            if receipt is not None and receipt.revision == alert.revision:
                self._settle(alert, name, receipt)
        if len(self._seen) >= MOST_REMEMBERED:
            self._seen.clear()
        self._seen.add(alert.alert_id)

    def _settle(self, alert: Alert, name: str, receipt: Receipt) -> None:
        reason, detail = _read_receipt(receipt)
        if reason is None or (alert.signal.article_id, name, reason) in self._list_said():
            return
        at = receipt.at + timedelta(milliseconds=alert.clock_offset_ms)
        words = f"{name}: {detail}; alert {alert.alert_id}"
        self._tell(silence_signal(alert.signal, reason, words, at))
        metrics.SILENCES.labels(reason=reason.value).inc()
        logger.info("told a silence that an ended process had not told", alert_id=alert.alert_id, reason=reason.value)

    def _list_said(self) -> frozenset[Said]:
        """Read when it is first needed: after a clean end that is never."""
        if self._said is None:
            reasons = {*WAITS_FOR.values(), SilenceReason.COOLDOWN}
            kept = (one for one in self._read() if one.reason in reasons)
            self._said = frozenset((one.article_id, first_word(one.detail), one.reason) for one in kept)
        return self._said


def _read_receipt(receipt: Receipt) -> tuple[SilenceReason | None, str]:
    """What it says about the quiet, as ``Hold.as_receipt_detail`` wrote it; None: it says nothing."""
    reason, _, rest = receipt.detail.partition(": ")
    if reason in WAITS_FOR:
        return WAITS_FOR[reason], rest.partition(": ")[2]
    if receipt.thread_ts and _is_first_post(receipt):
        return SilenceReason.COOLDOWN, "told in the thread of a like event"
    return None, ""


def _is_first_post(receipt: Receipt) -> bool:
    """An edit of a message comes long after it."""
    return receipt.slack_ts is None or receipt.at.timestamp() - float(receipt.slack_ts) < FIRST_POST_SECONDS
