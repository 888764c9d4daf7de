"""What people edit (TOML) and the two modules that read it: settings.py and catalogue.py."""
