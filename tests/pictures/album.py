"""Which pictures there are. The last ones move the bank's clock, so they come last."""

from __future__ import annotations

from tests.pictures import at_class, at_office, at_terminal

ALBUM = (*at_office.PICTURES, *at_terminal.PICTURES, *at_class.PICTURES)
