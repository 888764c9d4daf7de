"""From signal and reactions to an alert: verdict, severity, silence, repeat, rendering."""
