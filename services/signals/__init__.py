"""From an article to a PolicySignal: tone, evidence, regulators, companies, sectors, stage."""
