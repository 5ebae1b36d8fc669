# SPDX-License-Identifier: Apache-2.0
"""A year of a small provider: every process runs, by its timers and by what happens, and people do their tasks.

``happenings.json`` says what happens on which day (an incident, a complaint, an access request) and what people answer in
what follows from it; everything else comes up by itself, and people answer something sensible (`answers`).
"""

from webapp.demo.year.play import Year, build_year, play_year

__all__ = ["Year", "build_year", "play_year"]
