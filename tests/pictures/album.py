"""Which pictures there are. The class comes before anybody has sat at a terminal, what staff do for
good after the morning's pages, and what moves the bank's clock last.
"""

from __future__ import annotations

from tests.pictures import at_class, at_counter, at_office, at_states, at_terminal

ALBUM = (
    *at_office.PICTURES,
    *at_class.SEATS,
    *at_terminal.PICTURES,
    *at_counter.PICTURES,
    *at_class.LESSONS,
    *at_states.PICTURES,
    *at_class.DESK,
)
