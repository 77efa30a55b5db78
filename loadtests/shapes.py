"""The shape of a run, from its profile; for saturation it stops where the knee is."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from locust import LoadTestShape

from loadtests.knee import Step, knee_of
from loadtests.options import Options
from loadtests.profiles import Profile
from loadtests.users import OPERATORS

SETTLES_S = 4.0
"""A stage is measured when its users have come and the answers of the one before are reported."""


class ProfileShape(LoadTestShape):
    """Follows the stages of the profile that was chosen on the command line or in the browser."""

    use_common_options = True

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.stage: int | None = None
        self.changed = 0.0
        self.begun: tuple[float, int] | None = None
        """From when on a stage is measured, and what was answered before."""

    def reset_time(self) -> None:
        super().reset_time()
        self.steps, self.stage = [], None

    def tick(self) -> tuple[int, float] | None:
        """Return how many users work now; None: the run is over."""
        options = self.options
        second, profile = self.get_run_time(), options.profile
        stage = profile.stage_at(second, options.seconds)
        if stage != self.stage:
            self._close_step(options)
            self.stage, self.changed, self.begun = stage, perf_counter(), None
        elif self.begun is None and perf_counter() - self.changed > self._settles_s(options):
            self.begun = perf_counter(), self._answered()
        users = profile.users_at(second, options.users, options.seconds)
        if users is None or self.is_over(profile):
            assert self.runner is not None
            # Headless, Locust would quit at once and leave answers and notes behind.
            self.runner.stop()
            return None
        return users + OPERATORS, float(users + OPERATORS)

    def is_over(self, profile: Profile) -> bool:
        """Say whether the run ends before its time: at the knee, or with a broken promise."""
        assert self.runner is not None
        environment: Any = self.runner.environment
        is_broken = bool(environment.load_master.is_over)
        return is_broken or bool(profile.knee and knee_of(self.steps, profile.knee))

    @property
    def options(self) -> Options:
        assert self.runner is not None
        return Options.of(self.runner.environment)

    def _settles_s(self, options: Options) -> float:
        """Return how long a stage is left alone; a short one not longer than a third of it."""
        return min(SETTLES_S, options.seconds / len(options.profile.stages) / 3)

    def _close_step(self, options: Options) -> None:
        """Write down what a stage has reached."""
        if self.stage is None or self.begun is None or options.profile.knee is None:
            return
        since, before = self.begun
        seconds = perf_counter() - since
        users = options.users * options.profile.stages[self.stage].users_percent // 100
        total: Any = self._total()
        self.steps.append(
            Step(
                wanted_per_s=max(users, 1) * options.visits_per_user_s,
                reached_per_s=(self._answered() - before) / seconds,
                p99_ms=total.get_current_response_time_percentile(0.99) or 0,
            )
        )

    def _total(self) -> Any:
        assert self.runner is not None
        return self.runner.stats.total

    def _answered(self) -> int:
        return int(self._total().num_requests)
