"""What a publication changed in the tables that people read, cell by cell, and what was behind it.

Comparing two states and writing ``quality.data_diff`` and ``quality.builds`` is ``record``; who or
what caused a difference is ``causes``, from ``cause_tables``; by which columns a row is known again
is ``grains``; reading it all back, over several publications, is ``history``. When it is recorded
is decided by whoever publishes.
"""

from orchestration.data_diff.grains import Grain, read_grains
from orchestration.data_diff.record import record_diff

__all__ = ["Grain", "read_grains", "record_diff"]
