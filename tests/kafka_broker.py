"""A real Apache Kafka on this machine for the suite: one KRaft broker from Maven's jars, no Docker.

``python tests/kafka_broker.py`` runs one in the foreground and prints its address, for trying things by hand.
"""

from __future__ import annotations

import atexit
import base64
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

KAFKA_FOLDER = Path(__file__).resolve().parent / "kafka"
JARS = KAFKA_FOLDER / "target" / "jars"
COPY_JARS_SECONDS = 300.0
FORMAT_SECONDS = 60.0
START_SECONDS = 90.0
STOP_SECONDS = 20.0
# A short life on two cores: little heap, the quick compiler only, no collector threads.
JVM_OPTIONS = ("-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")

SERVER_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
# As in deploy/compose.yaml: a topic exists because somebody made it, not because of a typing error.
auto.create.topics.enable=false
# One broker, so one copy of everything it keeps for itself.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
# Tests wait for these, people do not.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.backoff.ms=200
log.retention.check.interval.ms=500
log.initial.task.delay.ms=500
# After a kill the controller refuses the same broker until its old session has ended.
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
"""

# Holds the reading end of a pipe from this process: when this process ends, in whatever way, so does the broker.
GUARD = 'cat > /dev/null; kill -9 "$1" 2> /dev/null; rm -rf "$2"'


class KafkaUnusableError(Exception):
    """Java, Maven or the broker itself is missing or failed; the message says what to do."""


class ApacheKafka:
    """One broker on free loopback ports. ``kill`` or ``restart`` keep its data; ``stop`` leaves nothing behind."""

    def __init__(self) -> None:
        port, controller_port = _free_ports(2)
        self.bootstrap = f"127.0.0.1:{port}"
        self._port = port
        self.home = Path(tempfile.mkdtemp(prefix="policy-signals-kafka-"))
        self._properties = self.home / "server.properties"
        self._properties.write_text(
            SERVER_PROPERTIES.format(port=port, controller_port=controller_port, data=self.home / "data"),
            encoding="utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)

    @property
    def process_id(self) -> int | None:
        """The broker's process, None while it does not run."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start on the data that is there, formatting it the first time; return when the broker serves."""
        if not (self.home / "data").exists():
            self._format_storage()
        with (self.home / "broker.log").open("ab") as output:
            self._process = subprocess.Popen(
                [*_java(), "kafka.Kafka", str(self._properties)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # an interrupt from the keyboard is for the suite, which then stops us
            )
        self._guard = _guard(self._process.pid, self.home)
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """End the broker and delete everything it wrote. May be called again."""
        self._end(signal.SIGTERM)
        shutil.rmtree(self.home, ignore_errors=True)
        atexit.unregister(self.stop)

    def kill(self) -> None:
        """End it as a power cut would; the data stays for the next ``start``."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop in good order and start again on the same data and address."""
        self._end(signal.SIGTERM)
        self.start()

    def _format_storage(self) -> None:
        command = [*_java(), "kafka.tools.StorageTool", "format", "--config", str(self._properties)]
        cluster_id = _cluster_id()
        done = subprocess.run(
            [*command, "--cluster-id", cluster_id], capture_output=True, text=True, timeout=FORMAT_SECONDS, check=False
        )
        if done.returncode != 0:
            raise KafkaUnusableError(f"Kafka could not format its storage: {(done.stderr or done.stdout)[-2000:]}")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _serves(self.bootstrap):
            try:
                process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
            said = (self.home / "broker.log").read_text(encoding="utf-8", errors="replace")[-3000:]
            self.stop()
            raise KafkaUnusableError(f"Kafka did not serve on {self.bootstrap}; its last words:\n{said}")

    def _end(self, how: signal.Signals) -> None:
        guard, self._guard = self._guard, None
        process, self._process = self._process, None
        if guard is not None:
            guard.kill()  # before its pipe closes: it must not delete data that a restart needs
            guard.communicate()
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def copy_jars() -> None:
    """Have Maven copy the broker's jars to ``tests/kafka/target``, once per version of the pom."""
    pom = KAFKA_FOLDER / "pom.xml"
    stamp = JARS.parent / "copied-for.xml"
    if stamp.exists() and stamp.read_bytes() == pom.read_bytes():
        return
    for program, package in (("java", "openjdk-17-jre-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise KafkaUnusableError(f"{program} is not installed; on Debian and Ubuntu: apt-get install {package}")
    shutil.rmtree(JARS, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
    done = subprocess.run(
        [*command, f"-DoutputDirectory={JARS}", "-DincludeScope=runtime"],
        capture_output=True,
        text=True,
        timeout=COPY_JARS_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise KafkaUnusableError(f"Maven could not bring the jars of Kafka: {(done.stdout + done.stderr)[-2000:]}")
    stamp.write_bytes(pom.read_bytes())


def _java() -> tuple[str, ...]:
    copy_jars()
    logging = f"-Dlog4j2.configurationFile={KAFKA_FOLDER / 'log4j2.properties'}"
    return ("java", *JVM_OPTIONS, logging, "-cp", f"{JARS}/*")


def _guard(process_id: int, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["sh", "-c", GUARD, "guard", str(process_id), str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )


def _serves(bootstrap: str) -> bool:
    host, _, port = bootstrap.rpartition(":")
    try:
        # Cheap while the virtual machine still warms up; the client below would wait and log.
        socket.create_connection((host, int(port)), timeout=0.5).close()
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=2_000, request_timeout_ms=2_000)
    except (OSError, KafkaError):
        return False
    try:
        return bool(admin.describe_cluster()["brokers"])
    except KafkaError:
        return False
    finally:
        admin.close()


def _free_ports(count: int) -> list[int]:
    # Below those that the system hands out by itself, one of which may be a connection's near end when Kafka starts.
    # All are held until all are known, so no two are the same.
    sockets: list[socket.socket] = []
    try:
        while len(sockets) < count:
            each = socket.socket()
            try:
                each.bind(("127.0.0.1", random.randrange(20_000, 32_000)))
            except OSError:
                each.close()
            else:
                sockets.append(each)
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _cluster_id() -> str:
    # Kafka wants 16 bytes in URL-safe base64, and its option parser would eat a leading dash.
    return "k" + base64.urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")[1:]


def main() -> None:
    """Run one broker until interrupted."""
    broker = ApacheKafka()
    began = time.monotonic()
    broker.start()
    try:
        print(f"Apache Kafka serves on {broker.bootstrap} after {time.monotonic() - began:.1f} s; Ctrl-C ends it")  # noqa: T201
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        broker.stop()


if __name__ == "__main__":
    main()
