"""What people answer: buttons, commands, feedback, and the audit of it."""
