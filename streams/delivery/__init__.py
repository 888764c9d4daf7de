"""From an alert to one message: attempts, receipts, pace, edits, refusals."""
