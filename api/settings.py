"""How the server runs; every setting is also an environment variable ``POS_SIM_…``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def data_folder() -> Path:
    """Return the user's data folder, as each platform wants it."""
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Application Support"
    else:
        root = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return root / "pos-sim"


def default_database_url() -> str:
    """Return the address of the SQLite file in the data folder."""
    return f"sqlite:///{data_folder() / 'pos-sim.db'}"


class Settings(BaseSettings):
    """Every setting with its default; lengths of time in seconds."""

    model_config = SettingsConfigDict(env_prefix="POS_SIM_", extra="ignore", frozen=True)

    database_url: str = Field(default_factory=default_database_url)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    workers: int = Field(default=1, ge=1, le=64)
    size: str = Field(default="county", pattern="^(village|county|bank|province)$")
    seed: int = Field(default=20_260_101, ge=0)
    no_demo: bool = False
    secret: str | None = Field(default=None, min_length=16, repr=False)
    group_max: int = Field(default=128, ge=1, le=4_096)
    queue_max: int = Field(default=4_096, ge=1)
    key_cache_s: float = Field(default=1.0, ge=0)
    body_max_bytes: int = Field(default=65_536, ge=1_024)
    slow_answer_s: float = Field(default=3.0, ge=0)
    silent_answer_s: float = Field(default=60.0, ge=0)
    console_session_s: float = Field(default=28_800.0, gt=0)
    watch: bool = True
    background_every_s: float = Field(default=1.0, gt=0)
    follow_every_s: float = Field(default=0.2, gt=0)
