"""actions.toml: who may change state from Slack; a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.actions import Permissions, load_permissions
from services.errors import Misconfigured


def test_as_shipped_the_own_channel_may_change_and_no_other() -> None:
    """People start with one channel."""
    permissions = load_permissions()
    assert permissions.is_open("C0DESK", "C0DESK")
    assert not permissions.is_open("C0OTHER", "C0DESK")
    assert not permissions.is_open("", "")


def test_without_any_channel_nobody_may() -> None:
    """An empty list means what it says."""
    assert not Permissions(channels=()).is_open("C0DESK", "C0DESK")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('channels = ["#desk"]', "channels: '#desk' is no id"),
        ('channels = []\nuser_groups = ["desk"]', "user_groups: 'desk' is no id"),
        ("user_groups = []", "channels"),
        ("channels = []\nusers = []", "users"),
    ],
)
def test_each_mistake_is_named_with_file_and_key(tmp_path: Path, text: str, part: str) -> None:
    """A name in place of an id would let nobody in, and nobody would know why."""
    file = tmp_path / "actions.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load_permissions(file)
    assert str(caught.value).startswith("actions.toml: ")
    assert part in str(caught.value)
