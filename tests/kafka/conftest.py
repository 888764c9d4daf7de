"""The tests in this folder start an Apache Kafka of their own, so they belong to ``make test-kafka`` alone."""

import os

# A machine without Java has nothing to collect here; `make test-kafka` refuses to run on such a machine.
collect_ignore_glob = [] if os.environ.get("POLICY_SIGNALS_TEST_BROKER") == "apache" else ["test_*.py"]
