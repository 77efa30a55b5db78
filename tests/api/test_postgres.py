"""The PostgreSQL of the wheel starts with settings for a ledger, and keeps what was set by hand."""

from __future__ import annotations

from pathlib import Path

from api.postgres import SETTINGS, SETTINGS_FILE, write_settings


def test_settings_are_included_once_before_what_was_set_by_hand(tmp_path: Path) -> None:
    main = tmp_path / "postgresql.conf"
    main.write_text("max_connections = 100\n", "utf-8")
    write_settings(tmp_path)
    with main.open("a", encoding="utf-8") as file:
        file.write("shared_buffers = 2GB\n")
    write_settings(tmp_path)
    lines = main.read_text("utf-8").split("\n")
    include = f"include_if_exists = '{SETTINGS_FILE}'"
    assert lines.count(include) == 1
    assert lines.index(include) < lines.index("shared_buffers = 2GB")
    assert (tmp_path / SETTINGS_FILE).read_text("utf-8") == SETTINGS


def test_no_setting_gives_up_what_was_answered() -> None:
    names = {line.split("=")[0].strip() for line in SETTINGS.splitlines() if "=" in line}
    assert names.isdisjoint({"fsync", "full_page_writes", "synchronous_commit", "wal_level"})
