"""``policy-signals story``, and the memory of the news consumer across a restart, on a real topic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from typer.testing import CliRunner

from config.settings import Settings
from services.signals.signal import PolicySignal, Relation
from streams.broker.kafka import Outbox, Record, read_values
from streams.cli.commands import app
from streams.cli.story import describe_story, draw_story, find_story, say_unknown
from streams.news_consumer import REMEMBERED, NewsConsumer
from streams.topics import NEWS_ARTICLES, POLICY_SIGNALS
from streams.watching.health import Health, Surroundings
from tests.alerts.alert_samples import make_signal

DAY = datetime(2022, 3, 1, 3, 0, tzinfo=UTC)
PROBE = make_signal(story_id="sto_probe", signal_id="sig_1", article_id="art_1", headline="Regulator opens probe")
FINE = make_signal(
    story_id="sto_fine",
    signal_id="sig_2",
    article_id="art_2",
    headline="Regulator fines company",
    relation=Relation.FOLLOW_UP,
    follows="sto_probe",
    follows_headline="Regulator opens probe",
    story_reasons=("a new act: fine after probe",),
)
REPORT = make_signal(
    story_id="sto_fine", signal_id="sig_3", article_id="art_3", relation=Relation.REPORT, reports=2, novelty=75
)
TOPIC = [PROBE, FINE, REPORT]


@pytest.mark.parametrize("name", ["sto_fine", "sig_2", "art_3", str(describe_story(TOPIC, "sto_fine")["alert_id"])])
def test_a_story_is_found_by_every_id_that_a_person_may_hold(name: str) -> None:
    """The card shows the alert's id; logs show signals and articles."""
    assert find_story(TOPIC, name) == "sto_fine"


def test_the_time_line_has_every_report_with_its_reasons_and_the_stories_around_it() -> None:
    """In the order in which they were told, with what each added."""
    fine, probe = describe_story(TOPIC, "sto_fine"), describe_story(TOPIC, "sto_probe")
    assert [report["signal_id"] for report in fine["reports"]] == ["sig_2", "sig_3"]
    assert [report["relation"] for report in fine["reports"]] == ["follow_up", "report"]
    assert fine["follows"] == {"story_id": "sto_probe", "headline": "Regulator opens probe"}
    assert probe["followed_by"] == [{"story_id": "sto_fine", "headline": "Regulator fines company"}]
    drawn = "\n".join(draw_story(fine))
    assert "a new act: fine after probe" in drawn
    assert "sto_probe" in drawn


def test_when_a_source_changed_its_report_is_told_beside_when_it_published_it() -> None:
    """Published, changed and first seen are three times; only the first is measured from."""
    changed = structs.replace(FINE, updated_at=FINE.published_at + timedelta(hours=2))
    (report,) = describe_story([changed], "sto_fine")["reports"]
    assert report["updated_at"] - report["published_at"] == timedelta(hours=2)
    assert "changed by its source" in "\n".join(draw_story(describe_story([changed], "sto_fine")))
    assert "changed by its source" not in "\n".join(draw_story(describe_story([FINE], "sto_fine")))


def test_an_earlier_story_that_left_the_topic_is_still_named() -> None:
    """The follower carries the headline."""
    assert describe_story([FINE], "sto_fine")["follows"] == {
        "story_id": "sto_probe",
        "headline": "Regulator opens probe",
    }


def test_an_unknown_id_is_told_apart_from_an_empty_topic() -> None:
    """A wrong id, a story that is too old and a line that never ran need different help."""
    assert find_story(TOPIC, "sto_other") is None
    assert "among 3 signals" in say_unknown(TOPIC, "sto_other")
    assert "is empty" in say_unknown([], "sto_other")


def test_whatever_is_remembered_can_be_read_again() -> None:
    """The topic must reach back as far as the memory, or a restart would forget."""
    assert POLICY_SIGNALS.retention_ms is not None
    assert REMEMBERED.hours * 3_600_000 <= POLICY_SIGNALS.retention_ms


ARTICLES = (
    ("Harbour Wire", "China fines Alibaba record 18.2 billion yuan in antitrust case", "The SAMR fined Alibaba 18.228 billion yuan."),
    ("财讯", "市场监管总局对阿里巴巴“二选一”垄断行为处以182.28亿元罚款", "市场监管总局依法对阿里巴巴作出行政处罚。"),
    ("Bay Mirror", "Alibaba hit with 18.2 bln yuan antitrust penalty by Chinese regulator", "China's market regulator imposed a penalty of 18.2 billion yuan on Alibaba Group."),
)  # fmt: skip


def record(number: int) -> Record:
    source, title, body = ARTICLES[number]
    at = DAY + timedelta(minutes=number)
    fields = {"source": source, "url": "https://news.example/a", "title": title, "body": body, "published_at": at.isoformat()}  # fmt: skip
    return Record(
        topic=NEWS_ARTICLES.name,
        partition=0,
        offset=number,
        key=None,
        value=json.dumps(fields).encode(),
        timestamp_ms=int(at.timestamp() * 1000) + 2_000,
    )


@pytest.fixture
def outbox(shared_settings: Settings) -> Iterator[Outbox]:
    outbox = Outbox(shared_settings)
    yield outbox
    outbox.close()


@pytest.mark.parts
def test_a_restarted_consumer_goes_on_and_the_command_tells_the_story(
    shared_settings: Settings, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each article by a consumer of its own, which knows nothing but the topic: still one story of three reports."""
    surroundings = Surroundings(settings=shared_settings, health=Health("kafka"))
    for number in range(len(ARTICLES)):
        consumer = NewsConsumer(surroundings, outbox, lambda: DAY + timedelta(minutes=9))
        consumer.rebuild()
        consumer.handle(record(number))
        outbox.flush()
    told = [signal for signal in read_values(shared_settings, POLICY_SIGNALS.name, PolicySignal) if signal.published_at.date() == DAY.date()]  # fmt: skip
    assert [signal.reports for signal in told] == [1, 2, 3]
    assert len({signal.story_id for signal in told}) == 1
    monkeypatch.setenv("KAFKA_BOOTSTRAP", shared_settings.kafka_bootstrap)
    monkeypatch.setenv("REDIS_URL", shared_settings.redis_url)
    answer = CliRunner().invoke(app, ["story", told[0].story_id, "--json"])
    assert answer.exit_code == 0, answer.output
    described = json.loads(answer.stdout)
    assert [report["relation"] for report in described["reports"]] == ["new", "translation", "report"]
    assert all(report["reasons"] for report in described["reports"])
    unknown = CliRunner().invoke(app, ["story", "sto_nowhere"])
    assert unknown.exit_code == 1
    assert unknown.stderr.startswith("policy-signals: no story sto_nowhere among ")
