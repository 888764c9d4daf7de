"""How the trained reader is made: ``make train``. Nothing here runs in the service."""
