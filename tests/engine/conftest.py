# SPDX-License-Identifier: Apache-2.0
"""For all tests of the engine: properties are judged by what holds, not by how long a busy machine takes."""

from hypothesis import settings

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")
